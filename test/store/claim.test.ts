// Taking a run when more than one of its jobs is due, and when it is what its workers die of.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JobHandlers } from '../../src/domain/store.ts'
import { databases, type TestDatabase } from '../databases.ts'
import { newRun, now, pull } from './samples.ts'

const runsOf = (run: JobHandlers['run']): JobHandlers => ({ run, async dispatch() {}, async fetch() {} })

describe.each(databases)('a run on $name', ({ open }) => {
  it('whose worker died is not lost when two of its jobs are taken at once', async () => {
    const database = await open()
    try {
      const { store } = database
      const { id } = await store.runs.request(newRun())
      await store.runs.postpone(id, { notBefore: now(), pull, routines: [], asked: false })
      // Claimed by nobody that lives.
      expect((await store.runs.claim(id, now()))?.attempt).toBe(1)

      const both = Promise.withResolvers<void>()
      const taken = Promise.withResolvers<number>()
      const refused: unknown[] = []
      let come = 0
      const working = await store.work(
        runsOf(async ({ runId }) => {
          if (++come === 2) both.resolve()
          await both.promise
          // By a clock that is behind, so that the next look is due at once.
          const run = await store.runs.claim(runId, new Date(Date.now() - 20_000).toISOString())
          if (run) taken.resolve(run.attempt)
          else refused.push(runId)
        }),
        { runs: 2, runsPerRepository: 2, place: 1 },
      )
      expect(await taken.promise).toBe(2)
      expect(refused.length).toBeGreaterThan(0)
      await working.stop(1000)
    } finally {
      await database.close()
    }
  })
})

describe.each(databases)('a run on $name that its workers die of', ({ open }) => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await open()
  })
  afterAll(() => database.close())

  /** Claimed by one that dies without a word. */
  async function die(id: string, times: number): Promise<void> {
    for (let n = 0; n < times; n++) expect(await database.store.runs.claim(id, now())).toBeDefined()
  }

  it('is given up after the sixth death at the same step, and what was set aside for it is spent', async () => {
    const { store } = database
    const { id } = await store.runs.request(newRun())
    await die(id, 5)
    const run = (await store.runs.claim(id, now()))!
    const caps = { run: 9, pull: 9, repositoryDay: 9, serverRun: 9, serverDay: 9, serverMonth: 9 }
    const meter = store.ledger.meter({ ...run, repositoryId: run.repository.id, number: 5 }, caps)
    await meter.reserve({ name: 'correctness', kind: 'finder', model: 'claude-sonnet-5-5', usd: 0.5 })
    expect(await store.runs.claim(id, now())).toBeUndefined()
    expect(await store.runs.get(id)).toMatchObject({
      status: 'ended',
      end: 'failed',
      because: expect.stringContaining('died 6 times in a row at the same step'),
      attempt: 6,
    })
    expect(await store.ledger.entries({ runId: id, limit: 5 })).toMatchObject([{ status: 'lost', usd: 0.5 }])
    expect(await store.runs.claim(id, now())).toBeUndefined()
  })

  it('is tried further as long as steps are stored in between', async () => {
    const { store } = database
    const { id } = await store.runs.request(newRun())
    for (let steps = 0; steps < 3; steps++) {
      await die(id, 5)
      const run = (await store.runs.claim(id, now()))!
      await store.steps.append(id, run.attempt, 'turn', steps, now())
    }
    await die(id, 6)
    expect(await store.runs.claim(id, now())).toBeUndefined()
  })

  it('does not count workers that were stopped in good order, whether their work heeds it or not', async () => {
    const { store } = database
    const { id } = await store.runs.request(newRun())
    for (let stops = 1; stops <= 8; stops++) {
      const claimed = Promise.withResolvers<void>()
      const working = await store.work(
        runsOf(async ({ runId }, signal) => {
          // Of those that were given up above a job is left.
          if (runId !== id) return
          expect((await store.runs.claim(runId, now()))?.attempt).toBe(stops)
          claimed.resolve()
          if (stops === 8) await new Promise(() => {})
          const { promise, reject } = Promise.withResolvers<never>()
          signal.addEventListener('abort', () => reject(signal.reason))
          await promise
        }),
        { runs: 1, runsPerRepository: 1, place: 1 },
      )
      await claimed.promise
      await working.stop(0)
    }
    await die(id, 6)
    expect(await store.runs.claim(id, now())).toBeUndefined()
  })
})
