// Many deliveries at once: they share transactions, and each still is stored once, with its job, or not at all.
import { fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import fc from 'fast-check'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Problem } from '../../src/domain/problem.ts'
import type { NewDelivery, Store } from '../../src/domain/store.ts'
import { openStore } from '../../src/store/index.ts'
import { sooner } from '../commands/cli.ts'
import { databases, type TestDatabase } from '../databases.ts'
import { newDelivery, now, repository } from './samples.ts'

/** PostgreSQL's text holds no NUL. */
const bad = { action: 'a\0b' }

describe.each(databases)('many deliveries at once on $name', ({ open }) => {
  let database: TestDatabase
  let store: Store
  beforeAll(async () => {
    database = await open()
    store = database.store
  })
  afterAll(() => database.close())

  it('are stored as they would be one after the other', async () => {
    const ids = ['a', 'b', 'c', 'd']
    const one = fc.record({
      id: fc.constantFrom(...ids),
      body: fc.constantFrom('1', '2', '3', '4'),
      bad: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(one, { maxLength: 12 }), { maxLength: 3 }), async bursts => {
        const nonce = randomUUID()
        const sent = bursts.map(burst =>
          burst.map(({ id, body, bad: isBad }) =>
            newDelivery({ id: `${nonce}-${id}`, bodyHash: `${nonce}-${body}`, payload: body, ...(isBad && bad) }),
          ),
        )
        const answers: string[] = []
        for (const burst of sent) {
          const settled = await Promise.allSettled(burst.map(delivery => store.deliveries.accept(delivery)))
          answers.push(...settled.map(answer => (answer.status === 'fulfilled' ? answer.value : 'refused')))
        }
        const expected = oneByOne(sent.flat())
        expect(answers).toEqual(expected.answers)
        const rows = await Promise.all(ids.map(id => store.deliveries.get(`${nonce}-${id}`)))
        const stored = rows.flatMap(row => (row ? [[row.id, row.bodyHash] as const] : []))
        expect(new Map(stored)).toEqual(expected.stored)
      }),
      { numRuns: 60, examples: [[[[good('a', '1')], [good('b', '1'), good('b', '2'), good('b', '2')]]]] },
    )
    await expectJobs(store)
  })

  it('of which one can not be stored leave the others unharmed', async () => {
    const deliveries = Array.from({ length: 30 }, (_, n) => newDelivery(n === 7 ? bad : {}))
    const settled = await Promise.allSettled(deliveries.map(delivery => store.deliveries.accept(delivery)))
    expect(settled.flatMap(({ status }, n) => (status === 'rejected' ? [n] : []))).toEqual([7])
    await expectJobs(store)
  })

  it('may be larger together than one transaction should be', async () => {
    const payload = { text: 'x'.repeat(1_500_000) }
    const deliveries = Array.from({ length: 6 }, () => newDelivery({ payload }))
    const answers = await Promise.all(deliveries.map(delivery => store.deliveries.accept(delivery)))
    expect(answers).toEqual(deliveries.map(() => 'stored'))
    expect((await store.deliveries.get(deliveries[5]!.id))?.payload).toEqual(payload)
  })

  it('may be read, noted and marked at once: each gets its own, and of two about the same the later holds', async () => {
    const deliveries = Array.from({ length: 25 }, (_, n) => newDelivery({ payload: { n } }))
    await Promise.all(deliveries.map(delivery => store.deliveries.accept(delivery)))
    const got = await Promise.all([...deliveries, newDelivery()].map(({ id }) => store.deliveries.get(id)))
    expect(got.map(delivery => delivery?.payload)).toEqual([...deliveries.map(({ payload }) => payload), undefined])
    const [first] = deliveries
    await Promise.all([
      ...deliveries.map(({ id }, n) => store.deliveries.mark(id, 'ignored', n === 3 ? 'It has a NUL: \0.' : `${n}`)),
      store.deliveries.mark(first!.id, 'dispatched'),
    ])
    const marked = await Promise.all(deliveries.map(({ id }) => store.deliveries.get(id)))
    expect(marked.map(delivery => delivery?.because)).toEqual([
      undefined,
      ...Array.from({ length: 24 }, (_, n) => (n === 2 ? 'It has a NUL: \uFFFD.' : `${n + 1}`)),
    ])
    const called = (name: string, at: string) => store.repositories.seen({ ...repository, id: 77, name }, at)
    await Promise.all([
      called('older', '2026-01-01T00:00:00.000Z'),
      called('newest', '2026-01-03T00:00:00.000Z'),
      called('newer', '2026-01-02T00:00:00.000Z'),
      store.repositories.seen({ ...repository, id: 76, name: 'another' }, now()),
    ])
    expect(await store.repositories.find('acme', 'newest')).toMatchObject({ id: 77 })
    expect(await store.repositories.find('acme', 'newer')).toBeUndefined()
    expect(await store.repositories.find('acme', 'another')).toMatchObject({ id: 76 })
  })

  it('are there, with their jobs, when the process is killed after it answered', { timeout: 60_000 }, async () => {
    await store[Symbol.asyncDispose]()
    const settings = JSON.stringify({ dataDir: database.dataDir, databaseUrl: database.databaseUrl })
    const child = fork(new URL('./taking.ts', import.meta.url), [settings], sooner)
    const answered: string[] = []
    child.on('message', id => {
      answered.push(String(id))
      if (answered.length === 100) child.kill('SIGKILL')
    })
    await once(child, 'exit')
    store = await database.reopen()
    const stored = new Set((await store.deliveries.list(100_000)).map(({ id }) => id))
    expect(answered.length).toBeGreaterThanOrEqual(100)
    expect(answered.filter(id => !stored.has(id))).toEqual([])
    await expectJobs(store)
  })

  it('are dispatched side by side, and one that fails or lasts does not hold the others', async () => {
    const [failing, lasting, ...others] = Array.from({ length: 50 }, () => newDelivery())
    await Promise.all([failing!, lasting!, ...others].map(delivery => store.deliveries.accept(delivery)))
    const waited = new Set([failing!, ...others].map(({ id }) => id))
    const done = Promise.withResolvers<void>()
    const late = newDelivery()
    const lateDone = Promise.withResolvers<void>()
    const working = await store.work(
      {
        async dispatch({ deliveryId = '' }, signal) {
          if (deliveryId === lasting!.id) await once(signal, 'abort')
          if (deliveryId === late.id) lateDone.resolve()
          await store.deliveries.mark(deliveryId, 'dispatched')
          waited.delete(deliveryId)
          if (waited.size === 0) done.resolve()
          if (deliveryId === failing!.id) throw new Problem('bad_input', 'This one is broken.')
        },
        async run() {},
        async fetch() {},
      },
      { runs: 0, runsPerRepository: 1, place: 1 },
    )
    await done.promise
    await store.deliveries.accept(late)
    await lateDone.promise
    await working.stop(0)
    const letters = await store.deadLetters()
    expect(letters).toMatchObject([{ data: { deliveryId: failing!.id }, because: 'This one is broken.' }])
  })
})

