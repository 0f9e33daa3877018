// What came of one review: what stands on the simulated GitHub, and what the program's own commands say about it.
import type { Explanation, LedgerResult } from '../../src/commands/answers.ts'
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
  const reviews = structuredClone(pull.reviews.map(({ user: _, ...review }) => review)) as Review[]
  const comments = structuredClone(pull.reviewComments.map(({ user: _, ...comment }) => comment)) as ReviewComment[]
  const { run, occurrences, findings } = await explained(stage, pull.head.sha)
  const { entries } = await stage.ask<LedgerResult>('ledger', '--run', run.id, '--limit', '1000')
  return { head: pull.head.sha, reviews, comments, checks: [...checks], run, occurrences, findings, ledger: entries }
}

async function explained(stage: Stage, head: string) {
  const runs = await stage.ask<Run[]>('runs')
  const run = runs.find(one => one.head === head)
  if (!run) throw new Error(`watchbill runs knows no run of ${head.slice(0, 7)}`)
  const answer = await stage.ask<Explanation>('explain', run.id)
  if (answer.kind !== 'run') throw new Error(`watchbill explain ${run.id} spoke of a ${answer.kind}`)
  return answer
}
