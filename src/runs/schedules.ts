// The schedules of a repository, watched as its configuration says; and the look for repositories of which no event has told.

import { workCaps } from '../agents/index.ts'
import type { Repository } from '../domain/event.ts'
import type { Host } from '../domain/host.ts'
import { asProblem, meanings } from '../domain/problem.ts'
import type { Configuration, Routine } from '../domain/routine.ts'
import type { Schedule, WatchedEntry } from '../domain/schedule.ts'
import type { Rooms } from '../domain/store.ts'
import { entriesOf, entryKey, nextDue, seedOf } from '../routines/index.ts'
import { type ConfigurationPorts, readConfiguration } from './configuration.ts'
import { capsOf } from './money.ts'

export interface KeepPorts {
  store: Pick<Rooms, 'schedules'>
  now: () => Date
}

/** Whenever a configuration was read: new entries are watched from now on, those that are gone or switched off go. */
export async function keepSchedules(
  { store, now }: KeepPorts,
  repository: Repository,
  configuration: Configuration,
): Promise<void> {
  // What can not be read now is no reason to forget what was read before.
  if (configuration.unread) return
  const wanted = watchedOf(repository.id, configuration)
  const known = await store.schedules.of(repository.id)
  if (same(wanted, known)) return
  const at = now()
  const entries = wanted.map(entry => ({ ...entry, ...firstTime(entry, at) }))
  await store.schedules.keep(repository.id, entries, at.toISOString())
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

const noCeiling = { run: Number.POSITIVE_INFINITY, day: Number.POSITIVE_INFINITY, month: Number.POSITIVE_INFINITY }

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
  store: Pick<Rooms, 'schedules' | 'repositories'>
  host: ConfigurationPorts['host'] & Pick<Host, 'installations' | 'repositories'>
  now: () => Date
  log: (line: object, sentence: string) => void
}

const lookEverySeconds = 3600
/** After a look that GitHub did not answer. */
const againAfterSeconds = 600
export const lookTurn = 'look for schedules'

/** Once an hour, by one process: the configuration of every repository of every installation that was pushed to since it was read last. */
export async function lookForSchedules(ports: LookPorts): Promise<void> {
  const { store, host, now, log } = ports
  if (!(await store.schedules.turn(lookTurn, now().toISOString(), lookEverySeconds))) return
  try {
    const known = await store.schedules.reads()
    const here = new Set<number>()
    for (const installation of await host.installations()) {
      const listed = await host.repositories(installation)
      for (const { repository } of listed) here.add(repository.id)
      const shared = listed.find(({ repository }) => repository.name === '.github')?.pushedAt ?? ''
      for (const { repository, pushedAt = '' } of listed) {
        const asOf = `${repository.defaultBranch} ${pushedAt} ${shared}`
        if (known.get(repository.id) !== asOf) await lookInto(ports, repository, asOf)
      }
    }
    for (const repositoryId of known.keys()) if (!here.has(repositoryId)) await leave(ports, repositoryId)
  } catch (thrown) {
    const again = new Date(now().getTime() + againAfterSeconds * 1000).toISOString()
    await store.schedules.turnAt(lookTurn, again)
    log(
      { cause: String(thrown), again },
      `The look for schedules did not come to its end: ${asProblem(thrown).message}`,
    )
  }
}

/** One repository that can not be read takes the others nothing. */
async function lookInto(ports: LookPorts, repository: Repository, asOf: string): Promise<void> {
  const { store, now, log } = ports
  try {
    const at = now().toISOString()
    const configuration = await readConfiguration(ports, repository)
    await store.repositories.seen(repository, at)
    await keepSchedules(ports, repository, configuration)
    if (!configuration.unread) await store.schedules.markRead(repository.id, asOf, at)
  } catch (thrown) {
    const { code, message } = asProblem(thrown)
    if (meanings[code].retry && code !== 'internal') throw thrown
    log({ repository: `${repository.owner}/${repository.name}`, cause: String(thrown) }, message)
  }
}

/** The App is not installed there any more. */
async function leave({ store, now }: LookPorts, repositoryId: number): Promise<void> {
  await store.schedules.keep(repositoryId, [], now().toISOString())
  await store.schedules.unmarkRead(repositoryId)
}
