// How much of a pull a review looks at: what came since the last complete one, or all of it, and then why.
import type { Since } from '../../domain/change.ts'
import type { GoingOn, Unfinished } from '../../domain/plan.ts'
import type { ReviewPoint } from '../../domain/point.ts'
import type { Routine } from '../../domain/routine.ts'
import type { Checkout } from '../../domain/workspace.ts'
import { changedNames, digestsOf, type GoneBy } from './digests.ts'

export interface Past {
  points: ReviewPoint[]
  /** The pull was reviewed before, however that ended. */
  reviewed: boolean
  /** A person asked for this review. */
  asked: boolean
  /** Of the last review, where it did not look at everything. */
  unfinished?: Unfinished
}

interface Scope {
  /** Only what came since is looked at. */
  goingOn?: GoingOn
  /** Why all of it is, though there was an earlier review. */
  inFull?: string
  /** What came since the last complete review, whatever is looked at. */
  since?: Since
  /** Nobody has reviewed the pull yet. */
  first: boolean
}

/** It only ever widens: whatever speaks against going on has it all looked at again. */
export async function scopeOf(
  past: Past | undefined,
  look: GoneBy & {
    routines: Routine[]
    full?: boolean | undefined
    checkout: Pick<Checkout, 'head' | 'mergeBase' | 'since'>
  },
): Promise<Scope> {
  const { routines, checkout } = look
  const points = past?.points ?? []
  const own = points.filter(point => routines.some(routine => routine.name === point.routine))
  const oldest = own[0] ?? points.at(-1)
  if (!past || !oldest) return past?.reviewed ? { inFull: unfinished, first: false } : { first: true }
  const since = await checkout.since(oldest.head)
  const known = { first: false, ...(since && { since }) }
  const unknown = routines.map(one => one.name).filter(name => !own.some(point => point.routine === name))
  const inFull = whyInFull({
    asked: look.full === true || (past.asked && own.some(point => point.head === checkout.head)),
    forced: !since?.ancestor,
    moved: own.some(point => point.mergeBase !== checkout.mergeBase),
    changed: routines.flatMap(routine => {
      const point = own.find(one => one.routine === routine.name)
      return point ? changedNames(point.digests, digestsOf(look, routine)) : []
    }),
    unknown,
  })
  if (inFull !== undefined || !since) return { ...known, ...(inFull !== undefined && { inFull }) }
  const skipped = [...new Set(own.flatMap(point => point.skipped))]
  return { ...known, goingOn: { ...since, skipped } }
}

const unfinished = 'no earlier review of it was complete'

/** Every reason there is, as the end of the sentence "Reviewed in full: …"; undefined when there is none. */
export function whyInFull(facts: {
  asked: boolean
  forced: boolean
  moved: boolean
  /** Names of what the review goes by. */
  changed: string[]
  /** Routines that have not reviewed the pull in full. */
  unknown: string[]
}): string | undefined {
  const changed = [...new Set(facts.changed)]
  const of = (kind: string) => changed.filter(name => name.startsWith(kind)).map(name => name.slice(kind.length))
  const rules = changed.filter(name => name.endsWith('.md'))
  const reasons = [
    ...(facts.asked ? ['asked'] : []),
    ...(facts.forced ? ['force-push'] : []),
    ...(facts.moved ? ['the base moved'] : []),
    ...named('rules changed', rules),
    ...(changed.includes('settings') ? ['configuration changed (settings)'] : []),
    ...named('routines changed', of('routine ')),
    ...named('agents changed', of('agent ')),
    ...(changed.includes('prompts') ? ['prompts changed'] : []),
    ...(facts.unknown.length > 0 ? [`${list(facts.unknown)} has not reviewed all of it yet`] : []),
  ]
  return reasons.length === 0 ? undefined : reasons.join('; ')
}

function named(what: string, names: string[]): string[] {
  return names.length === 0 ? [] : [`${what} (${list(names)})`]
}

const listed = 4

function list(names: string[]): string {
  const shown = names.slice(0, listed).join(', ')
  return names.length > listed ? `${shown} and ${names.length - listed} more` : shown
}
