// What came of one review: what stands on the simulated GitHub, and what the program's own commands say about it.
import type { LedgerResult } from '../../src/commands/answers.ts'
import type { Explanation } from '../../src/commands/explain.ts'
import type { Occurrence } from '../../src/domain/event.ts'
import type { Run } from '../../src/domain/run.ts'
import type { LedgerEntry, StoredFinding } from '../../src/domain/store.ts'
import type { CheckRun, Review, ReviewComment } from '../simulators/github/index.ts'
import type { Stage } from './stage.ts'

export interface Outcome {
  head: string
  /** Everything that stands on the pull at the end of this review, of earlier ones too. */
  reviews: Review[]
  comments: ReviewComment[]
  checks: CheckRun[]
  run: Run
  occurrences: Occurrence[]
  findings: StoredFinding[]
  ledger: LedgerEntry[]
}

export async function outcomeOf(stage: Stage, number: number, checks: CheckRun[]): Promise<Outcome> {
  const pull = stage.repository.pull(number)
  const { reviews, reviewComments: comments } = structuredClone({
    reviews: pull.reviews,
    reviewComments: pull.reviewComments,
  })
  // The program names its checks by the run they are about.
  const id = checks.map(check => check.externalId).find(one => one !== null)
  if (!id) throw new Error(`no check of ${pull.head.sha.slice(0, 7)} says which run it is about`)
  const [explained, ledger] = await Promise.all([
    stage.ask<Explanation>('explain', id),
    stage.ask<LedgerResult>('ledger', '--run', id, '--limit', '1000'),
  ])
  const [told] = explained.runs
  if (explained.kind !== 'run' || !told) throw new Error(`watchbill explain ${id} spoke of a ${explained.kind}`)
  const occurrences = explained.events.flatMap(event => event.occurrences)
  const { run, findings } = told
  return {
    head: pull.head.sha,
    reviews,
    comments,
    checks: [...checks],
    run,
    occurrences,
    findings,
    ledger: ledger.entries,
  }
}
