// What a review is likely to cost and to take, said before its agents go out: by complete reviews of the same size in the repository, else its ceiling.

import { dollars } from '../../domain/money.ts'
import type { Plan } from '../../domain/plan.ts'
import type { ReviewRun } from '../../domain/run.ts'
import type { Rooms } from '../../domain/store.ts'

/** Fewer reviews tell nothing; of more, the latest. */
const reviewsAtLeast = 3
const reviewsAtMost = 10

type Planned = Pick<Plan, 'tier' | 'usd' | 'milliseconds'>

/** Pure. Medians, which one odd review does not move. */
export function sayEstimate(
  { tier, usd, milliseconds }: Planned,
  past: { usd: number; milliseconds: number }[],
): string {
  const most = `${dollars(usd)} and ${minutes(milliseconds)}`
  if (past.length < reviewsAtLeast)
    return `Estimate: at most ${most}; too few complete ${tier} reviews of this repository say more.`
  const about = `${dollars(median(past.map(one => one.usd)))} and ${minutes(median(past.map(one => one.milliseconds)))}`
  return `Estimate: about ${about}, as the last ${past.length} complete ${tier} reviews of this repository; at most ${most}.`
}

/** The step of a run that holds it. */
const key = 'estimate'

/** Made once for a run, however often it is tried. */
export async function estimate(
  { runs, steps }: Pick<Rooms, 'runs' | 'steps'>,
  run: Pick<ReviewRun, 'id' | 'attempt' | 'repository'>,
  plan: Planned,
  now: Date,
): Promise<string> {
  const made = await madeEstimate(steps, run.id)
  if (made !== undefined) return made
  await runs.tier(run.id, run.attempt, plan.tier)
  const said = sayEstimate(plan, await runs.costs(run.repository.id, plan.tier, reviewsAtMost))
  await steps.append(run.id, run.attempt, key, said, now.toISOString())
  return said
}

export async function madeEstimate(steps: Pick<Rooms['steps'], 'list'>, runId: string): Promise<string | undefined> {
  return (await steps.list(runId, key)).at(-1)?.value as string | undefined
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

function minutes(milliseconds: number): string {
  return milliseconds < 60_000 ? `${Math.round(milliseconds / 1000)} s` : `${Math.round(milliseconds / 60_000)} min`
}
