// The schedules of a repository, watched as its configuration says; and the look for repositories of which no event has told.

import { createHash } from 'node:crypto'
import { workCaps } from '../../agents/index.ts'
import type { Repository } from '../../domain/event.ts'
import type { Host } from '../../domain/host.ts'
import { asProblem } from '../../domain/problem.ts'
import type { Configuration, Routine } from '../../domain/routine.ts'
import type { Schedule, WatchedEntry } from '../../domain/schedule.ts'
import type { Rooms } from '../../domain/store.ts'
import { entriesOf, entryKey, nextDue, seedOf } from '../../routines/index.ts'
import { mostKnown, settleLate } from '../installed/settle-late.ts'
import { capsOf, noCeiling } from '../money/money.ts'
import { type ConfigurationPorts, readConfiguration } from './configuration.ts'

export interface KeepPorts {
  store: Pick<Rooms, 'schedules'>
  now: () => Date
}

/** Whenever a configuration was read, after `read` was taken from the store: new entries are watched from now on, those that are gone or switched off go. */
export async function keepSchedules(
  { store, now }: KeepPorts,
  repository: Repository,
  configuration: Configuration,
  read: number,
): Promise<void> {
  // What can not be read now is no reason to forget what was read before.
  if (configuration.unread) return
  const wanted = watchedOf(repository.id, configuration)
  const known = await store.schedules.of(repository.id)
  if (same(wanted, known)) return
  const at = now()
  const entries = wanted.map(entry => ({ ...entry, ...firstTime(entry, at) }))
  await store.schedules.keep(repository.id, entries, at.toISOString(), read)
}

function watchedOf(repositoryId: number, { routines, settings }: Configuration): WatchedEntry[] {
  const watched = routines
    .filter(routine => !routine.off)
    .flatMap(routine =>
      entriesOf(routine.on.schedule).map(entry => {
        const caps = capsOf(noCeiling, settings, usualUsd(routine))
        const id = `${repositoryId}:${routine.name}:${entryKey(entry)}`
        const seed = seedOf(repositoryId, routine.name)
        return { id, repositoryId, routine: routine.name, entry, seed, usd: caps.run, dayUsd: caps.repositoryDay }
      }),
    )
  return [...new Map(watched.map(entry => [entry.id, entry])).values()]
}

function usualUsd({ budget, each }: Routine): number {
  return budget.usd ?? workCaps[each ? 'sweep' : 'task'].usd
}

function firstTime({ entry, seed }: WatchedEntry, at: Date): { due?: string; past?: string } {
  const due = nextDue(entry, at, seed)
  if (due) return { due: due.toISOString() }
  const past = nextDue(entry, new Date(0), seed)
  return past ? { past: past.toISOString() } : {}
}

function same(wanted: WatchedEntry[], known: Schedule[]): boolean {
  const said = ({ id, entry, usd, dayUsd }: WatchedEntry) => JSON.stringify([id, entry, usd, dayUsd])
  return JSON.stringify(wanted.map(said).sort()) === JSON.stringify(known.map(said).sort())
}

export interface LookPorts extends ConfigurationPorts {
  store: Pick<Rooms, 'schedules' | 'repositories' | 'away' | 'runs' | 'effects'>
  host: ConfigurationPorts['host'] & Pick<Host, 'installations' | 'repositories' | 'held' | 'openCheck' | 'updateCheck'>
  now: () => Date
  log: (line: object, sentence: string) => void
}

const lookEverySeconds = 3600
/** After a look that GitHub did not answer. */
const againAfterSeconds = 600
const lookTurn = 'look for schedules'

/** Deliveries that tell of repositories which came, went, or are called otherwise now. */
const tellsOfRepositories = ['installation', 'installation_repositories', 'repository']

const placeOf = ({ installationId, owner, name }: Repository) => `${installationId} ${owner}/${name}`

/** Of a delivery that is no event: whether it brings the next look forward, as a sentence. */
export async function lookSooner({ store, now }: KeepPorts, delivery: string): Promise<string | undefined> {
  if (!tellsOfRepositories.includes(delivery)) return undefined
  await store.schedules.turnAt(lookTurn, now().toISOString())
  return 'Schedules are looked for anew within a minute.'
}

