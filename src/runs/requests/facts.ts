// Everything that decides about an event: what it carries, and what is asked of GitHub and of the store once, where some routine needs it.
import type { Event, Pull } from '../../domain/event.ts'
import type { Granted, Host, RepositoryFile } from '../../domain/host.ts'
import { heldBy } from '../../domain/pause.ts'
import { asProblem, meanings } from '../../domain/problem.ts'
import type { Configuration, Routine } from '../../domain/routine.ts'
import type { EventFacts, Store } from '../../domain/store.ts'
import { concerns, matchRoutine, needsOf, openEffort, personOf, readsMore, within } from '../../routines/index.ts'
import { readConfiguration } from '../configuration/configuration.ts'
import { bringsHead } from '../configuration/configuration-check.ts'
import { keepSchedules } from '../configuration/schedules.ts'
import { pullNumberOf } from './subject.ts'

export interface FactsPorts {
  store: Store
  host: Host
  builtIn: RepositoryFile[]
  now: () => Date
}

export interface Facts {
  event: Event
  pull: Pull | undefined
  /** Why there is no pull request of the number that the event names. */
  none?: string
  configuration: Configuration
  /** Those that could have answered such an event. */
  routines: Routine[]
  /** What was fetched, and is kept with the event. */
  known: EventFacts
  /** By search text: why GitHub did not count its results. */
  unknown: Record<string, string>
  /** Who paused what, in a sentence: what answers is queued. */
  paused: string | undefined
  /** Who asked, by comment, for no more automatic reviews of the pull. */
  unwanted: { by: string; at: string } | undefined
  /** What the App holds there, where something that starts by itself may need more than every App has. */
  granted?: Granted
  /** Automatic reviews of the pull today, and ever. */
  automatic: { today: number; ever: number }
}

/** A routine that what is known already rules out needs nothing. */
export async function gather(ports: FactsPorts, event: Event): Promise<Facts> {
  const { host, store } = ports
  const { repository } = event
  const read = await store.schedules.beginRead()
  const configuration = await readConfiguration(ports, repository)
  await keepSchedules(ports, repository, configuration, read)
  const routines = configuration.routines.filter(routine => concerns(routine, event))
  const number = pullNumberOf(event)
  const { pull, none } = await pullOf(host, event, routines.length === 0 ? undefined : number)
  const { settings } = configuration
  const effort = openEffort()
  const open = within(effort, () =>
    none ? [] : routines.filter(routine => matchRoutine(routine, event, { pull, paths: undefined, settings }).matched),
  )
  const needs = within(effort, () => open.map(routine => needsOf(routine, event)))
  const searches = await countAll(host, event, new Set(needs.flatMap(need => need.searches)))
  const granted = !isAskedFor(event) && open.some(readsMore) ? await host.granted(repository) : undefined
  const pause = open.length === 0 ? undefined : await store.pauses.holds(repository)
  return {
    event,
    pull,
    ...(none && { none }),
    configuration,
    routines,
    known: {
      // A pull that touches configuration files is told what they would do, and replays go by the paths that were kept.
      ...((needs.some(need => need.paths) || (event.kind === 'pull_request' && bringsHead(event))) && {
        paths: await pathsOf(host, event, number),
      }),
      ...(open.length > 0 &&
        (asksPermission(event) || needs.some(need => need.permission)) && {
          permission: await host.permission(repository, personOf(event, pull).login),
        }),
      ...(open.some(({ kind }) => kind === 'review') &&
        event.kind === 'pull_request' &&
        settings.automatic === undefined && {
          installationSize: await host.installationSize(repository.installationId),
        }),
      ...(Object.keys(searches.found).length > 0 && { searches: searches.found }),
    },
    unknown: searches.unknown,
    ...(granted && { granted }),
    paused: pause && heldBy(pause),
    unwanted:
      number === undefined || open.length === 0 ? undefined : (await store.wishes.of(repository.id, number)).pause,
    automatic: await countAutomatic(ports, event, open.length === 0 ? undefined : number),
  }
}

/** One that a person names by hand may never have been there; nothing is gained by asking for it again. */
async function pullOf(
  host: Host,
  { pull, repository }: Event,
  number: number | undefined,
): Promise<{ pull: Pull | undefined; none?: string }> {
  if (pull || number === undefined) return { pull }
  try {
    return { pull: await host.pull(repository, number) }
  } catch (thrown) {
    if (asProblem(thrown).code !== 'not_found') throw thrown
    const where = `${repository.owner}/${repository.name}`
    return { pull: undefined, none: `There is no pull request #${number} in ${where}, so there is nothing to look at.` }
  }
}

/** By a person, who is told in the report what could not be gathered. */
function isAskedFor({ kind }: Event): boolean {
  return ['comment', 'label', 'rerun', 'button', 'manual'].includes(kind)
}

/** What anybody can do by hand on GitHub is asked of those who may write; a pull or an issue in a public repository can be anybody's. */
function asksPermission({ kind, repository }: Event): boolean {
  if (kind === 'pull_request' || kind === 'issues') return !repository.private
  return kind === 'comment' || kind === 'label' || kind === 'rerun' || kind === 'button'
}

async function pathsOf(
  host: Host,
  { repository, push }: Event,
  number: number | undefined,
): Promise<string[] | undefined> {
  if (push) return host.pushedPaths(repository, push)
  return number === undefined ? undefined : host.changedPaths(repository, number)
}

/** A search that GitHub does not take holds its own routine back, and no other. */
async function countAll(host: Host, { repository }: Event, searches: Set<string>) {
  const found: Record<string, number> = {}
  const unknown: Record<string, string> = {}
  for (const search of searches)
    try {
      found[search] = await host.search(repository, search)
    } catch (thrown) {
      const { code, message } = asProblem(thrown)
      if (meanings[code].retry) throw thrown
      unknown[search] = message
    }
  return { found, unknown }
}

async function countAutomatic({ store, now }: FactsPorts, { kind, repository }: Event, number: number | undefined) {
  if (kind !== 'pull_request' || number === undefined) return { today: 0, ever: 0 }
  const today = `${now().toISOString().slice(0, 10)}T00:00:00.000Z`
  return {
    today: await store.runs.countAutomatic(repository.id, number, today),
    ever: await store.runs.countAutomatic(repository.id, number, '1970-01-01T00:00:00.000Z'),
  }
}
