// What a run that answers replies is carried by: no file of anybody's, one verifier, and a purse of its own.
import type { Plan } from '../../domain/plan.ts'
import type { Routine } from '../../domain/routine.ts'
import type { Run, WorkRun } from '../../domain/run.ts'

/** How often one thread is answered. */
export const timesAtMost = 3

const usd = 1
const minutes = 10

export const replyRoutine: Routine = {
  name: 'reply',
  description: 'Verifies a finding again with what people answered to it.',
  source: 'built-in',
  path: '',
  kind: 'work',
  on: {},
  gates: {},
  repositories: [],
  reads: [],
  model: 'standard',
  severity: { inline: 'low', floor: 'low', gate: 'none' },
  budget: { usd, minutes },
  can: [],
  required: false,
  instructions: '',
}

/** Keys of routines' own runs have two colons, or begin with "routine". */
export const replyKey = (comment: number) => `finding:${comment}`

/** The comment at the head of the thread that it answers in. */
export function threadOf({ key }: Pick<WorkRun, 'key'>): number {
  return Number(key.slice('finding:'.length))
}

export function isReply(run: Run | undefined): boolean {
  return run?.kind === 'work' && /^finding:\d+$/.test(run.key)
}

const limits = { turns: 12, milliseconds: 5 * 60_000, outputTokens: 8_000 }

/** As a full review would have the claim verified. */
export const replyPlan: Plan = {
  tier: 'full',
  because: 'One finding is verified again.',
  manifest: [],
  assignments: [],
  verifier: { tier: 'standard', limits },
  panel: { tier: 'standard', tierForHigh: 'deep', limits },
  usd,
  milliseconds: minutes * 60_000,
}