/** Once an hour, by one process: the configuration of every repository of every installation that was pushed to since it was read last. Cut short by the signal it is somebody's turn at once. */
export async function lookForSchedules(ports: LookPorts, signal?: AbortSignal): Promise<void> {
  const { store, now, log } = ports
  if (!(await store.schedules.turn(lookTurn, now().toISOString(), lookEverySeconds))) return
  try {
    const known = await store.schedules.reads()
    const holds = await lookThrough(ports, known, signal)
    await settleLate(ports, holds)
    const here = new Set([...holds.values()].flatMap(ids => [...(ids ?? [])]))
    const away = (await store.away.list()).filter(({ kind }) => kind === 'repository')
    const suspended = new Set(away.filter(({ forGood }) => !forGood).map(({ id }) => id))
    for (const repositoryId of known.keys())
      if (!here.has(repositoryId) && !suspended.has(repositoryId)) await leave(ports, repositoryId)
  } catch (thrown) {
    const again = signal?.aborted ? now().toISOString() : later(now(), againAfterSeconds)
    await store.schedules.turnAt(lookTurn, again)
    if (signal?.aborted)
      return log({ again }, 'The look for schedules was stopped with the server; the next one looks anew.')
    log(
      { cause: String(thrown), again },
      `The look for schedules did not come to its end: ${asProblem(thrown).message}`,
    )
  }
}

/** What each installation holds; undefined where it could not be asked. Each repository that `known` does not have as it is now is read. */
async function lookThrough(
  ports: LookPorts,
  known: Map<number, string>,
  signal: AbortSignal | undefined,
): Promise<Map<number, Set<number> | undefined>> {
  const { store, host, now } = ports
  const called = new Map((await store.repositories.list(mostKnown)).map(one => [one.id, placeOf(one)]))
  const holds = new Map<number, Set<number> | undefined>()
  const house = houseOf(ports)
  for (const installation of await host.installations()) {
    signal?.throwIfAborted()
    const listed = await unlessUnreadable(ports, { installation }, () => host.repositories(installation))
    holds.set(installation, listed && new Set(listed.map(({ repository }) => repository.id)))
    const shared = listed?.find(({ repository }) => repository.name === '.github')?.pushedAt ?? ''
    for (const { repository, pushedAt = '' } of listed ?? []) {
      signal?.throwIfAborted()
      // A delivery from before a rename or a transfer may have come after that of it.
      if (called.has(repository.id) && called.get(repository.id) !== placeOf(repository))
        await store.repositories.seen(repository, now().toISOString(), 'asked')
      const asOf = `${house} ${repository.defaultBranch} ${pushedAt} ${shared}`
      if (known.get(repository.id) === asOf) continue
      const about = { repository: `${repository.owner}/${repository.name}` }
      await unlessUnreadable(ports, about, () => lookInto(ports, repository, isYoung(shared, now()) ? undefined : asOf))
    }
    if (isYoung(shared, now())) await store.schedules.turnAt(lookTurn, later(now(), youngSeconds))
  }
  return holds
}

/** `asOf`: what is remembered as read. */
async function lookInto(ports: LookPorts, repository: Repository, asOf: string | undefined): Promise<void> {
  const { store, now } = ports
  const at = now().toISOString()
  const read = await store.schedules.beginRead()
  const configuration = await readConfiguration(ports, repository)
  await store.repositories.seen(repository, at, 'asked')
  await keepSchedules(ports, repository, configuration, read)
  if (asOf !== undefined && !configuration.unread) await store.schedules.markRead(repository.id, asOf, at)
}

/** What can not be read by itself takes the others nothing; only GitHub being away ends the look. */
async function unlessUnreadable<T>({ log }: LookPorts, about: object, ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask()
  } catch (thrown) {
    const { code, message } = asProblem(thrown)
    if (code === 'unavailable' || code === 'rate_limited') throw thrown
    log({ ...about, cause: String(thrown) }, `Its schedules could not be looked for: ${message}`)
    return undefined
  }
}

/** That an owner has no `.github` repository is believed for a minute, in which a new one is not seen. */
const youngSeconds = 120

function isYoung(pushedAt: string, now: Date): boolean {
  return pushedAt > later(now, -youngSeconds)
}

function later(now: Date, seconds: number): string {
  return new Date(now.getTime() + seconds * 1000).toISOString()
}

/** What of this program decides which schedules there are: another one reads everything once more. */
function houseOf({ builtIn, leastInterval }: LookPorts): string {
  return createHash('sha256')
    .update(JSON.stringify([builtIn, leastInterval]))
    .digest('hex')
    .slice(0, 8)
}

/** The App is not installed there any more. */
async function leave({ store, now }: LookPorts, repositoryId: number): Promise<void> {
  await store.schedules.keep(repositoryId, [], now().toISOString())
  await store.schedules.unmarkRead(repositoryId)
}