describe.each(databases.filter(({ name }) => name === 'PostgreSQL'))('two processes on $name', ({ open }) => {
  it('that are sent the same deliveries in another order store each once, and never wait for each other in a circle', async () => {
    const database = await open()
    const url = database.databaseUrl!
    const other = await openStore({ databaseUrl: url, dataDir: database.dataDir })
    // A row takes its time, so that the two are surely at it together.
    await query(url, slowly)
    for (let round = 0; round < 3; round++) {
      const deliveries = Array.from({ length: 40 }, () => newDelivery())
      const answers = await Promise.all([
        ...deliveries.map(delivery => database.store.deliveries.accept(delivery)),
        ...deliveries.toReversed().map(delivery => other.deliveries.accept(delivery)),
      ])
      expect(answers.filter(answer => answer === 'stored')).toHaveLength(deliveries.length)
    }
    await expectJobs(database.store)
    await other[Symbol.asyncDispose]()
    // Counted for good once the connections are closed.
    await database.store[Symbol.asyncDispose]()
    const counted = await query(url, 'select deadlocks::int from pg_stat_database where datname = current_database()')
    expect(counted).toEqual([{ deadlocks: 0 }])
    await database.close()
  })
})

const slowly = `
  create function slowly() returns trigger language plpgsql as 'begin perform pg_sleep(0.002); return new; end';
  create trigger slowly before insert on deliveries for each row execute function slowly()`

async function query(url: string, statement: string): Promise<unknown[]> {
  const client = new pg.Client(url)
  await client.connect()
  const { rows } = await client.query(statement)
  await client.end()
  return rows
}

function good(id: string, body: string) {
  return { id, body, bad: false }
}

function oneByOne(sent: NewDelivery[]) {
  const stored = new Map<string, string>()
  const answers = sent.map(({ id, bodyHash, action }) => {
    if (action === bad.action) return 'refused'
    if (stored.has(id) || [...stored.values()].includes(bodyHash)) return 'repeated'
    stored.set(id, bodyHash)
    return 'stored'
  })
  return { answers, stored }
}

/** As many jobs wait as there are deliveries: nobody took one yet. */
async function expectJobs(store: Store): Promise<void> {
  const { waiting } = (await store.queueDepth()).find(({ queue }) => queue === 'dispatch')!
  expect(waiting).toBe((await store.deliveries.list(100_000)).length)
}
