// The life of a finding, and the point to which a pull was reviewed: what later reviews go by.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { explain } from '../../src/commands/explain.ts'
import type { ReviewPoint } from '../../src/domain/point.ts'
import type { ReviewRun } from '../../src/domain/run.ts'
import type { Store } from '../../src/domain/store.ts'
import { databases, type TestDatabase } from '../databases.ts'
import { newFinding, newRun, now } from './samples.ts'

describe.each(databases)('on $name', ({ open }) => {
  let database: TestDatabase
  let store: Store
  beforeAll(async () => {
    database = await open()
    store = database.store
  })
  afterAll(() => database.close())

  const claimed = async (number: number): Promise<ReviewRun> => {
    const { id } = await store.runs.request(newRun({ number }))
    return (await store.runs.claim(id, now())) as ReviewRun
  }

  it('tells every state that a finding came into, with its reason and commit, each once', async () => {
    const run = await claimed(700)
    const [found, other] = [newFinding('f1'), newFinding('f2')]
    await store.findings.save(run, 1, [found, other], now())
    await store.findings.save(run, 1, [found, other], now())
    const id = `${run.id}-f1`
    const head = 'd'.repeat(40)
    const fixed = { head, runId: 'run-2', at: now() }
    for (const _ of [1, 2]) await store.findings.mark(id, 'fixed', 'Its guard came in.', fixed)
    const later = { ...run, head: 'e'.repeat(40) }
    await store.findings.save(later, 1, [found], now())
    await store.findings.mark(id, 'dismissed', 'Ada said no.')

    const life = await store.findings.life(11, 700, found.fingerprint)
    expect(life.map(({ state, because, head, runId }) => [state, because, head?.slice(0, 7), runId])).toEqual([
      ['open', 'It was found.', 'bbbbbbb', run.id],
      ['fixed', 'Its guard came in.', 'ddddddd', 'run-2'],
      ['open', 'It came back in eeeeeee.', 'eeeeeee', run.id],
      ['dismissed', 'Ada said no.', 'eeeeeee', undefined],
    ])
    expect((await store.findings.life(11, 700)).filter(one => one.fingerprint !== found.fingerprint)).toMatchObject([
      { fingerprint: other.fingerprint, state: 'open' },
    ])
    expect(await store.findings.life(11, 701)).toEqual([])
  })

  it('is explained by the beginning of its fingerprint, as a check shows it, and its run by the beginning of its id', async () => {
    const fingerprint = 'f00dfeed'.padEnd(64, '0')
    const older = await claimed(710)
    await store.findings.save(older, 1, [newFinding('f1', { fingerprint })], '2026-11-01T10:00:00.000Z')
    const run = await claimed(710)
    await store.findings.save(run, 1, [newFinding('f1', { fingerprint })], now())
    expect(await explain(store, 'f00dfeed')).toMatchObject({ kind: 'finding', id: `${run.id}-f1` })
    expect(await explain(store, run.id.slice(0, 13))).toMatchObject({ kind: 'run', id: run.id })
    await expect(explain(store, 'f00dfee0')).rejects.toMatchObject({ code: 'not_found' })

    const elsewhere = await claimed(711)
    await store.findings.save(elsewhere, 1, [newFinding('f1', { fingerprint })], now())
    const asked = explain(store, 'f00dfeed')
    await expect(asked).rejects.toThrow('Several ids begin with f00dfeed; give one of them in full:')
    for (const id of [run.id, elsewhere.id]) await expect(asked).rejects.toThrow(`  ${id}-f1  #71`)
  })

  it('keeps the newest point of each routine, and takes none from who lost the run', async () => {
    const run = await claimed(702)
    const point: ReviewPoint = {
      routine: 'code-review',
      runId: run.id,
      head: 'b'.repeat(40),
      base: 'a'.repeat(40),
      mergeBase: 'a'.repeat(40),
      digests: { 'REVIEW.md': 'x' },
      skipped: ['yarn.lock'],
      at: '2026-11-01T10:00:00.000Z',
    }
    const newer = { ...point, head: 'c'.repeat(40), at: '2026-11-01T11:00:00.000Z' }
    const mine = { ...point, routine: 'mine' }
    await store.points.set(run, [point, mine])
    await store.points.set(run, [newer])
    expect(await store.points.of(11, 702)).toEqual([mine, newer])
    expect(await store.points.of(11, 703)).toEqual([])
    await expect(store.points.set({ ...run, attempt: 0 }, [point])).rejects.toMatchObject({ code: 'lost' })
    expect(await store.points.of(11, 702)).toEqual([mine, newer])
  })
})
