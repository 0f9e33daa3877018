// Jobs: tried again, buried, shared out and handed back.
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Event } from '../../src/domain/event.ts'
import { Problem } from '../../src/domain/problem.ts'
import type { JobHandlers, Store } from '../../src/domain/store.ts'
import { overdue } from '../../src/runs/waiting/overdue.ts'
import { databases, type TestDatabase } from '../databases.ts'
import { newDelivery, newRun, now, repository } from './samples.ts'

const runsOf = (run: JobHandlers['run']): JobHandlers => ({ run, async dispatch() {}, async fetch() {} })
const one = { runs: 1, runsPerRepository: 1, place: 1 }

describe.each(databases)('jobs on $name', ({ open }) => {
  let database: TestDatabase
  let store: Store
  beforeAll(async () => {
    database = await open({ retryAfterSeconds: [0] })
    store = database.store
  })
  afterAll(() => database.close())

  it('are tried for long when it passes by itself, such as GitHub being away', async () => {
    await store.runs.request(newRun())
    let tries = 0
    const through = Promise.withResolvers<void>()
    const working = await store.work(
      runsOf(async ({ runId }) => {
        await store.runs.claim(runId, now())
        if (++tries < 10) throw new Problem('unavailable', 'GitHub does not answer.')
        through.resolve()
      }),
      one,
    )
    await through.promise
    await working.stop(1000)
    expect(await store.deadLetters()).toEqual([])
  })

  it('for later are taken when they are due: eight in a row, in less than eight looks', async () => {
    const later = () => newRun({ notBefore: new Date(Date.now() + 100).toISOString() })
    let taken = 0
    const all = Promise.withResolvers<void>()
    const working = await store.work(
      runsOf(async () => {
        if (++taken === 8) all.resolve()
        else await store.runs.request(later())
      }),
      one,
    )
    const begun = performance.now()
    await store.runs.request(later())
    await all.promise
    expect(performance.now() - begun).toBeLessThan(10_000)
    await working.stop(1000)
  })

  it('may fail more often when a step was stored in between', async () => {
    const { id } = await store.runs.request(newRun())
    const ended = Promise.withResolvers<number>()
    const working = await store.work(
      runsOf(async ({ runId }) => {
        const run = (await store.runs.claim(runId, now()))!
        await store.steps.append(runId, run.attempt, 'turn', run.attempt, now())
        if (run.attempt < 5) throw new Problem('internal', 'A bug.')
        await store.runs.end(runId, run.attempt, 'done', 'Done.', now())
        ended.resolve(run.attempt)
      }),
      one,
    )
    expect(await ended.promise).toBe(5)
    await working.stop(1000)
    expect(await store.deadLetters()).toEqual([])
    expect(await store.runs.get(id)).toMatchObject({ end: 'done' })
  })

  it('about an event of our own are tried again as those about a delivery are', async () => {
    const event = { id: 'ours', repository } as Event
    const seen: (string | undefined)[] = []
    const twice = Promise.withResolvers<void>()
    const working = await store.work(
      {
        async run() {},
        async fetch() {},
        async dispatch({ eventId }) {
          if (seen.push(eventId) === 2) return twice.resolve()
          throw new Problem('unavailable', 'GitHub does not answer.')
        },
      },
      one,
    )
    await store.events.accept({ ...event, at: now() })
    await twice.promise
    await working.stop(5000)
    expect(seen).toEqual(['ours', 'ours'])
  })

  it('of one repository run side by side only as many as it may, while others go on', async () => {
    const other = newRun({ repository: { ...repository, id: 12 } })
    const mine = [newRun({ number: 1 }), newRun({ number: 2 }), newRun({ number: 3 }), newRun({ number: 4 })]
    for (const run of [...mine, other]) await store.runs.request(run)
    const running = new Set<string>()
    let most = 0
    const gate = Promise.withResolvers<void>()
    const all = Promise.withResolvers<void>()
    let left = mine.length
    const working = await store.work(
      runsOf(async ({ runId }) => {
        if (runId === other.id) return gate.resolve()
        running.add(runId)
        most = Math.max(most, running.size)
        await gate.promise
        running.delete(runId)
        if (--left === 0) all.resolve()
      }),
      { runs: 3, runsPerRepository: 1, place: 1 },
    )
    await all.promise
    await working.stop(1000)
    expect(most).toBe(1)
  })

  it('are waited for by a stop with grace', async () => {
    const { id } = await store.runs.request(newRun())
    const started = Promise.withResolvers<void>()
    const finish = Promise.withResolvers<void>()
    const working = await store.work(
      runsOf(async ({ runId }) => {
        const run = (await store.runs.claim(runId, now()))!
        started.resolve()
        await finish.promise
        await store.runs.end(runId, run.attempt, 'done', 'Done.', now())
      }),
      one,
    )
    await started.promise
    const stopped = working.stop(20_000)
    finish.resolve()
    await stopped
    expect(await store.runs.get(id)).toMatchObject({ end: 'done' })
    expect(await store.queueDepth()).toContainEqual(expect.objectContaining({ queue: 'run', waiting: 0, active: 0 }))
  })

  it('that take longer than they may are cut off', async () => {
    await store.runs.request(newRun({ expireInSeconds: 1 }))
    const reasons: unknown[] = []
    const again = Promise.withResolvers<void>()
    const working = await store.work(
      runsOf(async (_, signal) => {
        if (reasons.length > 0) return again.resolve()
        signal.addEventListener('abort', () => reasons.push(signal.reason))
        await new Promise(() => {})
      }),
      one,
    )
    await again.promise
    await working.stop(1000)
    expect(reasons).toMatchObject([{ code: 'unavailable', message: 'It took longer than the 1 seconds it may take.' }])
  })

  it('sent twice for one run let the second go by while the first is at work', async () => {
    const run = newRun()
    await store.runs.request(run)
    await store.runs.postpone(run.id, { notBefore: now(), pull: run.pull, routines: [], asked: false })
    const claims: (number | undefined)[] = []
    const both = Promise.withResolvers<void>()
    const working = await store.work(
      runsOf(async ({ runId }) => {
        claims.push((await store.runs.claim(runId, now()))?.attempt)
        if (claims.length === 2) both.resolve()
        await both.promise
      }),
      { runs: 2, runsPerRepository: 2, place: 1 },
    )
    await both.promise
    await working.stop(1000)
    expect(claims).toEqual([1, undefined])
  })
})

