// Which schedules are watched: what the configuration of each repository says, found by events and by the hourly look, with GitHub and the database as they are.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readBuiltIns } from '../../../src/builtins.ts'
import type { Host } from '../../../src/domain/host.ts'
import type { Store } from '../../../src/domain/store.ts'
import { connectGitHub } from '../../../src/github/index.ts'
import { readCommand } from '../../../src/routines/index.ts'
import { readConfiguration } from '../../../src/runs/configuration/configuration.ts'
import {
  keepSchedules,
  type LookPorts,
  lookForSchedules,
  lookSooner,
} from '../../../src/runs/configuration/schedules.ts'
import { readSettings } from '../../../src/settings.ts'
import { type TestDatabase, usual } from '../../databases.ts'
import { type GitHubSimulator, type SimulatedRepository, startGitHub } from '../../simulators/github/index.ts'

const routine = (schedule: string, more = '') =>
  `---\ndescription: Sweeps\nkind: work\non: { schedule: ${schedule} }\n${more}\n---\nSweep.\n`
const file = '.github/routines/sweep.md'

const connectTo = (github: GitHubSimulator) =>
  connectGitHub({
    appId: github.app.id,
    privateKey: github.app.privateKey,
    webhookSecrets: [github.app.webhookSecret],
    apiUrl: `${github.url}/api/v3`,
    readCommand,
    waitScale: 0.001,
  })

describe('schedules', () => {
  let database: TestDatabase
  let store: Store
  let github: GitHubSimulator
  let host: Host
  let now: Date
  let ports: LookPorts
  let lines: { sentence: string; [field: string]: unknown }[]
  let repositories = 0
  beforeAll(async () => {
    database = await usual.open()
    store = database.store
    github = await startGitHub()
    host = await connectTo(github)
  })
  afterAll(async () => {
    expect(github.refusals).toEqual([])
    await github[Symbol.asyncDispose]()
    await database.close()
  })
  beforeEach(async () => {
    now = new Date(new Date(now ?? '2026-11-21T12:00:00Z').getTime() + 7_200_000)
    lines = []
    ports = {
      store,
      host,
      builtIn: readBuiltIns(),
      now: () => now,
      log: (line, sentence) => void lines.push({ ...line, sentence }),
    }
  })

  const create = (files: Record<string, string>, owner = 'acme') =>
    github.createRepository({ owner, name: `shop-${++repositories}`, private: true, files })
  const watched = async ({ id }: Pick<SimulatedRepository, 'id'>) =>
    (await store.schedules.of(id)).map(({ routine, entry, due }) => ({ routine, entry, due }))
  const read = async (simulated: SimulatedRepository) => {
    const repository = await host.repository(simulated.installationId, simulated.owner, simulated.name)
    await store.repositories.seen(repository, now.toISOString())
    const begun = await store.schedules.beginRead()
    await keepSchedules(ports, repository, await readConfiguration(ports, repository), begun)
  }

  it('of a repository are those of its routines, each with its next time', async () => {
    const simulated = await create({ [file]: routine('["0 2 * * *", { cron: "30 14 * * *", timezone: Asia/Tokyo }]') })
    await read(simulated)
    const times = (await watched(simulated)).map(({ due }) => due?.slice(11, 16)).sort()
    expect(times).toEqual(['02:00', '05:30'])
    const [one] = await store.schedules.of(simulated.id)
    expect(one).toMatchObject({ usd: 2, dayUsd: 20, repository: { name: simulated.name } })
  })

  it('keep their due time while nothing about them changes, and lose it with their expression', async () => {
    const simulated = await create({ [file]: routine('"0 2 * * *"') })
    await read(simulated)
    const before = await watched(simulated)
    now = new Date(now.getTime() + 3 * 86_400_000)
    await simulated.commit({ branch: 'main', files: { [file]: routine('{ cron: "0 2 * * *", missed: skip }') } })
    await read(simulated)
    expect(await watched(simulated)).toEqual([{ ...before[0], entry: { cron: '0 2 * * *', missed: 'skip' } }])
    await simulated.commit({ branch: 'main', files: { [file]: routine('"0 3 * * *"') } })
    await read(simulated)
    expect((await watched(simulated)).map(({ due }) => due?.slice(11, 16))).toEqual(['03:00'])
    expect(Date.parse((await watched(simulated))[0]?.due ?? '')).toBeGreaterThan(now.getTime())
  })

  it.each([
    ['switched off', { '.github/watchbill.yml': 'disable: [sweep]\n' }],
    ['broken', { [file]: routine('nigthly') }],
    ['given no schedule any more', { [file]: '---\ndescription: d\non: { push: {} }\n---\nSweep.\n' }],
  ])('of a routine that is %s are watched no more', async (_, files) => {
    const simulated = await create({ [file]: routine('nightly') })
    await read(simulated)
    expect(await watched(simulated)).toHaveLength(1)
    await simulated.commit({ branch: 'main', files })
    await read(simulated)
    expect(await watched(simulated)).toEqual([])
  })

  it('are those of the files that were read last, whoever comes to keep them last', async () => {
    const simulated = await create({ [file]: routine('"0 2 * * *"') })
    const repository = await host.repository(simulated.installationId, simulated.owner, simulated.name)
    await store.repositories.seen(repository, now.toISOString())
    const slow = { begun: await store.schedules.beginRead(), files: await readConfiguration(ports, repository) }
    await simulated.commit({ branch: 'main', files: { [file]: routine('"0 3 * * *"') } })
    await read(simulated)
    await keepSchedules(ports, repository, slow.files, slow.begun)
    expect((await watched(simulated)).map(({ due }) => due?.slice(11, 16))).toEqual(['03:00'])
  })

  it('come as often as the server lets them', async () => {
    const simulated = await create({ [file]: routine('every 15 minutes') })
    const repository = await host.repository(simulated.installationId, simulated.owner, simulated.name)
    const offAt = async (minutes: string) => {
      const { minIntervalMinutes: leastInterval } = readSettings({ WATCHBILL_MIN_INTERVAL_MINUTES: minutes })
      const { routines } = await readConfiguration({ ...ports, leastInterval }, repository)
      return routines.find(one => one.name === 'sweep')?.off
    }
    expect(await offAt('15')).toBeUndefined()
    expect(await offAt('60')).toContain('comes 15 minutes after the last time; on this server 60 minutes is the least.')
    for (const wrong of ['0', '2.5', 'often', '1441'])
      expect(() => readSettings({ WATCHBILL_MIN_INTERVAL_MINUTES: wrong })).toThrow(
        /WATCHBILL_MIN_INTERVAL_MINUTES must be/,
      )
  })

  it('are watched on where the configuration can not be read any more', async () => {
    const simulated = await create({ [file]: routine('nightly') }, 'initech')
    await read(simulated)
    const [schedule] = await store.schedules.of(simulated.id)
    github.uninstall('initech')
    const configuration = await readConfiguration(ports, schedule!.repository)
    expect(configuration.unread).toBe(true)
    await keepSchedules(ports, schedule!.repository, configuration, await store.schedules.beginRead())
    expect(await watched(simulated)).toHaveLength(1)
  })
})

