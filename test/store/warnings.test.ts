// Budget warnings: each threshold of each cap that outlives a run is told once in its period, whoever passes it and whatever crashes.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { BudgetWarning, Caps, Store } from '../../src/domain/store.ts'
import { openStore } from '../../src/store/index.ts'
import { databases, type TestDatabase } from '../databases.ts'
import { newRun, now, repository } from './samples.ts'

const plenty: Caps = { run: 1e6, pull: 1e6, repositoryDay: 1e6, serverRun: 1e6, serverDay: 1e6, serverMonth: 1e6 }
const call = (usd: number) => ({ name: 'correctness', kind: 'finder', model: 'claude-sonnet-5-5', usd }) as const
const usage = { input: 1, cacheWrite: 0, cacheRead: 0, output: 1 }
const paid = (usd: number) => ({ usage, usd, status: 'ok', milliseconds: 1 })

describe.each(databases)('budget warnings on $name', ({ open }) => {
  let database: TestDatabase
  let store: Store
  let clock = new Date('2026-01-10T12:00:00.000Z')
  let repositoryId = 2000
  let told: BudgetWarning[] = []
  beforeAll(async () => {
    database = await open({ now: () => clock })
    store = database.store
  })
  afterAll(() => database.close())
  // A month of its own for each, so that what the others spent does not count.
  beforeEach(() => {
    clock = new Date(Date.UTC(clock.getUTCFullYear(), clock.getUTCMonth() + 1, 10, 12))
    told = []
  })

  const started = async (change: { repositoryId: number; number: number }) => {
    const run = newRun({ number: change.number, repository: { ...repository, id: change.repositoryId } })
    await store.runs.request(run)
    const { attempt } = (await store.runs.claim(run.id, now()))!
    return { id: run.id, attempt, ...change }
  }
  const warn = (warning: BudgetWarning) => void told.push(warning)
  const percents = () => told.map(({ percent }) => percent)
  /** Sets aside and settles at the same price. */
  const spend = async (run: Awaited<ReturnType<typeof started>>, caps: Caps, usd: number, from = store) => {
    const meter = from.ledger.meter(run, caps, warn)
    await meter.settle(await meter.reserve(call(usd)), paid(usd))
  }

  it.each(['pull', 'repositoryDay', 'serverDay', 'serverMonth'] as const)(
    'come at 50, 80 and 100 % of the cap %s, not a cent before, and once each',
    async cap => {
      const run = await started({ repositoryId: repositoryId++, number: 1 })
      const caps = { ...plenty, [cap]: 10 }
      const heard: number[][] = []
      for (const usd of [4.99, 0.01, 2.99, 0.01, 1.99, 0.01]) {
        told = []
        await spend(run, caps, usd)
        heard.push(percents())
      }
      expect(heard).toEqual([[], [50], [], [80], [], [100]])
      expect(told).toEqual([
        {
          cap,
          period: expect.any(String),
          percent: 100,
          capUsd: 10,
          usd: expect.closeTo(10),
          setAsideUsd: expect.closeTo(0.01),
        },
      ])
      expect((await store.ledger.warnings(run.id)).map(({ percent }) => percent)).toEqual([50, 80, 100])
    },
  )

  it('tell nothing of the run, whose own end says it', async () => {
    const run = await started({ repositoryId: repositoryId++, number: 1 })
    await spend(run, { ...plenty, run: 1, serverRun: 1 }, 0.9)
    await expect(store.ledger.meter(run, { ...plenty, run: 1 }, warn).reserve(call(0.9))).rejects.toThrow('this run')
    expect(told).toEqual([])
  })

  it('count what is set aside, and say how much of it that is', async () => {
    const run = await started({ repositoryId: repositoryId++, number: 1 })
    await spend(run, { ...plenty, pull: 8 }, 5)
    told = []
    await store.ledger.meter(run, { ...plenty, pull: 8 }, warn).reserve(call(1.5))
    expect(told).toEqual([{ cap: 'pull', period: '', percent: 80, capUsd: 8, usd: 6.5, setAsideUsd: 1.5 }])
  })

  it('come when a call cost more than was set aside for it', async () => {
    const run = await started({ repositoryId: repositoryId++, number: 1 })
    const meter = store.ledger.meter(run, { ...plenty, pull: 1 }, warn)
    const reservation = await meter.reserve(call(0.4))
    expect(percents()).toEqual([])
    await meter.settle(reservation, paid(0.6))
    expect(told).toMatchObject([{ percent: 50, usd: 0.6, setAsideUsd: 0 }])
  })

  it('say 100 % when a call is refused for good, and not while others may give money back', async () => {
    const run = await started({ repositoryId: repositoryId++, number: 1 })
    const meter = store.ledger.meter(run, { ...plenty, repositoryDay: 1 }, warn)
    const reservation = await meter.reserve(call(0.4))
    await expect(meter.reserve(call(0.7))).rejects.toMatchObject({ code: 'over_budget' })
    expect(percents()).toEqual([])
    await meter.settle(reservation, paid(0.4))
    await expect(meter.reserve(call(0.7))).rejects.toMatchObject({ code: 'over_budget' })
    expect(told).toMatchObject([{ cap: 'repositoryDay', percent: 100, usd: 0.4, setAsideUsd: 0 }])
    await expect(meter.reserve(call(0.7))).rejects.toMatchObject({ code: 'over_budget' })
    expect(told).toHaveLength(1)
  })

  it('are another day’s, month’s, pull’s or cap’s own', async () => {
    const here = repositoryId++
    const [one, two] = [
      await started({ repositoryId: here, number: 1 }),
      await started({ repositoryId: here, number: 2 }),
    ]
    const caps = { ...plenty, pull: 10, repositoryDay: 100, serverDay: 100, serverMonth: 100 }
    await spend(one, caps, 5)
    await spend(two, caps, 5)
    expect(told.map(({ cap }) => cap)).toEqual(['pull', 'pull'])
    told = []
    await spend(one, { ...caps, pull: 12 }, 1)
    expect(told).toMatchObject([{ cap: 'pull', capUsd: 12, percent: 50, usd: 6 }])
    told = []
    await spend(two, { ...plenty, repositoryDay: 20, serverDay: 20, serverMonth: 60 }, 1)
    const firstDay = clock.toISOString().slice(0, 10)
    clock = new Date(clock.getTime() + 86_400_000)
    await spend(two, { ...plenty, repositoryDay: 20, serverDay: 20, serverMonth: 60 }, 10)
    const nextDay = clock.toISOString().slice(0, 10)
    expect(told.map(({ cap, period }) => [cap, period])).toEqual([
      ['repositoryDay', firstDay],
      ['serverDay', firstDay],
      ['repositoryDay', nextDay],
      ['serverDay', nextDay],
    ])
  })

  it('come once, though many calls of several processes pass the threshold together', async () => {
    const { databaseUrl, dataDir } = database
    const second = databaseUrl ? await openStore({ databaseUrl, dataDir, now: () => clock }) : store
    const here = repositoryId++
    const runs = [await started({ repositoryId: here, number: 1 }), await started({ repositoryId: here, number: 2 })]
    try {
      const caps = { ...plenty, repositoryDay: 10, serverDay: 10, serverMonth: 10 }
      await Promise.all(
        Array.from({ length: 10 }, (_, index) => spend(runs[index % 2]!, caps, 1, index % 2 ? second : store)),
      )
    } finally {
      if (second !== store) await second[Symbol.asyncDispose]()
    }
    const heard = told.map(({ cap, percent }) => `${cap} ${percent}`).sort()
    expect(heard).toEqual(
      ['repositoryDay', 'serverDay', 'serverMonth'].flatMap(cap => [100, 50, 80].map(percent => `${cap} ${percent}`)),
    )
  })

  it('do not come again after the process is gone', async () => {
    const run = await started({ repositoryId: repositoryId++, number: 1 })
    await spend(run, { ...plenty, pull: 10 }, 6)
    expect(percents()).toEqual([50])
    store = await database.reopen()
    const { attempt } = (await store.runs.claim(run.id, now()))!
    await spend({ ...run, attempt }, { ...plenty, pull: 10 }, 1)
    expect(percents()).toEqual([50])
    expect(await store.ledger.warnings(run.id)).toHaveLength(1)
  })

  it('are forgotten with the rest of the record', async () => {
    const run = await started({ repositoryId: repositoryId++, number: 1 })
    await spend(run, { ...plenty, pull: 1 }, 0.5)
    await store.maintain(new Date(clock.getTime() + 399 * 86_400_000).toISOString())
    expect(await store.ledger.warnings(run.id)).toHaveLength(1)
    await store.maintain(new Date(clock.getTime() + 401 * 86_400_000).toISOString())
    expect(await store.ledger.warnings(run.id)).toEqual([])
  })
})
