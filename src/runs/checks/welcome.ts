// The first check of a repository says once what runs there, what it may cost, and how to stop it.
import type { Event, Repository } from '../../domain/event.ts'
import type { Host } from '../../domain/host.ts'
import type { Configuration } from '../../domain/routine.ts'
import type { Rooms } from '../../domain/store.ts'
import { type FirstSettings, welcome } from '../../publish/index.ts'
import { automaticUpTo } from '../../routines/index.ts'
import { capsOf, noCeiling } from '../money/money.ts'

interface WelcomePorts {
  store: { effects: Rooms['effects'] }
  host: Pick<Host, 'cloneUrl' | 'installationSize'>
  now: () => Date
}

const kind = 'welcome'

/** For the check of this run, or occurrence, and routine; undefined on every other check. Safe to repeat. */
export async function welcomeOn(
  { store, host, now }: WelcomePorts,
  { event, configuration }: { event: Event; configuration: Configuration },
  runId: string,
  routine: string,
): Promise<string | undefined> {
  const { repository } = event
  if (event.kind !== 'pull_request' || configuration.unread) return undefined
  const key = keyOf(repository)
  if (!(await store.effects.get(key))) {
    const line = welcome(pageOf(host, repository), repository, await firstOf(host, repository, configuration))
    await store.effects.intend({ key, runId, kind, intent: { routine, line }, at: now().toISOString() })
  }
  return welcomeOf(store, runId, routine)
}

/** Its check stands. */
export async function welcomed(
  { store, now }: Pick<WelcomePorts, 'store' | 'now'>,
  repository: Repository,
): Promise<void> {
  await store.effects.done(keyOf(repository), {}, now().toISOString())
}

const keyOf = ({ id }: Repository) => `${kind}:${id}`

/** The line that was promised to the check of this run and routine. */
export async function welcomeOf(
  { effects }: WelcomePorts['store'],
  runId: string,
  routine: string,
): Promise<string | undefined> {
  const promised = (await effects.ofRun(runId)).find(one => one.kind === kind)?.intent as Promised | undefined
  return promised?.routine === routine ? promised.line : undefined
}

interface Promised {
  routine: string
  line: string
}

export const pageOf = (host: Pick<Host, 'cloneUrl'>, repository: Repository) =>
  host.cloneUrl(repository).replace(/\.git$/, '')

async function firstOf(
  host: Pick<Host, 'installationSize'>,
  { installationId }: Pick<Repository, 'installationId'>,
  { routines, settings, ownSettings }: Pick<Configuration, 'routines' | 'settings' | 'ownSettings'>,
): Promise<FirstSettings> {
  const size = await host.installationSize(installationId)
  return firstWhere(
    { routines, settings, ...(ownSettings && { ownSettings }) },
    settings.automatic ?? size <= automaticUpTo,
  )
}

export function firstWhere(
  { routines, settings, ownSettings }: Pick<Configuration, 'routines' | 'settings' | 'ownSettings'>,
  automatic: boolean,
): FirstSettings {
  const on = routines.filter(routine => routine.off === undefined)
  const names = (some: typeof on) => some.map(({ name }) => name).sort()
  const caps = capsOf(noCeiling, settings, 0)
  return {
    answering: names(on.filter(one => !one.standby && one.kind === 'review' && one.on.pull_request)),
    standby: names(on.filter(one => one.standby)),
    automatic,
    pullUsd: caps.pull,
    dayUsd: caps.repositoryDay,
    written: ownSettings === true,
  }
}
