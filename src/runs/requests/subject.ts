// What an event is about, and so what only one run of a routine goes on for.
import type { Event } from '../../domain/event.ts'
import type { concurrencyKeys, concurrencyPolicies } from '../../domain/gates.ts'
import type { Routine } from '../../domain/routine.ts'

/** Of the pull request or issue; the two share their numbers. */
export function numberOf(event: Event): number | undefined {
  return event.number ?? event.issue?.number
}

/** Of the pull request, where it is about one. */
export function pullNumberOf(event: Event): number | undefined {
  return event.issue ? undefined : (event.pull?.number ?? event.number)
}

/** "pull:7", "issue:3", "branch:main", "tag:v1"; undefined for what is about the repository. */
export function subjectOf(event: Event): string | undefined {
  const pull = pullNumberOf(event)
  if (pull !== undefined) return `pull:${pull}`
  if (event.issue) return `issue:${event.issue.number}`
  const branch = event.push?.branch ?? event.outcome?.branch ?? event.merge?.headRef.replace(/^refs\/heads\//, '')
  if (branch !== undefined) return `branch:${branch}`
  const tag = event.push?.tag ?? event.release?.tag
  return tag === undefined ? undefined : `tag:${tag}`
}

export interface Concurrency {
  policy: (typeof concurrencyPolicies)[number]
  key: (typeof concurrencyKeys)[number]
}

export function concurrencyOf({ gates }: Pick<Routine, 'gates'>): Concurrency {
  const written = gates.concurrency ?? 'queue'
  return typeof written === 'string' ? { policy: written, key: 'subject' } : written
}

/** "NAME:pull:7", or "routine:NAME" where the routine says so or the event is about nothing in particular. */
export function keyOf(routine: Pick<Routine, 'name' | 'gates'>, event: Event): string {
  const subject = concurrencyOf(routine).key === 'subject' ? subjectOf(event) : undefined
  return subject === undefined ? `routine:${routine.name}` : `${routine.name}:${subject}`
}

/** For sentences: "pull request #7", "the branch main". */
export function nameOfKey(key: string): string {
  const [, kind, name = ''] = /^[^:]*:(pull|issue|branch|tag):(.*)$/s.exec(key) ?? []
  if (key.startsWith('routine:') || kind === undefined) return 'this routine'
  if (kind === 'pull') return `pull request #${name}`
  return kind === 'issue' ? `issue #${name}` : `the ${kind} ${name}`
}

const byPeople: Event['kind'][] = ['comment', 'label', 'rerun', 'button', 'manual']

/** A person asks for it now. */
export function isAsked({ kind }: Event): boolean {
  return byPeople.includes(kind)
}
