// The first fetch of a repository: one job for all the runs that wait for it, which start or end together.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Problem } from '../../src/domain/problem.ts'
import type { JobHandlers, Store } from '../../src/domain/store.ts'
import { databases, type TestDatabase } from '../databases.ts'
import { newRun, now, repository } from './samples.ts'

const place = 7
const options = { runs: 2, runsPerRepository: 2, place }
const later = () => new Date(Date.now() + 60_000).toISOString()

describe.each(databases)('first fetches on $name', ({ open }) => {
  let database: TestDatabase
  let store: Store
  beforeEach(async () => {
    database = await open({ retryAfterSeconds: [0] })
    store = database.store
  })
  afterEach(() => database.close())

  const waiting = async (number: number, of = repository, at = place) => {
    const run = await store.runs.request(newRun({ number, repository: of, notBefore: later() }))
    expect(await store.fetches.wait(run.id, at, later())).toBe(true)
    return run.id
  }
  const handlers = (fetch: JobHandlers['fetch'], run: JobHandlers['run'] = async () => {}): JobHandlers => ({
    fetch,
    run,
    async dispatch() {},
  })

  it('are one job a repository and place, taken there, and start the runs that wait for them, and no other', async () => {
    const mine = [await waiting(1), await waiting(2)]
    const elsewhere = await waiting(4, repository, 8)
    const quiet = await store.runs.request(newRun({ number: 3, notBefore: later() }))
    const other = await waiting(1, { ...repository, id: 12 })
    const fetched: number[] = []
    const started = new Set<string>()
    const all = Promise.withResolvers<void>()
    const working = await store.work(
      handlers(
        async fetch => {
          fetched.push(fetch.repositoryId)
          await store.fetches.done(fetch, now())
        },
        async ({ runId }) => {
          const run = await store.runs.claim(runId, now())
          if (run) started.add(run.id)
          if (started.size === 3) all.resolve()
        },
      ),
      options,
    )
    await all.promise
    await working.stop(1000)
    expect(fetched.sort()).toEqual([11, 12])
    expect(started).toEqual(new Set([...mine, other]))
    expect(await store.runs.get(quiet.id)).toMatchObject({ status: 'queued', waits: undefined })
    expect(await store.runs.get(elsewhere)).toMatchObject({ status: 'queued', waits: 8 })
  })

  it('that are asked for while one is at work are that one', async () => {
    await waiting(1)
    const at = Promise.withResolvers<void>()
    const go = Promise.withResolvers<void>()
    let fetches = 0
    const working = await store.work(
      handlers(async () => {
        fetches++
        at.resolve()
        await go.promise
      }),
      options,
    )
    await at.promise
    const second = await waiting(2)
    expect((await store.fetches.queued(repository.id)).map(run => run.waits)).toEqual([place, place])
    go.resolve()
    await working.stop(5000)
    expect(fetches).toBe(1)
    expect(await store.fetches.wait(second, place, later())).toBe(true)
    expect(await store.queueDepth()).toContainEqual(expect.objectContaining({ queue: 'fetch', waiting: 1 }))
  })

  it('that fail for good end all who wait, with the reason, and hand them to a worker for their checks', async () => {
    const mine = [await waiting(1), await waiting(2)]
    const moved = await waiting(3)
    const { pull } = newRun()
    await store.runs.postpone(moved, { notBefore: later(), pull, routines: [], asked: false })
    let tries = 0
    const told = new Set<string>()
    const all = Promise.withResolvers<void>()
    const working = await store.work(
      handlers(
        async () => {
          tries++
          throw new Problem('unavailable', 'Fetching acme/widgets failed.')
        },
        async ({ runId }) => {
          told.add(runId)
          if (told.size === 2) all.resolve()
        },
      ),
      options,
    )
    await all.promise
    await working.stop(5000)
    expect(tries).toBe(3)
    expect(told).toEqual(new Set(mine))
    for (const id of mine)
      expect(await store.runs.get(id)).toMatchObject({ end: 'failed', because: 'Fetching acme/widgets failed.' })
    expect(await store.runs.get(moved)).toMatchObject({ status: 'queued' })
    expect(await store.deadLetters()).toMatchObject([{ queue: 'fetch', data: { repositoryId: 11, place } }])
  })

  it('of a repository that is read beside are waited for by those who read it, and by its own runs', async () => {
    const lib = { ...repository, id: 12, name: 'lib' }
    const mine = await store.runs.request(newRun({ number: 1, notBefore: later() }))
    expect(await store.fetches.wait(mine.id, place, later(), lib)).toBe(true)
    const its = await waiting(2, lib)
    const quiet = await waiting(3)
    expect((await store.fetches.queued(lib.id)).map(run => [run.id, run.waitsFor?.name])).toEqual([
      [mine.id, 'lib'],
      [its, undefined],
    ])
    await store.fetches.done({ repositoryId: repository.id, place }, now())
    expect(await store.runs.get(quiet)).toMatchObject({ waits: undefined })
    expect(await store.runs.get(mine.id)).toMatchObject({ waits: place, waitsFor: { id: 12 } })
    await store.fetches.done({ repositoryId: lib.id, place }, now())
    for (const id of [mine.id, its])
      expect(await store.runs.get(id)).toMatchObject({ waits: undefined, waitsFor: undefined })
    expect(await store.queueDepth()).toContainEqual(expect.objectContaining({ queue: 'fetch', waiting: 2 }))
  })

  it('are not waited for by a run that has ended', async () => {
    const id = await waiting(1)
    await store.runs.stop(id, { end: 'stopped', because: 'Enough.' }, now())
    expect(await store.fetches.wait(id, place, later())).toBe(false)
    expect(await store.fetches.queued(repository.id)).toEqual([])
  })
})
