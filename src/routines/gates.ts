// What holds a routine back although its trigger matched, as far as it can be told without the store: permission, forks, bots, searches.
import type { Actor, Event, Pull } from '../domain/event.ts'
import { mayAtLeast, type Permission } from '../domain/permission.ts'
import type { Match, Routine } from '../domain/routine.ts'
import { answers } from './match.ts'
import { no, yes } from './matching/answer.ts'

/** What must be fetched before a routine can be asked about an event. */
export interface Needs {
  paths: boolean
  /** Of `personOf` the event. */
  permission: boolean
  /** As they are written; the repository is added by whoever asks GitHub. */
  searches: string[]
}

export interface HoldFacts {
  /** Where the event is about one and does not carry it. */
  pull?: Pull | undefined
  permission?: Permission | undefined
  /** How many results each search had. */
  searches?: Record<string, number> | undefined
}

/** Nothing for a routine that what the event carries already rules out. */
export function needsOf(routine: Routine, event: Event): Needs {
  if (!answers(routine, event, { paths: undefined }).matched) return { paths: false, permission: false, searches: [] }
  const { permission, skip_if, only_if } = routine.gates
  return {
    paths: asksPaths(routine, event),
    permission: permission !== undefined && isCausedByPerson(event),
    searches: [...new Set([skip_if?.search, only_if?.search].filter(search => search !== undefined))],
  }
}

/** Whose permission counts: who opened the pull request or issue, else who caused the event. */
export function personOf(event: Event, pull = event.pull): Actor {
  if (event.kind === 'pull_request') return pull?.author ?? event.actor
  return event.kind === 'issues' ? (event.issue?.author ?? event.actor) : event.actor
}

/** `matched` when nothing holds it back; else every gate that is shut says so. */
export function holdBack(routine: Routine, event: Event, facts: HoldFacts): Match {
  const shut = [
    ...botHolds(routine, event),
    ...forkHolds(routine, event, facts.pull ?? event.pull),
    ...permissionHolds(routine, event, facts),
    ...searchHolds('skip_if', routine, facts.searches),
    ...searchHolds('only_if', routine, facts.searches),
  ]
  return shut.length > 0 ? no(shut.join(' ')) : yes('Nothing holds it back.')
}

function asksPaths(routine: Routine, event: Event): boolean {
  if (event.kind === 'push')
    return routine.on.push?.paths !== undefined && event.push?.tag === undefined && !event.push?.paths
  return (
    (event.kind === 'pull_request' || (event.kind === 'label' && !event.issue)) &&
    routine.on.pull_request?.paths !== undefined
  )
}

/** The clock is nobody, and who fires or starts a routine from outside GitHub was let in by a token or at the server's own terminal. */
function isCausedByPerson({ kind, comment }: Event): boolean {
  return kind === 'manual' ? comment !== undefined : kind !== 'schedule' && kind !== 'api'
}

/** What machines report (the end of a workflow, a deployment, a queue) comes from bots as a rule. */
const fromMachines: Event['kind'][] = [
  'pull_request',
  'workflow_run',
  'check_suite',
  'deployment_status',
  'merge_group',
]

function botHolds({ gates }: Routine, event: Event): string[] {
  if (event.actor.type !== 'Bot' || gates.bots === true || !isCausedByPerson(event)) return []
  if (gates.bots === false) return [`bots: ${event.actor.login} is a bot, and \`bots: false\` is set.`]
  return fromMachines.includes(event.kind)
    ? []
    : [`bots: ${event.actor.login} is a bot; bots start nothing unless \`bots: true\` is set.`]
}

/** What people outside push can end there too. */
const fromAnywhere: Event['kind'][] = ['workflow_run', 'check_suite']

/** All that a routine may do to a pull from a fork without being allowed to. */
const harmless: string[] = ['review', 'check', 'label']

/** Whether it leaves pulls from forks alone, so that it has to be known where one comes from. */
export function shunsForks({ gates, can }: Pick<Routine, 'gates' | 'can'>): boolean {
  return gates.forks === false || (gates.forks !== true && can.some(one => !harmless.includes(one)))
}

function forkHolds({ gates, can }: Routine, { kind, outcome }: Event, pull: Pull | undefined): string[] {
  // GitHub names no pull where a workflow or a suite was about one from a fork, and of a suite it does not say where it comes from.
  const fork = pull?.fork || (!pull && fromAnywhere.includes(kind) ? (outcome?.fork ?? 'perhaps') : false)
  if (!fork || !shunsForks({ gates, can })) return []
  const what = pull
    ? 'the pull request comes from a fork'
    : fork === true
      ? 'its commit comes from a fork'
      : 'GitHub does not say that its commit comes from this repository and not from a fork'
  if (gates.forks === false) return [`forks: ${what}, and \`forks: false\` is set.`]
  const more = can.filter(one => !harmless.includes(one)).join(', ')
  return [
    `forks: ${what}, and what may do more than review (${more}) leaves those alone unless \`forks: true\` is set.`,
  ]
}

function permissionHolds({ gates }: Routine, event: Event, { pull, permission }: HoldFacts): string[] {
  const least = gates.permission
  if (least === undefined || !isCausedByPerson(event) || mayAtLeast(permission, least)) return []
  const who = personOf(event, pull ?? event.pull).login
  return permission === undefined
    ? [`permission: that of ${who} on the repository is not known, and at least "${least}" is needed.`]
    : [`permission: ${who} has "${permission}" on the repository, and at least "${least}" is needed.`]
}

function searchHolds(key: 'skip_if' | 'only_if', { gates }: Routine, searches: HoldFacts['searches']): string[] {
  const gate = gates[key]
  if (!gate) return []
  const { search, at_least } = gate
  const found = searches && Object.hasOwn(searches, search) ? searches[search] : undefined
  if (found === undefined) return [`${key}: what the search "${search}" finds is not known.`]
  if (key === 'skip_if')
    return found >= at_least
      ? [`skip_if: the search "${search}" finds ${found}, and ${at_least} or more hold it back.`]
      : []
  return found >= at_least
    ? []
    : [`only_if: the search "${search}" finds ${found}, and at least ${at_least} are needed.`]
}
