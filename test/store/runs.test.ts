// Runs: claimed once, fenced by their attempt, moved and stopped.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Store } from '../../src/domain/store.ts'
import { databases, type TestDatabase } from '../databases.ts'
import { newFinding, newRun, now, pull, repository } from './samples.ts'

const caps = { run: 9, pull: 9, repositoryDay: 9, serverRun: 9, serverDay: 9, serverMonth: 9 }
const call = { name: 'correctness', kind: 'finder', model: 'm', usd: 0.5 } as const

describe.each(databases)('runs on $name', ({ open }) => {
  let database: TestDatabase
  let store: Store
  let number = 100
  beforeAll(async () => {
    database = await open()
    store = database.store
  })
  afterAll(() => database.close())

  it('are what was asked for, queued and unpaid', async () => {
    const { expireInSeconds: _, ...asked } = newRun({ number: number++ })
    const run = await store.runs.request({ ...asked, expireInSeconds: 10 })
    expect(run).toEqual({ ...asked, status: 'queued', attempt: 0, usd: 0 })
    expect(await store.runs.get(run.id)).toEqual(run)
  })

  it('raise the attempt with every claim and start once', async () => {
    const { id } = await store.runs.request(newRun({ number: number++ }))
    const first = await store.runs.claim(id, '2099-01-01T00:00:00.000Z')
    const second = await store.runs.claim(id, '2099-01-02T00:00:00.000Z')
    expect(first).toMatchObject({ status: 'running', attempt: 1, startedAt: '2099-01-01T00:00:00.000Z' })
    expect(second).toMatchObject({ status: 'running', attempt: 2, startedAt: '2099-01-01T00:00:00.000Z' })
  })

  it('claimed by many at once, give each claim an attempt of its own', async () => {
    const { id } = await store.runs.request(newRun({ number: number++ }))
    const claims = await Promise.all(Array.from({ length: 5 }, () => store.runs.claim(id, now())))
    expect(claims.map(run => run?.attempt).sort()).toEqual([1, 2, 3, 4, 5])
  })

  it('refuse every write of an attempt that was taken over', async () => {
    const { id } = await store.runs.request(newRun({ number: number++ }))
    const old = (await store.runs.claim(id, now()))!
    const meter = store.ledger.meter({ id, attempt: 1, repositoryId: repository.id, number: old.number }, caps)
    const reservation = await meter.reserve(call)
    await store.runs.claim(id, now())

    const stale = { name: 'Problem', code: 'lost' }
    await expect(store.runs.head(id, 1, 'c'.repeat(40))).rejects.toMatchObject(stale)
    await expect(store.runs.end(id, 1, 'done', 'Done.', now())).rejects.toMatchObject(stale)
    await expect(store.steps.append(id, 1, 'plan', {}, now())).rejects.toMatchObject(stale)
    await expect(store.findings.save(old, 1, [newFinding('f1')], now())).rejects.toMatchObject(stale)
    await expect(meter.reserve(call)).rejects.toMatchObject(stale)
    const usage = { input: 1, cacheWrite: 0, cacheRead: 0, output: 1 }
    await expect(meter.settle(reservation, { usage, usd: 0.1, status: 'ok', milliseconds: 5 })).rejects.toMatchObject(
      stale,
    )

    expect(await store.runs.get(id)).toMatchObject({ status: 'running', attempt: 2, head: undefined })
    expect(await store.steps.list(id)).toEqual([])
    expect(await store.findings.ofRun(id)).toEqual([])
    await store.runs.head(id, 2, 'd'.repeat(40))
    await store.runs.end(id, 2, 'partial', 'Half of it.', now())
    expect(await store.runs.get(id)).toMatchObject({ status: 'ended', end: 'partial', head: 'd'.repeat(40) })
  })

  it('settle what a dead attempt had set aside in full, as lost', async () => {
    const run = await store.runs.request(newRun({ number: number++ }))
    await store.runs.claim(run.id, now())
    const meter = store.ledger.meter({ id: run.id, attempt: 1, repositoryId: 11, number: run.number }, caps)
    await meter.reserve(call)
    expect(await store.runs.claim(run.id, now())).toMatchObject({ attempt: 2, usd: 0.5 })
    expect(await store.ledger.entries({ runId: run.id, limit: 9 })).toMatchObject([{ status: 'lost', usd: 0.5 }])
  })

  it('settle it too where the App may not be any more', async () => {
    const run = await store.runs.request(newRun({ repository: { ...repository, id: 12 } }))
    await store.runs.claim(run.id, now())
    await store.ledger.meter({ id: run.id, attempt: 1, repositoryId: 12, number: 5 }, caps).reserve(call)
    const at = now()
    const { installationId } = repository
    await store.away.leave({ installationId, whole: false, repositoryIds: [12], forGood: true, because: 'Gone.', at })
    expect(await store.runs.claim(run.id, at)).toBeUndefined()
    expect(await store.runs.get(run.id)).toMatchObject({ status: 'ended', end: 'stopped', because: 'Gone.', usd: 0.5 })
    expect(await store.ledger.entries({ runId: run.id, limit: 9 })).toMatchObject([{ status: 'lost', usd: 0.5 }])
  })

  it('that ended are claimed by nobody', async () => {
    const { id } = await store.runs.request(newRun({ number: number++ }))
    await store.runs.claim(id, now())
    await store.runs.end(id, 1, 'done', 'Done.', now())
    expect(await store.runs.claim(id, now())).toBeUndefined()
    await expect(store.runs.end(id, 1, 'failed', 'Again.', now())).rejects.toMatchObject({ code: 'lost' })
    expect(await store.runs.claim('no such run', now())).toBeUndefined()
  })

  it('are not claimed before their time, and are not forgotten for it', async () => {
    const soon = new Date(Date.now() + 3_600_000).toISOString()
    const { id } = await store.runs.request(newRun({ number: number++ }))
    await store.runs.postpone(id, {
      notBefore: soon,
      pull: { ...pull, title: 'Newer' },
      routines: [],
      asked: true,
    })
    expect(await store.runs.claim(id, now())).toBeUndefined()
    expect(await store.runs.get(id)).toMatchObject({ status: 'queued', notBefore: soon, asked: true, attempt: 0 })
    expect((await store.runs.get(id))?.pull?.title).toBe('Newer')
    expect(await store.runs.claim(id, soon)).toMatchObject({ attempt: 1 })
    await expect(store.runs.postpone(id, { notBefore: soon, pull, routines: [], asked: true })).rejects.toMatchObject({
      code: 'conflict',
    })
  })

  it('are stopped at once while queued, asked while running, and left alone after', async () => {
    const queued = await store.runs.request(newRun({ number: number++ }))
    const running = await store.runs.request(newRun({ number: number++ }))
    await store.runs.claim(running.id, now())
    const stop = { end: 'superseded', because: 'A newer push.' } as const
    expect(await store.runs.stop(queued.id, stop, now())).toBe('ended')
    expect(await store.runs.stop(running.id, stop, now())).toBe('asked')
    expect(await store.runs.stop(queued.id, stop, now())).toBe('already ended')
    expect(await store.runs.get(queued.id)).toMatchObject({ status: 'ended', end: 'superseded' })
    expect(await store.runs.stops([running.id, 'another'])).toEqual([{ id: running.id, stop }])
    expect(await store.runs.stops([])).toEqual([])
  })

  it('of a pull are told apart: active oldest first, past newest first, automatic ones counted', async () => {
    const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString()
    const mine = number++
    const ids: string[] = []
    for (const second of [1, 2, 3, 4]) {
      const run = newRun({ number: mine, requestedAt: at(second), notBefore: at(second), asked: second === 4 })
      ids.push((await store.runs.request(run)).id)
    }
    for (const [index, second] of [0, 1].entries()) {
      await store.runs.claim(ids[index]!, now())
      await store.runs.end(ids[index]!, 1, 'done', 'Done.', at(10 + second))
    }
    expect((await store.runs.active(11, mine)).map(({ id }) => id)).toEqual([ids[2], ids[3]])
    expect((await store.runs.past(11, mine, 5)).map(({ id }) => id)).toEqual([ids[1], ids[0]])
    expect(await store.runs.countAutomatic(11, mine, at(2))).toBe(2)
    expect((await store.runs.list({ repositoryId: 999, limit: 5 })).length).toBe(0)
    expect((await store.runs.list({ limit: 3 })).length).toBe(3)
  })

  it('of one pull are asked for one after the other, even by two dispatches at once', async () => {
    const mine = number++
    const askOnce = () =>
      store.transaction(async rooms => {
        if ((await rooms.runs.active(11, mine)).length === 0) await rooms.runs.request(newRun({ number: mine }))
      })
    await Promise.all([askOnce(), askOnce(), askOnce(), askOnce()])
    expect(await store.runs.active(11, mine)).toHaveLength(1)
  })
})
