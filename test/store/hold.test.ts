// A run during a pause: it is not taken, keeps its sentence and its job, and starts when the pause is over.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Store } from '../../src/domain/store.ts'
import { databases, type TestDatabase } from '../databases.ts'
import { newRun, now, pull, repository } from './samples.ts'

describe.each(databases)('a run on $name that comes up during a pause', ({ open }) => {
  let database: TestDatabase
  let store: Store
  beforeEach(async () => {
    database = await open()
    store = database.store
  })
  afterEach(() => database.close())

  const jobs = async () => {
    const { waiting, active } = (await store.queueDepth()).find(({ queue }) => queue === 'run')!
    return { waiting, active }
  }

  it('is not claimed, and its job comes back to say why', async () => {
    const { id } = await store.runs.request(newRun())
    await store.pauses.set('all', 'all', 'ada', now())
    const claims: unknown[] = []
    const held = Promise.withResolvers<void>()
    const working = await store.work(
      {
        async dispatch() {},
        async fetch() {},
        // The pause came after the first look.
        async run({ runId }) {
          if (claims.length > 0) return held.resolve()
          claims.push(await store.runs.claim(runId, now()))
        },
      },
      { runs: 1, runsPerRepository: 1, place: 1 },
    )
    await held.promise
    await working.stop(1000)
    expect(claims).toEqual([undefined])
    expect(await store.runs.get(id)).toMatchObject({ status: 'queued', attempt: 0 })
  })

  it('is held with a sentence and looks again in ten minutes, once however often it is held', async () => {
    const before = now()
    const { id } = await store.runs.request(newRun())
    expect(await store.runs.hold(id, now())).toBeUndefined()
    await store.pauses.set('owner:7', 'acme', 'ada', before)
    const because = `Paused by ada since ${before} (acme); it is queued, and starts when \`watchbill resume\` ends that pause.`

    const thrice = Promise.withResolvers<void>()
    let come = 0
    const working = await store.work(
      {
        async dispatch() {},
        async fetch() {},
        async run({ runId }) {
          for (let n = 0; n < 3; n++) expect(await store.runs.hold(runId, now())).toBe(because)
          if (++come === 1) thrice.resolve()
        },
      },
      { runs: 1, runsPerRepository: 1, place: 1 },
    )
    await thrice.promise
    await working.stop(1000)
    const run = (await store.runs.get(id))!
    expect(run).toMatchObject({ status: 'queued', because })
    expect(Date.parse(run.notBefore) - Date.parse(before)).toBeGreaterThanOrEqual(600_000)
    // None is due now, and pg-boss counts only those.
    expect(await jobs()).toEqual({ waiting: 0, active: 0 })

    await store.pauses.clear('owner:7')
    expect(await store.runs.hold(id, now())).toBeUndefined()
    await store.runs.postpone(id, { notBefore: now(), pull, routines: [], asked: false })
    expect(await jobs()).toEqual({ waiting: 1, active: 0 })
    expect(await store.runs.claim(id, now())).toMatchObject({ status: 'running', because: undefined })
  })

  it('goes on where the pause is over another repository, and where it runs already', async () => {
    await store.pauses.set('repository:12', 'acme/gadgets', 'ada', now())
    const { id } = await store.runs.request(newRun())
    expect(await store.runs.claim(id, now())).toMatchObject({ attempt: 1, repository })
    await store.pauses.set('all', 'all', 'ada', now())
    // Its worker died; the pause has asked it to stop, and whoever has it sees to that.
    expect(await store.runs.claim(id, now())).toMatchObject({ attempt: 2 })
    expect(await store.runs.hold(id, now())).toBeUndefined()
  })
})
