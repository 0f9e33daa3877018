// The places in which runs go on: half of them are open to what the clock starts, all of them to everything else.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Store } from '../../src/domain/store.ts'
import { databases, type TestDatabase } from '../databases.ts'
import { newRun, now, repository } from './samples.ts'

describe.each(databases)('places of a worker on $name', ({ open }) => {
  let database: TestDatabase
  let store: Store
  beforeAll(async () => {
    database = await open({ retryAfterSeconds: [0] })
    store = database.store
  })
  afterAll(() => database.close())

  async function request(id: string, eventId: string, repositoryId: number) {
    await store.runs.request(newRun({ id, eventId, repository: { ...repository, id: repositoryId } }))
  }

  /** Takes runs, holds each until it is let go, and tells who is at work; the first few fail. */
  async function work(failures = 0, places = 4) {
    let tries = 0
    const going = new Map<string, () => void>()
    const started: string[] = []
    let watch = () => {}
    const working = await store.work(
      {
        async dispatch() {},
        async fetch() {},
        async run({ runId }) {
          const run = await store.runs.claim(runId, now())
          if (!run) return
          if (++tries <= failures) throw new Error('once')
          const { promise, resolve } = Promise.withResolvers<void>()
          going.set(runId, resolve)
          started.push(runId)
          watch()
          await promise
          going.delete(runId)
          await store.runs.end(runId, run.attempt, 'done', 'Done.', now())
        },
      },
      { runs: places, runsPerRepository: 4, place: 1 },
    )
    return {
      going,
      started,
      working,
      reached: (holds: () => boolean) =>
        new Promise<void>(resolve => {
          watch = () => holds() && resolve()
          watch()
        }),
    }
  }
  const byClock = (ids: Iterable<string>) => [...ids].filter(id => id.startsWith('clock')).length

  it('are not all taken by the clock, and what it starts gets its turn all the same', async () => {
    for (let n = 0; n < 5; n++) await request(`clock-${n}`, `schedule:1:sweep:a:${n}`, 100 + n)
    const { going, started, working, reached } = await work()
    await reached(() => going.size === 2)
    for (let n = 0; n < 6; n++) await request(`other-${n}`, `delivery-${n}`, 200 + n)
    await reached(() => going.size === 4)
    expect(byClock(going.keys())).toBe(2)

    // Whatever ends, the clock never has more than two places, and none of both kinds waits for ever.
    while (started.length < 11) {
      const before = started.length
      for (const letGo of [...going.values()]) letGo()
      await reached(() => started.length > before && (going.size >= 2 || started.length === 11))
      expect(byClock(going.keys())).toBeLessThanOrEqual(2)
    }
    for (const letGo of going.values()) letGo()
    await working.stop(5000)
    const runs = await Promise.all(started.map(id => store.runs.get(id)))
    expect(runs.map(run => run?.end)).toEqual(Array.from({ length: 11 }, () => 'done'))
    expect(new Set(started).size).toBe(11)
  })

  const paths: Record<string, (id: string, repositoryId: number) => Promise<unknown>> = {
    'put off': id => store.runs.postpone(id, { notBefore: now(), routines: [], asked: false }),
    'held up by the first fetch of its repository': async (id, repositoryId) => {
      await store.fetches.wait(id, 1, new Date(Date.now() + 3_600_000).toISOString())
      await store.fetches.done({ repositoryId, place: 1 }, now())
    },
    'tried again': async () => {},
  }

  it.each(Object.keys(paths))('keep to it when a run was %s', async path => {
    const clocks = [1, 2].map(n => `clock, ${path}-${n}`)
    for (const [n, id] of clocks.entries()) {
      await request(id, `schedule:1:sweep:a:${n}`, 300 + n)
      await paths[path]?.(id, 300 + n)
    }
    const { going, working, reached } = await work(path === 'tried again' ? 2 : 0, 2)
    await reached(() => going.size === 1)
    // The other place passes the clock's second run, which waits longer.
    await request(`other, ${path}`, 'delivery', 200)
    await reached(() => going.size === 2)
    expect(byClock(going.keys())).toBe(1)
    for (const letGo of going.values()) letGo()
    await reached(() => clocks.some(id => going.has(id)))
    for (const letGo of going.values()) letGo()
    await working.stop(5000)
  })
})
