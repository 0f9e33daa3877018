// A review that could not look at everything: how far it came is kept on the run, and the next one of the same commit goes on from there.
import { lookedSoFar, remaining } from '../../agents/index.ts'
import type { ManifestEntry } from '../../domain/change.ts'
import type { Inspection, Unfinished } from '../../domain/plan.ts'
import type { ReviewRun } from '../../domain/run.ts'
import type { Rooms } from '../../domain/store.ts'
import type { Checkout } from '../../domain/workspace.ts'
import { changedNames, digestsOf, type GoneBy } from './digests.ts'
import type { Past } from './scope.ts'

/** The step of a run that says of every changed file whether it was looked at. */
const key = 'coverage'

/** JSON-safe. A text on GitHub has room for some files; this has them all. */
export interface Coverage {
  manifest: ManifestEntry[]
  /** Files that somebody was sent over who did not look. */
  remaining: { path: string; agents: string[] }[]
  unfinished?: Unfinished
}

type Steps = Pick<Rooms['steps'], 'list' | 'append'>

/** Before the run ends. Safe to repeat: the last one counts. */
export async function keepCoverage(
  { store, now }: { store: { steps: Steps }; now: () => Date },
  run: ReviewRun,
  by: GoneBy & { past?: Past },
  { head, mergeBase }: Pick<Checkout, 'head' | 'mergeBase'>,
  { plan, reports, complete }: Pick<Inspection, 'plan' | 'reports' | 'complete'>,
): Promise<void> {
  const digests = Object.fromEntries(run.routines.map(({ routine }) => [routine.name, digestsOf(by, routine)]))
  const before = plan.goesOn && by.past?.unfinished
  const coverage: Coverage = {
    manifest: plan.manifest,
    remaining: remaining(plan, reports),
    ...(!complete && {
      unfinished: { runId: run.id, head, mergeBase, digests, ...lookedSoFar(plan, reports, before) },
    }),
  }
  await store.steps.append(run.id, run.attempt, key, coverage, now().toISOString())
}

/** Absent for a run that did not come so far. */
export async function readCoverage(steps: Pick<Steps, 'list'>, runId: string): Promise<Coverage | undefined> {
  return (await steps.list(runId, key)).at(-1)?.value as Coverage | undefined
}

/** Where this review goes on from: the same commit and merge base, and for each of its routines everything that it goes by. */
export function goesOnFrom(
  past: Past | undefined,
  look: GoneBy & {
    routines: Parameters<typeof digestsOf>[1][]
    full?: boolean | undefined
    checkout: Pick<Checkout, 'head' | 'mergeBase'>
  },
): Unfinished | undefined {
  const before = past?.unfinished
  if (!before || look.full || before.head !== look.checkout.head || before.mergeBase !== look.checkout.mergeBase)
    return undefined
  const same = look.routines.every(routine => {
    const then = before.digests[routine.name]
    return then && changedNames(then, digestsOf(look, routine)).length === 0
  })
  return same ? before : undefined
}

const named = 8

/** What remains, and how to go on; none when everybody looked. */
export function sayRemaining(plan: Inspection['plan'], reports: Inspection['reports']): string[] {
  const left = remaining(plan, reports)
  if (left.length === 0) return []
  const paths = left.slice(0, named).map(({ path }) => `\`${path.length > 60 ? `…${path.slice(-59)}` : path}\``)
  const more = left.length > named ? ` and ${left.length - named} more` : ''
  const them = left.length === 1 ? 'it' : 'them'
  const how = isPriceless(plan, reports)
    ? 'the cap does not hold even a first call, so `@watchbill review` gets no further until it does'
    : `\`@watchbill review\` goes on with ${them} and buys no look a second time`
  return [
    `${left.length} of ${plan.manifest.length} ${plan.manifest.length === 1 ? 'file remains' : 'files remain'} for some or all agents; ${how}: ${paths.join(', ')}${more}.`,
  ]
}

/** Nobody who was sent could buy anything: another review would come to the same end. */
function isPriceless({ assignments }: Inspection['plan'], reports: Inspection['reports']): boolean {
  return assignments.every(({ id }) => {
    const ended = reports.find(report => report.assignment === id)?.ended
    return ended?.end === 'budget' && ended.turns === 0 && ended.usd === 0
  })
}
