// One line of the log for each finding that the judge decided about: its verdict and how grave it is, and no word of the code or of the models.
import type { Judged, Verdict } from '../../domain/finding.ts'
import type { Run } from '../../domain/run.ts'

const words: Record<Verdict['verdict'], string> = {
  posted: 'A finding is to be posted.',
  held: 'A finding is held back, and stands on the check.',
  suppressed: 'A finding was dismissed before.',
  'merged into': 'A finding says what another one says.',
  refuted: 'A finding was refuted.',
  unverified: 'A finding could not be verified.',
}

export function sayJudged(log: (line: object, sentence: string) => void, run: Run, judged: Judged[]): void {
  for (const { id, severity, verdict, security } of judged)
    log(
      { run: run.id, finding: `${run.id}-${id}`, verdict: verdict.verdict, severity, security },
      words[verdict.verdict],
    )
}
