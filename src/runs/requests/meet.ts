// One routine meets one event: whether it answers, and the sentence that says why. Pure; what depends on earlier runs is decided where the run is requested.
import type { Routine } from '../../domain/routine.ts'
import { admit, holdBack, lacksGrant, matchRoutine, nearest, openEffort, within } from '../../routines/index.ts'
import type { Facts } from './facts.ts'

export type Meeting = { name: string; because: string } & (
  | { verdict: 'answers'; routine: Routine }
  /** `waits`: a person can still ask for it, and its check does not pass until then. */
  | { verdict: 'skipped' | 'refused'; waits?: true }
)

/** Every routine that could have answered; and the one that the event names, where there is none of that name. */
export function meetAll(facts: Facts, effort = openEffort()): Meeting[] {
  const { event, routines } = facts
  if (event.routine !== undefined && routines.length === 0)
    return [{ name: event.routine, verdict: 'refused', because: noSuch(event.routine, facts.configuration.routines) }]
  const { none } = facts
  if (none) return routines.map(({ name }) => ({ name, verdict: 'refused', because: none }))
  return within(effort, () => routines.map(routine => meet(facts, routine)))
}

function meet(facts: Facts, routine: Routine): Meeting {
  const { name } = routine
  const { event, pull, known, unknown, configuration, automatic } = facts
  const match = matchRoutine(routine, event, { pull, paths: known.paths, settings: configuration.settings })
  if (!match.matched) return { name, verdict: 'skipped', because: match.because }
  if (routine.kind === 'review' && pull?.state === 'closed' && event.action !== 'closed')
    return { name, verdict: 'skipped', because: `${match.because} The pull request is closed.` }
  const admitted = admit(
    event,
    {
      pull,
      permission: known.permission,
      installationSize: known.installationSize ?? 0,
      settings: configuration.settings,
      paused: facts.unwanted,
      automaticToday: automatic.today,
      automaticEver: automatic.ever,
    },
    routine,
  )
  if (!admitted.matched)
    return { name, verdict: 'refused', because: admitted.because, ...(admitted.waits && { waits: true }) }
  const held = holdBack(routine, event, { pull, permission: known.permission, searches: known.searches })
  if (held.matched) {
    const lacks = facts.granted && lacksGrant(routine, facts.granted)
    if (lacks !== undefined)
      return {
        name,
        verdict: 'refused',
        because: `${match.because} ${lacks}`,
        ...(routine.required && { waits: true }),
      }
    const because = facts.paused ? `${match.because} ${facts.paused}` : match.because
    return { name, verdict: 'answers', routine, because }
  }
  const refusals = searchesOf(routine).flatMap(search => unknown[search] ?? [])
  return {
    name,
    verdict: isSearched(facts, routine) ? 'skipped' : 'refused',
    because: [held.because, ...refusals].join(' '),
  }
}

/** Held back by what its searches found, and by nothing else. */
function isSearched({ event, pull, known }: Facts, routine: Routine): boolean {
  const { skip_if: _, only_if: __, ...gates } = routine.gates
  const others = holdBack({ ...routine, gates }, event, { pull, permission: known.permission })
  return others.matched && searchesOf(routine).every(search => known.searches?.[search] !== undefined)
}

function searchesOf({ gates }: Routine): string[] {
  return [gates.skip_if?.search, gates.only_if?.search].filter(search => search !== undefined)
}

function noSuch(name: string, routines: Routine[]): string {
  const names = routines.map(routine => routine.name)
  const close = nearest(name, names)
  const hint = close ? `did you mean \`${close}\`?` : `there are ${names.join(', ')}.`
  return `There is no routine called \`${name}\` here; ${hint}`
}