describe('the hourly look', () => {
  let database: TestDatabase
  let store: Store
  let github: GitHubSimulator
  let host: Host
  let now: Date
  let lines: { sentence: string; [field: string]: unknown }[]
  let ports: LookPorts
  beforeEach(async () => {
    database = await usual.open()
    store = database.store
    github = await startGitHub()
    host = await connect()
    now = new Date('2026-11-21T12:00:00Z')
    lines = []
    ports = {
      store,
      host,
      builtIn: [],
      now: () => now,
      log: (line, sentence) => void lines.push({ ...line, sentence }),
    }
    return async () => {
      await github[Symbol.asyncDispose]()
      await database.close()
    }
  })
  const connect = () => connectTo(github)
  const hours = (count: number) => {
    now = new Date(now.getTime() + count * 3_600_000)
  }
  const create = (name: string, owner = 'acme', files: Record<string, string> = { [file]: routine('nightly') }) =>
    github.createRepository({ owner, name, private: true, files })
  const asked = (simulated: SimulatedRepository, from: number) =>
    github.requests.slice(from).filter(({ path }) => path.includes(`/repos/${simulated.owner}/${simulated.name}/`))
      .length

  it('finds schedules of which no event has told, of every installation', async () => {
    const [one, other] = [await create('one'), await create('other', 'globex')]
    await lookForSchedules(ports)
    expect(await store.schedules.of(one.id)).toHaveLength(1)
    expect(await store.schedules.of(other.id)).toHaveLength(1)
    expect(github.deliveries.filter(({ status }) => status !== undefined)).toEqual([])
  })

  it('is had once an hour, and asks again only of what was pushed to', async () => {
    const [quiet, busy] = [await create('quiet'), await create('busy')]
    await lookForSchedules(ports)
    let from = github.requests.length
    hours(0.9)
    await lookForSchedules(ports)
    expect(github.requests.length).toBe(from)

    github.now = () => new Date('2026-11-21T13:30:00Z')
    await busy.commit({ branch: 'main', files: { [file]: routine('"0 5 * * *"') } })
    hours(0.2)
    from = github.requests.length
    await lookForSchedules(ports)
    expect([asked(quiet, from), asked(busy, from) > 0]).toEqual([0, true])
    expect((await store.schedules.of(busy.id))[0]?.entry).toBe('0 5 * * *')
  })

  it('reads all repositories of an owner again when what they share changes', async () => {
    github.now = () => new Date('2026-11-21T12:00:00Z')
    const [one, other] = [await create('one'), await create('other')]
    await lookForSchedules(ports)
    const shared = await create('.github', 'acme', { 'routines/shared.md': routine('"0 6 * * *"') })
    hours(1.1)
    await lookForSchedules({ ...ports, host: await connect() })
    for (const { id } of [one, other, shared])
      expect((await store.schedules.of(id)).map(schedule => schedule.routine)).toContain('shared')
  })

  it('comes again soon where what they share is so new that it may not be seen yet', async () => {
    const one = await create('one')
    await lookForSchedules(ports)
    github.now = () => now
    await create('.github', 'acme', { 'routines/shared.md': routine('"0 6 * * *"') })
    await lookSooner(ports, 'repository')
    // The same process: it still believes that there is none.
    await lookForSchedules(ports)
    expect(await store.schedules.of(one.id)).toHaveLength(1)
    hours(0.05)
    await lookForSchedules({ ...ports, host: await connect() })
    expect(await store.schedules.of(one.id)).toHaveLength(2)
  })

  it('comes sooner when a delivery tells of other repositories, and of nothing else', async () => {
    await lookForSchedules(ports)
    const one = await create('one')
    expect(await lookSooner(ports, 'star')).toBeUndefined()
    await lookForSchedules(ports)
    expect(await store.schedules.of(one.id)).toEqual([])
    expect(await lookSooner(ports, 'installation_repositories')).toBe('Schedules are looked for anew within a minute.')
    await lookForSchedules(ports)
    expect(await store.schedules.of(one.id)).toHaveLength(1)
  })

  it('lets go of repositories that the App is not installed on any more, and leaves the others alone', async () => {
    const [gone, kept] = [await create('gone'), await create('kept', 'globex')]
    await lookForSchedules(ports)
    github.uninstall('acme')
    hours(1.1)
    await lookForSchedules(ports)
    expect(await store.schedules.of(gone.id)).toEqual([])
    expect(await store.schedules.of(kept.id)).toHaveLength(1)
  })

  it('lets go of one though a suspended installation has the same number', async () => {
    const [gone, kept] = [await create('gone', 'initech'), await create('kept', 'globex')]
    await lookForSchedules(ports)
    const suspended = { installationId: gone.id, whole: true, repositoryIds: [], forGood: false, because: 'Suspended.' }
    await store.away.leave({ ...suspended, at: now.toISOString() })
    github.uninstall('initech')
    hours(1.1)
    await lookForSchedules(ports)
    expect([...(await store.schedules.reads()).keys()]).not.toContain(gone.id)
    expect(await store.schedules.of(kept.id)).toHaveLength(1)
  })

  it('says that GitHub is away, keeps what is watched, and is had again ten minutes later', async () => {
    const one = await create('one')
    await lookForSchedules(ports)
    hours(1.1)
    const fault = github.faults.add({ match: { operation: 'apps/list-installations' }, kind: '503', times: Infinity })
    await lookForSchedules(ports)
    fault.remove()
    expect(lines.at(-1)?.sentence).toMatch(/^The look for schedules did not come to its end: GitHub .+\.$/)
    expect(await store.schedules.of(one.id)).toHaveLength(1)
    const two = await create('two')
    await lookForSchedules(ports)
    expect(await store.schedules.of(two.id)).toEqual([])
    hours(0.2)
    await lookForSchedules(ports)
    expect(await store.schedules.of(two.id)).toHaveLength(1)
  })
})
