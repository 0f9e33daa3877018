// What a routine with a task of its own gets for an event: a run, a part in one, a place behind one, or the time when it may have one again.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Occurrence } from '../../../src/domain/event.ts'
import type { Routine } from '../../../src/domain/routine.ts'
import type { Store } from '../../../src/domain/store.ts'
import { waitForOther } from '../../../src/runs/waiting/wait.ts'
import { openStore } from '../../../src/store/index.ts'
import { databases, type TestDatabase } from '../../databases.ts'
import { routine } from '../../routines/samples.ts'
import { type Ground, openGround } from './meeting.ts'

const work = (yaml: string): Routine => routine(`kind: work\non: { push: {}, issues: {} }\n${yaml}`)

describe.each(databases)('a task of its own on $name', ({ open }) => {
  let database: TestDatabase
  let store: Store
  let ground: Ground
  beforeAll(async () => {
    database = await open()
    store = database.store
  })
  beforeEach(() => {
    ground = openGround(store)
  })
  afterAll(() => database.close())

  const push = async (of: Routine) => (await ground.meet(ground.push(), [of]))[0]!
  const again = (one: Occurrence) => store.occurrences.get(one.id)
  const waits = (runId: string | undefined) => waitForOther({ store, now: () => new Date(ground.clock.now) }, runId!)

  it('gets a run that carries the event', async () => {
    const event = ground.issue(3)
    const [queued] = await ground.meet(event, [work('')])
    expect(queued).toMatchObject({ verdict: 'queued', because: 'It happened. It starts now.', number: 3 })
    expect(await ground.workOf(queued)).toMatchObject({
      kind: 'work',
      key: 'mine:issue:3',
      number: 3,
      event,
      asked: false,
      status: 'queued',
    })
  })

  it('gets none twice for one event, however often and from however many processes it is dispatched', async () => {
    const other = database.databaseUrl ? await openStore({ ...database, dataDir: database.dataDir }) : undefined
    const event = ground.push()
    const all = await Promise.all(
      Array.from({ length: 6 }, (_, index) => ground.meet(event, [work('')], index % 2 ? other : undefined)),
    )
    expect(new Set(all.flat().map(one => one.id)).size).toBe(1)
    expect(await store.runs.list({ repositoryId: ground.repositoryId, limit: 9 })).toHaveLength(1)
    await other?.[Symbol.asyncDispose]()
  })

  describe('concurrency', () => {
    it('queue, which is what holds unless another is said: the second waits for the first, the third for the second', async () => {
      const first = await push(work(''))
      await ground.start(await ground.runOf(first))
      const second = await push(work(''))
      const third = await push(work('concurrency: queue'))
      expect(second).toMatchObject({
        verdict: 'queued',
        because: `It happened. It waits for run ${first.runId}, which is for the branch main too.`,
      })
      expect([await waits(second.runId), await waits(third.runId)]).toEqual([true, true])
      await ground.end(await ground.runOf(first))
      ground.minutes(1)
      expect([await waits(third.runId), await waits(second.runId)]).toEqual([true, false])
      await ground.start(await ground.runOf(second))
      await ground.end(await ground.runOf(second))
      expect(await waits(third.runId)).toBe(false)
    })

    it('supersede: the one under way is asked to stop, the one that waits ends, and both say for which', async () => {
      const first = await push(work('concurrency: supersede'))
      await ground.start(await ground.runOf(first))
      const second = await push(work('concurrency: supersede'))
      const third = await push(work('concurrency: supersede'))
      expect(third.because).toBe(`It happened. It replaces run ${second.runId} for the branch main.`)
      expect(await store.runs.stops([first.runId!])).toEqual([
        { id: first.runId, stop: { end: 'superseded', because: `Superseded by run ${second.runId}.` } },
      ])
      expect(await ground.runOf(second)).toMatchObject({ status: 'ended', end: 'superseded' })
      for (const [old, newer] of [
        [first, second],
        [second, third],
      ] as const)
        expect(await again(old)).toMatchObject({
          verdict: 'superseded',
          because: expect.stringMatching(new RegExp(`It was superseded by ${newer.runId}\\.$`)),
        })
      // The first has not stopped yet.
      expect(await waits(third.runId)).toBe(true)
      await ground.end(await ground.runOf(first))
      expect(await waits(third.runId)).toBe(false)
    })

    it('coalesce: one that waits carries the newest event, one that is under way stands for it too', async () => {
      const of = work('concurrency: coalesce')
      const first = await push(of)
      ground.minutes(1)
      const newer = ground.push({ title: 'Newer' })
      const [second] = await ground.meet(newer, [of])
      expect(second).toMatchObject({
        verdict: 'coalesced',
        runId: first.runId,
        because: `It happened. Joined run ${first.runId}, which was waiting to start.`,
      })
      expect((await ground.workOf(first)).event).toEqual(newer)
      await ground.start(await ground.runOf(first))
      const third = await push(of)
      expect(third).toMatchObject({
        verdict: 'coalesced',
        runId: first.runId,
        because: `It happened. Run ${first.runId} is under way for the branch main; it stands for this too.`,
      })
      expect((await ground.workOf(first)).event).toEqual(newer)
      await ground.end(await ground.runOf(first))
      expect(await push(of)).toMatchObject({ verdict: 'queued' })
    })

    it('coalesce: of texts that came along, those that reach nobody are said', async () => {
      const of = work('concurrency: { policy: coalesce, key: routine }')
      const fired = async (text: string) => (await ground.meet({ ...ground.push(), kind: 'api', text }, [of]))[0]!
      const first = await fired('one')
      ground.minutes(1)
      const joined = await fired('two')
      expect(joined.because).toMatch(/the text that came with the earlier one reaches nobody\.$/)
      expect((await ground.workOf(joined)).event.text).toBe('two')
      await ground.start(await ground.runOf(first))
      expect((await fired('three')).because).toMatch(/ The text that came with this reaches nobody\.$/)
      await ground.end(await ground.runOf(first))
    })

    it('parallel: nobody waits', async () => {
      const first = await push(work('concurrency: parallel'))
      await ground.start(await ground.runOf(first))
      const second = await push(work('concurrency: parallel'))
      expect(second).toMatchObject({ verdict: 'queued', because: 'It happened. It starts now.' })
      expect(await waits(second.runId)).toBe(false)
    })

    it('counts by subject, or for the whole routine where it says so', async () => {
      const [one] = await ground.meet(ground.issue(1), [work('')])
      const [two] = await ground.meet(ground.issue(2), [work('')])
      expect([await waits(one!.runId), await waits(two!.runId)]).toEqual([false, false])
      const whole = { ...work('concurrency: { policy: queue, key: routine }'), name: 'whole' }
      const [three] = await ground.meet(ground.issue(3), [whole])
      const [four] = await ground.meet(ground.issue(4), [whole])
      expect(four?.because).toContain(`waits for run ${three?.runId}, which is for this routine too.`)
      expect([await waits(three!.runId), await waits(four!.runId)]).toEqual([false, true])
    })
  })

  describe('debounce', () => {
    it('makes one run of a burst, after the quiet, with the newest event', async () => {
      const of = work('debounce: 10m')
      const first = await push(of)
      expect(first).toMatchObject({
        verdict: 'queued',
        because: 'It happened. It starts at 2026-11-21 10:10:00 UTC, after 10m of quiet.',
      })
      expect((await ground.runOf(first)).notBefore).toBe('2026-11-21T10:10:00.000Z')
      ground.minutes(5)
      const newest = ground.push({ title: 'Newest' })
      const [second] = await ground.meet(newest, [of])
      expect(second).toMatchObject({ verdict: 'coalesced', runId: first.runId })
      expect(second?.because).toContain('It starts at 2026-11-21 10:15:00 UTC.')
      expect(await ground.workOf(first)).toMatchObject({ notBefore: '2026-11-21T10:15:00.000Z', event: newest })
      expect(await store.runs.list({ repositoryId: ground.repositoryId, limit: 9 })).toHaveLength(1)
    })

    it('does not put a run off for ever', async () => {
      const of = work('debounce: 10m')
      const first = await push(of)
      for (let burst = 0; burst < 12; burst++) {
        ground.minutes(9)
        await push(of)
      }
      expect((await ground.runOf(first)).notBefore).toBe('2026-11-21T11:48:00.000Z')
    })

    it('makes no person wait', async () => {
      const of = work('debounce: 10m')
      const first = await push(of)
      ground.minutes(1)
      await ground.meet({ ...ground.push(), kind: 'manual', routine: 'mine' }, [of])
      expect(await ground.runOf(first)).toMatchObject({ notBefore: '2026-11-21T10:01:00.000Z', asked: true })
    })

    it('an event that comes late does not take the place of a newer one', async () => {
      const of = work('debounce: 10m')
      const late = ground.push({ title: 'Older' })
      ground.minutes(1)
      const newer = ground.push({ title: 'Newer' })
      const [first] = await ground.meet(newer, [of])
      await ground.meet(late, [of])
      expect((await ground.workOf(first)).event).toEqual(newer)
    })
  })

  describe('cooldown', () => {
    it('refuses until it is over, and says when that is', async () => {
      const of = work('cooldown: 1h')
      const first = await push(of)
      await ground.start(await ground.runOf(first))
      await ground.end(await ground.runOf(first))
      ground.minutes(59)
      const refused = await push(of)
      expect(refused).toMatchObject({
        verdict: 'refused',
        retryAt: '2026-11-21T11:00:00.000Z',
        because: `It happened. cooldown: run ${first.runId} started at 2026-11-21 10:00:00 UTC, and no other starts within 1h of it; it opens again at 2026-11-21 11:00:00 UTC.`,
      })
      expect(refused.runId).toBeUndefined()
      expect(await again(refused)).toEqual(refused)
      ground.minutes(1)
      expect(await push(of)).toMatchObject({ verdict: 'queued' })
    })

    it('counts by subject, from when a run that waits is to start, and not from one that never started', async () => {
      const of = work('cooldown: 1h')
      const [one] = await ground.meet(ground.issue(1), [of])
      expect((await ground.meet(ground.issue(2), [of]))[0]).toMatchObject({ verdict: 'queued' })
      expect((await ground.meet(ground.issue(1), [of]))[0]?.because).toContain('is to start at 2026-11-21 10:00:00 UTC')
      await store.runs.stop(
        one!.runId!,
        { end: 'stopped', because: 'Enough.' },
        new Date(ground.clock.now).toISOString(),
      )
      expect((await ground.meet(ground.issue(1), [of]))[0]).toMatchObject({ verdict: 'queued' })
    })
  })

  describe('runs', () => {
    it('refuses what goes beyond a day, until the next day of UTC', async () => {
      const of = work('runs: { day: 2 }')
      ground.clock.now = Date.parse('2026-11-21T23:50:00.000Z')
      expect([await push(of), await push(of)].map(one => one.verdict)).toEqual(['queued', 'queued'])
      expect(await push(of)).toMatchObject({
        verdict: 'refused',
        retryAt: '2026-11-22T00:00:00.000Z',
        because:
          'It happened. runs: 2 runs today, and `runs.day: 2` is the most; it opens again at 2026-11-22 00:00:00 UTC.',
      })
      ground.minutes(11)
      expect((await push(of)).verdict).toBe('queued')
    })

    it('refuses what goes beyond a month, until the first of the next', async () => {
      const of = work('runs: { month: 1 }')
      expect((await push(of)).verdict).toBe('queued')
      expect(await push(of)).toMatchObject({ verdict: 'refused', retryAt: '2026-12-01T00:00:00.000Z' })
      ground.clock.now = Date.parse('2026-12-01T00:00:00.000Z')
      expect((await push(of)).verdict).toBe('queued')
    })

    it('counts for the whole routine, and what joins a run counts once', async () => {
      const of = work('runs: { day: 2 }\nconcurrency: coalesce')
      for (const number of [1, 1, 1, 2]) await ground.meet(ground.issue(number), [of])
      expect((await ground.meet(ground.issue(3), [of]))[0]).toMatchObject({ verdict: 'refused' })
      expect((await ground.meet(ground.issue(1), [of]))[0]).toMatchObject({ verdict: 'coalesced' })
      expect((await ground.meet(ground.issue(3), [{ ...of, name: 'another' }]))[0]).toMatchObject({ verdict: 'queued' })
    })

    it('holds when many come at once, from two processes', async () => {
      const other = database.databaseUrl ? await openStore({ ...database, dataDir: database.dataDir }) : undefined
      const of = work('runs: { day: 3 }\nconcurrency: parallel')
      const all = await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          ground.meet(ground.issue(index + 1), [of], index % 2 ? other : undefined),
        ),
      )
      expect(all.flat().filter(one => one.verdict === 'queued')).toHaveLength(3)
      expect(all.flat().filter(one => one.verdict === 'refused')).toHaveLength(7)
      await other?.[Symbol.asyncDispose]()
    })
  })
})
