// What should have started and has not: told once, while it lasts; and what is in time is not told.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Store } from '../../../src/domain/store.ts'
import { overdue, watchOverdue } from '../../../src/runs/waiting/overdue.ts'
import { databases, type TestDatabase } from '../../databases.ts'
import { event, repository } from '../../routines/samples.ts'
import { newDelivery, newRun } from '../../store/samples.ts'

describe.each(databases)('what is late on $name', ({ open }) => {
  let database: TestDatabase
  let store: Store
  beforeAll(async () => {
    database = await open()
    store = database.store
  })
  afterAll(() => database.close())

  const at = Date.parse('2026-11-21T10:00:00.000Z')
  const minute = (minutes: number) => new Date(at + minutes * 60_000)
  const time = minute(0).toISOString()
  const lateBy = async (minutes: number) =>
    (await overdue(store, minute(minutes))).map(({ kind, id }) => `${kind} ${id}`)

  it('a delivery that nobody dispatched, from the third minute on', async () => {
    const delivery = newDelivery({ at: time })
    await store.deliveries.accept(delivery)
    expect(await lateBy(2)).toEqual([])
    expect(await overdue(store, minute(3))).toEqual([
      {
        kind: 'delivery',
        id: delivery.id,
        since: time,
        because: `Delivery ${delivery.id} (pull_request) came 3 minutes ago, and no worker has dispatched it; see that a server runs, and that its workers have places free.`,
      },
    ])
    await store.deliveries.mark(delivery.id, 'ignored', 'It is of no use.')
    expect(await lateBy(3)).toEqual([])
  })

  it('an event of our own that nobody dispatched', async () => {
    const own = event({ id: randomUUID(), kind: 'manual', at: time })
    await store.events.accept(own)
    expect(await lateBy(2)).toEqual([])
    expect(await lateBy(3)).toEqual([`event ${own.id}`])
    await store.events.keep(own, {})
    expect(await lateBy(3)).toEqual([])
  })

  it('a run that nobody took, five minutes after its time and not before', async () => {
    const run = await store.runs.request(newRun({ requestedAt: time, notBefore: minute(60).toISOString() }))
    expect(await lateBy(65)).toEqual([])
    expect(await lateBy(66)).toEqual([`run ${run.id}`])
    await store.runs.claim(run.id, minute(66).toISOString())
    expect(await lateBy(99)).toEqual([])
  })

  it('a run that is put off again and again behind others, after six hours', async () => {
    const run = await store.runs.request(newRun({ requestedAt: time, notBefore: time }))
    for (const minutes of [1, 200, 355])
      await store.runs.putOff(run.id, minute(minutes + 10).toISOString(), minute(minutes).toISOString())
    expect(await lateBy(361)).toEqual([])
    expect(await lateBy(362)).toEqual([`run ${run.id}`])
    await store.runs.comeForward(run.id, minute(362).toISOString())
    expect(await lateBy(363)).toEqual([])
    await store.runs.stop(run.id, { end: 'stopped', because: 'No.' }, time)
  })

  it('a time of the clock that no process took, after five minutes', async () => {
    await store.repositories.seen(repository, time)
    const about = { id: 'nightly', repositoryId: repository.id, routine: 'nightly', entry: 'nightly', seed: 1 }
    await store.schedules.keep(repository.id, [{ ...about, usd: 1, dayUsd: 20, due: time }], time)
    expect(await lateBy(5)).toEqual([])
    expect((await overdue(store, minute(6)))[0]).toMatchObject({
      kind: 'schedule',
      id: 'nightly',
      because: expect.stringContaining('The clock was to start nightly in acme/shop 6 minutes ago'),
    })
    await store.schedules.keep(repository.id, [], time)
    expect(await lateBy(6)).toEqual([])
  })

  it('is a warning, once as long as it lasts, and again when it comes again', async () => {
    const lines: { line: object; sentence: string }[] = []
    let now = minute(10)
    const log = (line: object, sentence: string) => void lines.push({ line, sentence })
    const watch = watchOverdue({ store, now: () => now, log })
    await watch.look()
    expect(lines).toEqual([])
    const delivery = newDelivery({ at: minute(5).toISOString() })
    await store.deliveries.accept(delivery)
    for (const passed of [10, 11, 12]) {
      now = minute(passed)
      await watch.look()
    }
    expect(lines).toEqual([
      {
        line: { warning: 'overdue', delivery: delivery.id, since: minute(5).toISOString() },
        sentence: expect.stringContaining('came 5 minutes ago'),
      },
    ])
    await store.deliveries.mark(delivery.id, 'dispatched')
    await watch.look()
    await store.deliveries.mark(delivery.id, 'stored')
    await watch.look()
    expect(lines).toHaveLength(2)
    await store.deliveries.mark(delivery.id, 'dispatched')
    watch.stop()
  })

  it('of much at once ten are named and the rest is counted', async () => {
    const lines: object[] = []
    for (let count = 0; count < 15; count++) await store.deliveries.accept(newDelivery({ at: time }))
    const watch = watchOverdue({ store, now: () => minute(10), log: line => void lines.push(line) })
    await watch.look()
    expect(lines).toHaveLength(11)
    expect(lines.at(-1)).toEqual({ warning: 'overdue', more: 5 })
    watch.stop()
  })
})
