// Who may take a finding out of the gate: somebody with maintain permission who neither opened the pull request nor pushed to it.
import type { Event, Pull } from '../../domain/event.ts'
import type { Host } from '../../domain/host.ts'
import { mayAtLeast } from '../../domain/permission.ts'
import type { Rooms } from '../../domain/store.ts'
import { scrubLine } from '../../publish/index.ts'

export interface ReleasePorts {
  store: Pick<Rooms, 'pushers'>
  host: Pick<Host, 'permission' | 'pull' | 'contributors'>
}

export interface Releasing extends Pick<Event, 'repository' | 'number'> {
  actor: Person
}

/** Why this person may not, as a sentence; undefined where they may. GitHub is asked each time: permissions and commits change. */
export async function whyNoRelease(
  { store, host }: ReleasePorts,
  { repository, actor, number }: Releasing,
): Promise<string | undefined> {
  const who = scrubLine(actor.login)
  const permission = await host.permission(repository, actor.login)
  if (!mayAtLeast(permission, 'maintain')) return `${who} has ${permission} permission, and this takes maintain.`
  const pull = await host.pull(repository, number!)
  if (isSame(pull.author, actor)) return `${who} opened this pull request.`
  const pushers = await store.pushers.of(repository.id, refsOf(pull))
  if (pushers.some(one => isSame(one, actor))) return `${who} pushed to this pull request.`
  const { people, all } = await host.contributors(repository, pull)
  if (people.some(one => isSame(one, actor))) return `${who} wrote or committed some of these commits.`
  return all ? undefined : 'Not all commits of this pull request could be read, so nobody can tell who wrote them.'
}

type Person = Pick<Event['actor'], 'id' | 'login'>

function isSame(one: Person, other: Person): boolean {
  return one.id === other.id || one.login.toLowerCase() === other.login.toLowerCase()
}

/** A branch may have been pushed to before there was a pull request. */
function refsOf({ number, fork, head }: Pull): string[] {
  return [`pull:${number}`, ...(fork ? [] : [`branch:${head.ref}`])]
}

/** Whoever a delivery says has pushed is remembered. Safe to repeat. */
export async function notePusher({ store, now }: { store: Pick<Rooms, 'pushers'>; now: () => Date }, event: Event) {
  const { kind, action, actor, repository, number, push } = event
  const pull = kind === 'pull_request' && ['opened', 'synchronize'].includes(action) ? number : undefined
  const branch = kind === 'push' && push?.branch !== repository.defaultBranch ? push?.branch : undefined
  const ref = pull !== undefined ? `pull:${pull}` : branch !== undefined ? `branch:${branch}` : undefined
  if (ref !== undefined) await store.pushers.note(repository.id, ref, actor, now().toISOString())
}
