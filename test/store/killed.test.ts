// A worker that was killed: its jobs come back, the run goes on with the next attempt, and what was dispatched knows of it.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { JobHandlers, Store } from '../../src/domain/store.ts'
import { sooner } from '../commands/cli.ts'
import { databases, type TestDatabase } from '../databases.ts'
import { newDelivery, newRun, now } from './samples.ts'

const runsOf = (run: JobHandlers['run']): JobHandlers => ({ run, async dispatch() {}, async fetch() {} })
const one = { runs: 1, runsPerRepository: 1, place: 1 }

describe.each(databases)('jobs on $name', ({ open }) => {
  let database: TestDatabase
  let store: Store
  beforeEach(async () => {
    database = await open()
    store = database.store
  })
  afterEach(() => database.close())

  it('of a killed process come back, its run goes on with the next attempt, and the delivery counts its death', {
    timeout: 60_000,
  }, async () => {
    const { id } = await store.runs.request(newRun())
    await store.deliveries.accept(newDelivery())
    await store[Symbol.asyncDispose]()
    const settings = JSON.stringify({ dataDir: database.dataDir, databaseUrl: database.databaseUrl })
    const child = fork(new URL('./doomed.ts', import.meta.url), [settings], sooner)
    const [said] = await once(child, 'message')
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(said).toEqual({ attempt: 1 })

    const counted = Promise.withResolvers<object>()
    store = await database.reopen({ log: line => 'deaths' in line && counted.resolve(line) })
    const taken = Promise.withResolvers<number | undefined>()
    const from = performance.now()
    await store.work(
      runsOf(async ({ runId }) => taken.resolve((await store.runs.claim(runId, now()))?.attempt)),
      one,
    )
    expect(await taken.promise).toBe(2)
    // PGlite: at once, since nobody else can have it. PostgreSQL: when the heartbeat has been missed for 10 s.
    expect(performance.now() - from).toBeLessThan(database.databaseUrl ? 30_000 : 8000)
    expect(await store.runs.get(id)).toMatchObject({ attempt: 2 })
    expect(await counted.promise).toMatchObject({ deliveryId: expect.any(String), deaths: 1 })
  })
})
