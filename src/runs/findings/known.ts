// What a routine found now against what it found before: new, known, gone; so that a nightly sweep says what changed since last night.
import type { Judged } from '../../domain/finding.ts'
import type { StoredFinding } from '../../domain/store.ts'

export interface SinceLastTime {
  /** Fingerprints of what stands now and was not on record. */
  fresh: string[]
  /** On record, not reported again, and their lines still stand. */
  still: StoredFinding[]
  /** On record, and mended: row of the finding, and why it counts as mended. */
  gone: { finding: StoredFinding; because: string }[]
}

/** Pure. `lines` says whether the quote of an earlier finding stands in its file now; `verdicts` are those by which something is on record. */
export function sinceLastTime(
  judged: Judged[],
  earlier: StoredFinding[],
  head: string,
  lines: (finding: StoredFinding) => boolean,
  verdicts: Judged['verdict']['verdict'][] = ['posted'],
): SinceLastTime {
  const open = earlier.filter(({ state, verdict }) => state === 'open' && verdicts.includes(verdict.verdict))
  const onRecord = new Set(open.map(finding => finding.fingerprint))
  const now = new Map(judged.map(finding => [finding.fingerprint, finding]))
  const fresh = judged.filter(({ fingerprint, verdict }) => verdict.verdict === 'posted' && !onRecord.has(fingerprint))
  const at = head.slice(0, 7)
  const still: StoredFinding[] = []
  const gone: SinceLastTime['gone'] = []
  for (const finding of open) {
    const again = now.get(finding.fingerprint)
    if (again?.verdict.verdict === 'refuted')
      gone.push({ finding, because: `A verifier refutes it at ${at}: ${again.verification.because}` })
    else if (!again && !lines(finding)) gone.push({ finding, because: `Its lines are gone at ${at}.` })
    else if (!again) still.push(finding)
  }
  return { fresh: fresh.map(finding => finding.fingerprint), still, gone }
}
