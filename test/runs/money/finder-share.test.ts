// Finders keep something for those who verify: what they spent in an attempt that died, and what they have set aside, counts.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Store } from '../../../src/domain/store.ts'
import { accountOf, findersUsd, partsOf, settledUsd } from '../../../src/runs/money/cost.ts'
import { keepForJudging } from '../../../src/runs/money/finder-share.ts'
import { openPurse } from '../../../src/runs/money/purse.ts'
import { type TestDatabase, usual } from '../../databases.ts'
import { factsOf, plan } from '../../publish/facts-of.ts'
import { newRun, now } from '../../store/samples.ts'

const usage = { input: 1, cacheWrite: 0, cacheRead: 0, output: 1 }
const paid = (usd: number) => ({ usage, usd, status: 'ok', milliseconds: 1 })
const finder = (usd: number, name = 'correctness') => ({ name, kind: 'finder', model: 'm', usd }) as const
const verifier = (usd: number) => ({ name: 'verify correctness-f1', kind: 'verifier', model: 'm', usd }) as const
const caps = { run: 1, pull: 9, repositoryDay: 99, serverRun: 9, serverDay: 99, serverMonth: 99 }

describe('a run in the store', () => {
  let database: TestDatabase
  let store: Store
  beforeAll(async () => {
    database = await usual.open()
    store = database.store
  })
  afterAll(() => database.close())

  let number = 700
  const requested = () => store.runs.request(newRun({ number: number++ }))
  const claim = async (id: string) => (await store.runs.claim(id, now()))!
  const meterOf = ({ id, attempt }: { id: string; attempt: number }) =>
    keepForJudging(store.ledger.meter({ id, attempt, repositoryId: 11, number }, caps), 1, () =>
      findersUsd(store.ledger, id),
    )

  it('that is resumed has the share of all its attempts, not one share for each', async () => {
    const { id } = await requested()
    const first = meterOf(await claim(id))
    await first.settle(await first.reserve(finder(0.4)), paid(0.4))
    const second = meterOf(await claim(id))
    await second.settle(await second.reserve(finder(0.3)), paid(0.3))
    await expect(second.reserve(finder(0.01))).rejects.toMatchObject({
      code: 'over_budget',
      message: expect.stringContaining('Finders have used $0.70 of the $1.00'),
    })
    await second.reserve(verifier(0.3))
  })

  it('counts what finders have set aside until it comes back', async () => {
    const { id } = await requested()
    const meter = meterOf(await claim(id))
    const reservation = await meter.reserve(finder(0.7))
    await expect(meter.reserve(finder(0.01))).rejects.toMatchObject({ code: 'over_budget' })
    await meter.settle(reservation, paid(0.1))
    await meter.reserve(finder(0.01))
  })

  it('that is resumed reports what all of its attempts cost, by agent and by routine', async () => {
    const { id } = await requested()
    const spend = async (attempt: number, call: ReturnType<typeof finder> | ReturnType<typeof verifier>) => {
      const meter = store.ledger.meter({ id, attempt, repositoryId: 11, number }, caps)
      await meter.settle(await meter.reserve(call), paid(call.usd))
    }
    await claim(id)
    await spend(1, finder(0.1))
    await store.ledger.meter({ id, attempt: 1, repositoryId: 11, number }, caps).reserve(finder(0.1, 'security'))
    const run = await claim(id)
    await spend(2, finder(0.2))
    await spend(2, verifier(0.2))
    expect(await settledUsd(store.ledger, id)).toBeCloseTo(0.6)
    // As an agent's own conversation counted it: the last attempt's alone.
    const account = await accountOf(store.ledger, run, factsOf(), new Date())
    expect(account.cost).toMatchObject({ usd: expect.closeTo(0.6), calls: 4 })
    expect(account.reports.map(({ assignment, ended }) => [assignment, ended.usd])).toEqual([
      ['correctness', expect.closeTo(0.3)],
      ['security', expect.closeTo(0.1)],
    ])
    const parts = partsOf(account.cost.usd, plan, account.reports)
    expect([...parts]).toEqual([
      ['code-review', expect.closeTo(0.45)],
      ['security-review', expect.closeTo(0.15)],
    ])
    const shared = plan.assignments.map(one => ({ ...one, routines: ['code-review', 'security-review'] }))
    const halves = partsOf(account.cost.usd, { ...plan, assignments: shared }, account.reports)
    expect([...halves.values()]).toEqual([expect.closeTo(0.3), expect.closeTo(0.3)])
  })
})

describe('a run that no server keeps', () => {
  it('has the same share', async () => {
    const purse = openPurse(1)
    const meter = keepForJudging(purse, 1, purse.findersUsd)
    const reservation = await meter.reserve(finder(0.7))
    await expect(meter.reserve(finder(0.01))).rejects.toMatchObject({ code: 'over_budget' })
    await meter.reserve(verifier(0.1))
    await meter.settle(reservation, paid(0.69))
    await meter.settle(await meter.reserve(finder(0.01)), paid(0.01))
    await expect(meter.reserve(finder(0.01))).rejects.toThrow('Finders have used $0.70 of the $1.00')
  })
})
