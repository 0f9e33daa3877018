// Deliveries and first fetches that their workers die of: counted, tried by themselves, and given up with the reason.
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { JobHandlers, Store } from '../../src/domain/store.ts'
import { overdue } from '../../src/runs/waiting/overdue.ts'
import { databases, type TestDatabase } from '../databases.ts'
import { newDelivery, newRun, repository } from './samples.ts'

const one = { runs: 1, runsPerRepository: 1, place: 1 }
const ofNothing: JobHandlers = { async run() {}, async dispatch() {}, async fetch() {} }

// One process can not die and look on; here another connection does what the database does for a worker that is heard of no more.
describe.each(databases.filter(({ name }) => name === 'PostgreSQL'))('a job on $name', ({ open }) => {
  let database: TestDatabase
  let store: Store
  let client: pg.Client
  beforeEach(async () => {
    database = await open({ retryAfterSeconds: [0] })
    store = database.store
    client = new pg.Client(database.databaseUrl)
    await client.connect()
  })
  afterEach(async () => {
    await client.end()
    await database.close()
  })

  /** Every job of the queue that is under way looks like one whose worker's heartbeat was missed, but for the time at which it may be taken again. */
  async function missHeartbeats(queue: string): Promise<void> {
    const taken = await client.query(
      `update pgboss.job set state = 'retry', heartbeat_on = null, start_after = now() + interval '1 hour',
        output = '{"value":{"message":"job heartbeat timeout"}}' where name = $1 and state = 'active'`,
      [queue],
    )
    expect(taken.rowCount).toBeGreaterThan(0)
  }

  const until = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))

  /** Begins the work that many times, and is heard of no more. What is tried beside it for the first time dies with it; `spared` does what is tried by itself. */
  async function die(
    times: number,
    queue: 'dispatch' | 'fetch',
    { together = 1, spared }: { together?: number; spared?: (data: object) => Promise<boolean> } = {},
  ) {
    for (let n = 0; n < times; n++) {
      const begun = Promise.withResolvers<void>()
      let others = n === 0 ? together : 1
      const take = async (data: object, signal: AbortSignal) => {
        if (n > 0 && (await spared?.(data))) return
        if (--others === 0) begun.resolve()
        await until(signal)
      }
      const working = await store.work({ ...ofNothing, [queue]: take }, one)
      await begun.promise
      await missHeartbeats(queue)
      await working.stop(0)
      await client.query(`update pgboss.job set start_after = now() where name = $1 and state = 'retry'`, [queue])
    }
  }

  it('that is a delivery is given up after the sixth death, and those that died with it are dispatched', async () => {
    const deadly = newDelivery()
    const others = [newDelivery(), newDelivery(), newDelivery()]
    for (const delivery of [deadly, ...others]) await store.deliveries.accept(delivery)
    const done = new Set<string>()
    const all = Promise.withResolvers<void>()
    const spared = async (data: object) => {
      const id = 'deliveryId' in data ? String(data.deliveryId) : ''
      if (id === deadly.id) return false
      await store.deliveries.mark(id, 'dispatched')
      if (done.add(id).size === others.length) all.resolve()
      return true
    }
    await die(6, 'dispatch', { together: 4, spared })

    const gone = Promise.withResolvers<void>()
    store = await database.reopen({ log: (line: object) => 'warning' in line && gone.resolve() })
    const working = await store.work({ ...ofNothing, dispatch: async data => void (await spared(data)) }, one)
    await Promise.all([all.promise, gone.promise])
    await working.stop(5000)
    expect(done).toEqual(new Set(others.map(({ id }) => id)))
    const because = expect.stringMatching(/^The server that worked on it died 6 times in a row, so it was given up;/)
    expect(await store.deliveries.get(deadly.id)).toMatchObject({ status: 'failed', because })
    expect(await store.deadLetters()).toMatchObject([{ queue: 'dispatch', data: { deliveryId: deadly.id }, because }])
    expect(await overdue(store, new Date())).toMatchObject([{ kind: 'given up', id: deadly.id }])
    // Sent again, it is tried as if for the first time.
    expect(await store.deliveries.accept(deadly)).toBe('again')
    await die(5, 'dispatch')
    expect(await store.deadLetters()).toHaveLength(1)
  })

  it('counts no server that stopped in good order', async () => {
    const lines: string[] = []
    store = await database.reopen({ log: (_, sentence) => lines.push(sentence) })
    const delivery = newDelivery()
    await store.deliveries.accept(delivery)
    await die(2, 'dispatch')
    for (let stops = 0; stops < 6; stops++) {
      const begun = Promise.withResolvers<void>()
      const dispatch = async (_: object, signal: AbortSignal) => {
        begun.resolve()
        await (stops === 5 ? new Promise(() => {}) : until(signal))
      }
      const working = await store.work({ ...ofNothing, dispatch }, one)
      await begun.promise
      await working.stop(0)
    }
    await die(4, 'dispatch')
    expect(lines).toContain('The server died 5 times in a row at this.')
    expect(lines).not.toContain('The server died 6 times in a row at this.')
    expect(await store.deliveries.get(delivery.id)).toMatchObject({ status: 'stored' })
    const gone = Promise.withResolvers<void>()
    store = await database.reopen({ log: (line: object) => 'warning' in line && gone.resolve() })
    const working = await store.work(ofNothing, one)
    await gone.promise
    await working.stop(1000)
    expect(await store.deliveries.get(delivery.id)).toMatchObject({ status: 'failed' })
  })

  it('that was being fetched while the server stopped is not begun, and waits for the next one', async () => {
    await store.deliveries.accept(newDelivery())
    const begun: object[] = []
    await client.query('begin')
    await client.query('lock table pgboss.job in access exclusive mode')
    const dispatch = async (data: object, signal: AbortSignal) => {
      begun.push(data)
      await until(signal)
    }
    const working = await store.work({ ...ofNothing, dispatch }, one)
    const waiting = `select 1 from pg_locks join pg_database d on d.oid = database where not granted and d.datname = current_database()`
    while ((await client.query(waiting)).rowCount === 0);
    const stopped = working.stop(0)
    await client.query('commit')
    await stopped
    expect(begun).toEqual([])

    const taken = Promise.withResolvers<void>()
    const next = await store.work({ ...ofNothing, dispatch: async () => taken.resolve() }, one)
    await taken.promise
    await next.stop(1000)
  })

  it('that is a first fetch ends the runs that wait for it with the sentence', async () => {
    const later = new Date(Date.now() + 600_000).toISOString()
    const { id } = await store.runs.request(newRun({ notBefore: later }))
    expect(await store.fetches.wait(id, 1, later)).toBe(true)
    await die(6, 'fetch')
    const told = Promise.withResolvers<void>()
    const working = await store.work({ ...ofNothing, run: async () => told.resolve() }, one)
    await told.promise
    await working.stop(5000)
    expect(await store.runs.get(id)).toMatchObject({
      end: 'failed',
      because: expect.stringContaining('died 6 times in a row'),
    })
    expect(await store.deadLetters()).toMatchObject([{ queue: 'fetch', data: { repositoryId: repository.id } }])
  })
})