/** What they leave behind, a dead letter or a job, is looked for in a database of their own. */
describe.each(databases)('jobs on $name that are buried or handed back', ({ open }) => {
  let database: TestDatabase
  let store: Store
  beforeEach(async () => {
    database = await open({ retryAfterSeconds: [0] })
    store = database.store
  })
  afterEach(() => database.close())

  it('are tried again when the same step fails, and buried with their reason the third time', async () => {
    const { id } = await store.runs.request(newRun())
    let tries = 0
    const settled = Promise.withResolvers<void>()
    const working = await store.work(
      runsOf(async ({ runId }) => {
        // The run that was given up comes once more, so that its checks are told.
        if (!(await store.runs.claim(runId, now()))) return settled.resolve()
        tries++
        throw new Problem('internal', 'It does not work.')
      }),
      one,
    )
    await settled.promise
    await working.stop(1000)
    expect(tries).toBe(3)
    expect(await store.deadLetters()).toMatchObject([
      { queue: 'run', data: { runId: id }, because: 'It does not work.' },
    ])
    expect(await store.runs.get(id)).toMatchObject({
      status: 'ended',
      end: 'failed',
      because: 'It does not work.',
    })
  })

  it('that no second try could help are buried at once', async () => {
    const delivery = newDelivery()
    const buried = Promise.withResolvers<void>()
    const working = await store.work(
      {
        async run() {},
        async fetch() {},
        async dispatch() {
          buried.resolve()
          throw new Problem('bad_input', 'This is no pull request.')
        },
      },
      one,
    )
    await store.deliveries.accept(delivery)
    await buried.promise
    await working.stop(5000)
    expect(await store.deadLetters()).toMatchObject([
      { queue: 'dispatch', data: { deliveryId: delivery.id }, because: 'This is no pull request.' },
    ])
    expect((await store.deliveries.get(delivery.id))?.because).toBe('This is no pull request.')
  })

  it('about a time of the clock that can not be dispatched tell its routine, the log and the doctor, and are late no more', async () => {
    const lines: { line: object; sentence: string }[] = []
    const said = Promise.withResolvers<void>()
    const log = (line: object, sentence: string) => {
      lines.push({ line, sentence })
      if ('warning' in line) said.resolve()
    }
    store = await database.reopen({ retryAfterSeconds: [0], log })
    const event = { id: 'clock', kind: 'schedule', repository, routine: 'sweep', at: now() } as Event
    const because = 'The repository is gone.'
    const working = await store.work(
      {
        async run() {},
        async fetch() {},
        async dispatch() {
          throw new Problem('not_found', because)
        },
      },
      one,
    )
    await store.events.accept(event)
    await said.promise
    await working.stop(5000)
    expect(await store.occurrences.ofEvent('clock')).toMatchObject([
      {
        routine: 'sweep',
        repositoryId: repository.id,
        verdict: 'refused',
        because: `It could not be dispatched and was given up: ${because}`,
      },
    ])
    expect(lines.filter(({ line }) => 'warning' in line)).toEqual([
      {
        line: { warning: 'given up', event: 'clock', routine: 'sweep' },
        sentence: `Event clock (schedule) was given up: ${because}`,
      },
    ])
    const later = new Date(Date.now() + 600_000)
    expect(await overdue(store, later)).toMatchObject([
      { kind: 'given up', id: 'clock', because: `Event clock (schedule) was given up: ${because}` },
    ])
    expect(await overdue(store, new Date(later.getTime() + 86_400_000))).toEqual([])
  })

  it('about a delivery that can not be dispatched are told for a day, until it is sent again', async () => {
    const delivery = newDelivery()
    const working = await store.work(
      {
        async run() {},
        async fetch() {},
        async dispatch() {
          throw new Problem('not_found', 'The repository is gone.')
        },
      },
      one,
    )
    await store.deliveries.accept(delivery)
    await expect.poll(() => store.deadLetters()).toHaveLength(1)
    await working.stop(5000)
    expect(await overdue(store, new Date())).toMatchObject([
      { kind: 'given up', id: delivery.id, because: expect.stringContaining('given up: The repository is gone.') },
    ])
    expect(await store.deliveries.accept(delivery)).toBe('again')
    expect(await overdue(store, new Date())).toEqual([])
  })

  it('are handed back by a clean stop, without counting as a failure', async () => {
    const { id } = await store.runs.request(newRun())
    for (let stops = 1; stops <= 3; stops++) {
      const started = Promise.withResolvers<void>()
      const reason = Promise.withResolvers<unknown>()
      const working = await store.work(
        runsOf(async ({ runId }, signal) => {
          await store.runs.claim(runId, now())
          signal.addEventListener('abort', () => reason.resolve(signal.reason))
          started.resolve()
          // The last ignores its signal; the others throw, as work does that is cut off.
          await (stops === 3 ? new Promise(() => {}) : reason.promise)
          throw signal.reason
        }),
        one,
      )
      await started.promise
      await working.stop(0)
      expect(await reason.promise).toMatchObject({ code: 'stopped' })
      expect(await store.runs.get(id)).toMatchObject({ status: 'running', attempt: stops })
    }
    expect(await store.deadLetters()).toEqual([])
    expect(await store.queueDepth()).toContainEqual(expect.objectContaining({ queue: 'run', waiting: 1, active: 0 }))
  })
})

describe.each(databases.filter(({ name }) => name === 'PostgreSQL'))(
  'a job on $name that was taken away',
  ({ open }) => {
    it('does not end the run of its successor when the old worker fails', async () => {
      const database = await open()
      const { store, databaseUrl } = database
      const { id } = await store.runs.request(newRun())
      const attempts: (number | undefined)[] = []
      const ended = Promise.withResolvers<void>()
      const working = await store.work(
        runsOf(async ({ runId }) => {
          const run = (await store.runs.claim(runId, now()))!
          attempts.push(run.attempt)
          if (run.attempt === 1) {
            const client = new pg.Client(databaseUrl)
            await client.connect()
            await client.query(`update pgboss.job set state = 'retry' where name = 'run'`)
            await client.end()
            throw new Problem('bad_input', 'The old worker fails for good.')
          }
          await store.runs.end(runId, run.attempt, 'done', 'Done.', now())
          ended.resolve()
        }),
        one,
      )
      await ended.promise
      await working.stop(1000)
      expect(attempts).toEqual([1, 2])
      expect(await store.runs.get(id)).toMatchObject({ end: 'done' })
      expect(await store.deadLetters()).toEqual([])
      await database.close()
    })
  },
)
