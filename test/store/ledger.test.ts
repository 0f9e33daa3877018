// The ledger: parallel calls share one purse, and no cap is ever passed.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Caps, Store } from '../../src/domain/store.ts'
import { openStore } from '../../src/store/index.ts'
import { databases, type TestDatabase } from '../databases.ts'
import { newRun, now, repository } from './samples.ts'

const plenty: Caps = { run: 1e6, pull: 1e6, repositoryDay: 1e6, serverRun: 1e6, serverDay: 1e6, serverMonth: 1e6 }
const call = (usd: number) => ({ name: 'correctness', kind: 'finder', model: 'claude-sonnet-5-5', usd }) as const
const usage = { input: 10, cacheWrite: 20, cacheRead: 3_000_000_000, output: 40 }

describe.each(databases)('the ledger on $name', ({ open }) => {
  let database: TestDatabase
  let store: Store
  let clock = new Date('2026-03-31T22:00:00.000Z')
  let repositoryId = 1000
  beforeAll(async () => {
    database = await open({ now: () => clock })
    store = database.store
  })
  afterAll(() => database.close())

  const started = async (change: { repositoryId: number; number: number }) => {
    const run = newRun({ number: change.number, repository: { ...repository, id: change.repositoryId } })
    await store.runs.request(run)
    const { attempt } = (await store.runs.claim(run.id, now()))!
    return { id: run.id, attempt, ...change }
  }

  it('sets aside before a call and writes down after it', async () => {
    const run = await started({ repositoryId: repositoryId++, number: 1 })
    const meter = store.ledger.meter(run, plenty)
    const reservation = await meter.reserve(call(0.5))
    expect(await store.ledger.spent({ runId: run.id })).toMatchObject({ usd: 0.5, calls: 1 })
    await meter.settle(reservation, { usage, usd: 0.125, status: 'ok', milliseconds: 1234.5 })
    expect(await store.ledger.entries({ runId: run.id, limit: 5 })).toEqual([
      {
        id: reservation.id,
        runId: run.id,
        repositoryId: run.repositoryId,
        number: 1,
        attempt: 1,
        name: 'correctness',
        kind: 'finder',
        model: 'claude-sonnet-5-5',
        usage,
        reservedUsd: 0.5,
        usd: 0.125,
        status: 'ok',
        milliseconds: 1234.5,
        at: clock.toISOString(),
      },
    ])
    expect(await store.ledger.spent({ repositoryId: run.repositoryId, number: 1 })).toEqual({
      usd: 0.125,
      calls: 1,
      usage,
    })
    expect((await store.runs.get(run.id))?.usd).toBe(0.125)
    await expect(meter.settle(reservation, { usage, usd: 9, status: 'ok', milliseconds: 1 })).rejects.toMatchObject({
      code: 'lost',
    })
  })

  it('adds up what each speaker of a run cost over all attempts, calls under way counted in full', async () => {
    const run = await started({ repositoryId: repositoryId++, number: 1 })
    const spend = async (attempt: number, name: string, kind: 'finder' | 'verifier', usd: number) => {
      const meter = store.ledger.meter({ ...run, attempt }, plenty)
      await meter.settle(await meter.reserve({ ...call(0.5), name, kind }), {
        usage,
        usd,
        status: 'ok',
        milliseconds: 1,
      })
    }
    await spend(1, 'correctness', 'finder', 0.25)
    await spend(1, 'security', 'finder', 0.125)
    await store.ledger.meter(run, plenty).reserve({ ...call(0.5), name: 'security' })
    await store.runs.claim(run.id, now())
    await spend(2, 'correctness', 'finder', 0.5)
    await spend(2, 'verify correctness-f1', 'verifier', 0.0625)
    await store.ledger.meter({ ...run, attempt: 2 }, plenty).reserve(call(1))
    expect(await store.ledger.parts(run.id)).toEqual([
      { name: 'correctness', kind: 'finder', usd: 1.75, setAsideUsd: 1 },
      { name: 'security', kind: 'finder', usd: 0.625, setAsideUsd: 0 },
      { name: 'verify correctness-f1', kind: 'verifier', usd: 0.0625, setAsideUsd: 0 },
    ])
  })

  it.each([
    ['run', /cap of \$1\.00 for this run; raise `budget\.usd`/],
    ['serverRun', /that the server sets for a run; the operator can raise WATCHBILL_BUDGET_USD_RUN/],
    ['pull', /for the life of this pull request; raise `budget\.pull`/],
    ['repositoryDay', /for this repository today \(UTC\); wait until tomorrow/],
  ] as const)('refuses what does not fit under the cap %s, naming it', async (cap, sentence) => {
    const run = await started({ repositoryId: repositoryId++, number: 1 })
    const meter = store.ledger.meter(run, { ...plenty, [cap]: 1 })
    await meter.reserve(call(0.7))
    const refused = meter.reserve(call(0.4))
    await expect(refused).rejects.toMatchObject({ code: 'over_budget', message: expect.stringMatching(sentence) })
    await expect(refused).rejects.toThrow('may cost $0.40, and with $0.70 already spent')
    await meter.reserve(call(0.3))
    expect(await store.ledger.spent({ runId: run.id })).toMatchObject({ calls: 2 })
  })

  it('sets less aside where less is enough, and never less than that', async () => {
    const run = await started({ repositoryId: repositoryId++, number: 1 })
    const meter = store.ledger.meter(run, { ...plenty, run: 5, pull: 1 })
    expect(await meter.reserve({ ...call(0.7), leastUsd: 0.1 })).toMatchObject({ usd: 0.7 })
    const rest = await meter.reserve({ ...call(0.7), leastUsd: 0.2 })
    expect(rest.usd).toBeCloseTo(0.3)
    await expect(meter.reserve({ ...call(0.7), leastUsd: 0.2 })).rejects.toThrow('may cost $0.20')
    await meter.settle(rest, { usage, usd: 0.15, status: 'ok', milliseconds: 1 })
    await expect(meter.reserve({ ...call(0.7), leastUsd: 0.2 })).rejects.toMatchObject({ code: 'over_budget' })
    expect((await meter.reserve({ ...call(0.7), leastUsd: 0.15 })).usd).toBeCloseTo(0.15)
    expect((await store.ledger.spent({ runId: run.id })).usd).toBeCloseTo(1)
  })

  it('counts the days and months of the server in UTC', async () => {
    const run = await started({ repositoryId: repositoryId++, number: 1 })
    const spent = async (since: string) => (await store.ledger.spent({ since })).usd
    clock = new Date('2026-04-29T23:59:59.000Z')
    await store.ledger.meter(run, plenty).reserve(call(1))
    const capped = { ...plenty, serverDay: (await spent('2026-04-29T00:00:00.000Z')) + 0.5 }
    await expect(store.ledger.meter(run, capped).reserve(call(1))).rejects.toThrow('for the whole server today (UTC)')
    clock = new Date('2026-04-30T00:00:01.000Z')
    await store.ledger.meter(run, { ...plenty, serverDay: 1 }).reserve(call(1))
    const month = { ...plenty, serverMonth: (await spent('2026-04-01T00:00:00.000Z')) + 0.5 }
    await expect(store.ledger.meter(run, month).reserve(call(1))).rejects.toThrow('whole server this month (UTC)')
    clock = new Date('2026-05-01T00:00:00.000Z')
    await store.ledger.meter(run, { ...plenty, serverMonth: 1 }).reserve(call(1))
    clock = new Date('2026-06-01T00:00:00.000Z')
  })

  it('never passes a cap, however many reserve at once and from however many processes', {
    timeout: 60_000,
  }, async () => {
    const { databaseUrl, dataDir } = database
    const second = databaseUrl ? await openStore({ databaseUrl, dataDir, now: () => clock }) : store
    const cents = fc.integer({ min: 1, max: 60 })
    const caps = fc.record({ run: cents, pull: cents, repositoryDay: cents, serverRun: cents, serverDay: cents })
    const calls = fc.array(fc.record({ run: fc.nat(2), cents: fc.integer({ min: 1, max: 25 }) }), {
      minLength: 4,
      maxLength: 12,
    })
    try {
      await fc.assert(
        fc.asyncProperty(caps, calls, async (inCents, calls) => {
          const here = repositoryId++
          clock = new Date(clock.getTime() + 86_400_000)
          const limit = (name: keyof typeof inCents) => inCents[name] / 100
          const caps = {
            run: limit('run'),
            pull: limit('pull'),
            repositoryDay: limit('repositoryDay'),
            serverRun: limit('serverRun'),
            serverDay: limit('serverDay'),
            serverMonth: plenty.serverMonth,
          }
          const runs = [
            await started({ repositoryId: here, number: 1 }),
            await started({ repositoryId: here, number: 1 }),
            await started({ repositoryId: here, number: 2 }),
          ]
          const answers = await Promise.allSettled(
            calls.map(({ run, cents }, index) => {
              const from = index % 2 ? second : store
              return from.ledger.meter(runs[run]!, caps).reserve(call(cents / 100))
            }),
          )
          for (const answer of answers) {
            if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ code: 'over_budget' })
          }
          const spent = async (filter: Parameters<Store['ledger']['spent']>[0]) =>
            (await store.ledger.spent(filter)).usd
          const slack = 1e-6
          for (const { id } of runs) {
            expect(await spent({ runId: id })).toBeLessThanOrEqual(Math.min(caps.run, caps.serverRun) + slack)
          }
          for (const number of [1, 2]) {
            expect(await spent({ repositoryId: here, number })).toBeLessThanOrEqual(caps.pull + slack)
          }
          expect(await spent({ repositoryId: here })).toBeLessThanOrEqual(
            Math.min(caps.repositoryDay, caps.serverDay) + slack,
          )
        }),
        { numRuns: 12 },
      )
    } finally {
      if (second !== store) await second[Symbol.asyncDispose]()
    }
  })
})
