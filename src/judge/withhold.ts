// What is not told where anybody reads it: a weakness that stood in the code before, and that somebody could still use.
import type { Judged } from '../domain/finding.ts'

/** Pure. In a public repository such a finding is shown in no comment, on no check and in no annotation; its verdict says where it is. */
export function withhold(judged: Judged[]): Judged[] {
  return judged.map(finding => {
    if (!isWithheld(finding)) return finding
    const { verdict, because } = finding.verdict
    return {
      ...finding,
      verdict: {
        verdict: verdict === 'posted' ? 'held' : verdict,
        because: `${because} It was there before, and anybody reads this repository: it is told in code scanning, where the App may write there, and in the run.`,
        shown: 'no',
      },
    }
  })
}

/** What was refuted, dismissed or told under another finding is no weakness that stands; what a sweep has on record is one. */
export function isWithheld({ security, origin, verdict, elsewhere }: Judged): boolean {
  const open = ['posted', 'held', 'unverified'].includes(verdict.verdict) || elsewhere !== undefined
  return security && origin === 'pre_existing' && open
}
