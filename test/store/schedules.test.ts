// Watched times in the database: kept as the configuration says, taken once, with the event and its job in the same transaction.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { DecideSchedule, WatchedEntry } from '../../src/domain/schedule.ts'
import type { Store } from '../../src/domain/store.ts'
import { decideDue } from '../../src/routines/index.ts'
import { databases, type TestDatabase } from '../databases.ts'
import { repository as sample } from './samples.ts'

const decide = decideDue({ day: 25, month: 200 })
const noon = '2026-11-21T12:00:00.000Z'

describe.each(databases)('schedules on $name', ({ open }) => {
  let database: TestDatabase
  let store: Store
  let repository = sample
  let ids = 1000
  beforeAll(async () => {
    database = await open()
    store = database.store
  })
  afterAll(() => database.close())
  beforeEach(async () => {
    repository = { ...sample, id: ++ids, name: `widgets-${ids}` }
    await store.repositories.seen(repository, noon)
  })

  // One database for all, and each test alone in it: what is kept of another repository would be due too.
  afterEach(() => store.schedules.keep(repository.id, [], '2026-01-01T00:00:00.000Z'))

  const entry = (change: Partial<WatchedEntry> & { due?: string; past?: string } = {}) => ({
    id: `${repository.id}:${change.routine ?? 'sweep'}:a`,
    repositoryId: repository.id,
    routine: 'sweep',
    entry: '0 12 * * *',
    seed: 7,
    usd: 2,
    dayUsd: 20,
    due: noon,
    ...change,
  })
  const occurrences = async () =>
    (await store.occurrences.list({ repositoryId: repository.id, limit: 50 })).map(
      ({ eventId, routine, verdict, because }) => ({ eventId, routine, verdict, because }),
    )

  it('are kept: new ones are watched, others keep their due time, those that are gone go', async () => {
    await store.schedules.keep(repository.id, [entry(), entry({ id: `${repository.id}:sweep:b` })], noon)
    const later = '2026-11-22T12:00:00.000Z'
    await store.schedules.keep(
      repository.id,
      [entry({ due: later, usd: 5, entry: { cron: '0 12 * * *', missed: 'skip' } })],
      noon,
    )
    const kept = await store.schedules.of(repository.id)
    expect(kept).toEqual([
      {
        ...entry(),
        repository,
        usd: 5,
        entry: { cron: '0 12 * * *', missed: 'skip' },
        notBefore: noon,
      },
    ])
    expect(await occurrences()).toEqual([
      {
        eventId: `schedule:${repository.id}:sweep:b:${noon}:missed`,
        routine: 'sweep',
        verdict: 'skipped',
        because: 'It was taken out before it could start.',
      },
    ])
  })

  it('of one time that has passed are said to be missed, once', async () => {
    const past = '2026-01-01T09:00:00.000Z'
    const { due: _, ...passed } = entry({ entry: { at: '2026-01-01 09:00' } })
    await store.schedules.keep(repository.id, [{ ...passed, past }], noon)
    await store.schedules.keep(repository.id, [{ ...passed, past, usd: 3 }], noon)
    expect(await occurrences()).toMatchObject([{ verdict: 'missed', because: expect.stringMatching(/had passed/) }])
    expect((await store.schedules.of(repository.id))[0]?.due).toBeUndefined()
  })

  it('that are due become an event with its job, and the next due time', async () => {
    await store.schedules.keep(repository.id, [entry()], noon)
    expect(await store.schedules.takeDue('2026-11-21T11:59:59.000Z', 10, decide)).toEqual([])
    const [waiting] = await store.queueDepth()
    const now = '2026-11-21T12:00:20.000Z'
    const taken = await store.schedules.takeDue(now, 10, decide)
    const eventId = `schedule:${entry().id}:${noon}`
    expect(taken.map(one => one.eventId)).toEqual([eventId])
    expect(await store.events.get(eventId)).toEqual({
      id: eventId,
      kind: 'schedule',
      action: 'due',
      at: now,
      repository,
      actor: { id: 0, login: 'clock', type: 'Bot' },
      routine: 'sweep',
      due: { at: noon, missed: 0, because: '`0 12 * * *` was due at 2026-11-21 12:00 UTC.' },
      own: false,
    })
    expect((await store.queueDepth())[0]?.waiting).toBe((waiting?.waiting ?? 0) + 1)
    expect(await store.schedules.of(repository.id)).toMatchObject([
      { due: '2026-11-22T12:00:00.000Z', notBefore: '2026-11-22T12:00:00.000Z', last: { eventId, due: noon, at: now } },
    ])
    expect(await store.schedules.takeDue(now, 10, decide)).toEqual([])
  })

  it('stay due when the transaction that takes them fails', async () => {
    await store.schedules.keep(repository.id, [entry()], noon)
    const [before] = await store.queueDepth()
    await expect(
      store.transaction(async rooms => {
        expect(await rooms.schedules.takeDue(noon, 10, decide)).toHaveLength(1)
        throw new Error('the process dies here')
      }),
    ).rejects.toThrow('dies')
    expect(await store.events.get(`schedule:${entry().id}:${noon}`)).toBeUndefined()
    expect((await store.queueDepth())[0]?.waiting).toBe(before?.waiting)
    expect(await store.schedules.takeDue(noon, 10, decide)).toHaveLength(1)
  })

  it('that are put off wait with a sentence, which the start replaces', async () => {
    await store.schedules.keep(repository.id, [entry()], noon)
    const until = '2026-11-21T12:10:00.000Z'
    const putOff: DecideSchedule = () => ({
      behind: { from: noon, because: 'There is no money.' },
      step: { do: 'put off', due: noon, until, because: 'There is no money.' },
    })
    expect(await store.schedules.takeDue(noon, 10, putOff)).toMatchObject([{ decision: { step: { do: 'put off' } } }])
    expect(await store.schedules.of(repository.id)).toMatchObject([
      { due: noon, notBefore: until, putOff: 'There is no money.' },
    ])
    const missed = { eventId: `schedule:${entry().id}:${noon}:missed`, routine: 'sweep' }
    expect(await occurrences()).toEqual([{ ...missed, verdict: 'queued', because: 'There is no money.' }])
    expect(await store.schedules.takeDue('2026-11-21T12:09:00.000Z', 10, decide)).toEqual([])

    const [taken] = await store.schedules.takeDue(until, 10, decide)
    expect(taken?.eventId).toBe(`schedule:${entry().id}:${noon}`)
    expect((await store.events.get(taken?.eventId ?? ''))?.due?.because).toMatch(/There is no money\.$/)
    expect(await occurrences()).toEqual([
      { ...missed, verdict: 'coalesced', because: 'It started at 2026-11-21 12:10 UTC. There is no money.' },
    ])
    expect((await store.schedules.of(repository.id))[0]?.putOff).toBeUndefined()
  })

  it('of which one can not be decided about: it alone is put off, with the reason, and the others start', async () => {
    await store.schedules.keep(
      repository.id,
      ['bad', 'good'].map(routine => entry({ routine })),
      noon,
    )
    const broken: DecideSchedule = (schedule, about) => {
      if (schedule.routine === 'bad') throw new Error('no such zone')
      return decide(schedule, about)
    }
    const taken = await store.schedules.takeDue(noon, 10, broken)
    expect(taken.map(one => [one.schedule.routine, one.decision.step.do])).toEqual([
      ['bad', 'put off'],
      ['good', 'start'],
    ])
    const bad = (await store.schedules.of(repository.id)).find(one => one.routine === 'bad')
    expect(bad).toMatchObject({ due: noon, notBefore: '2026-11-21T13:00:00.000Z' })
    expect(bad?.putOff).toMatch(/^It could not be started, and is tried again in an hour: /)
    expect(await occurrences()).toMatchObject([{ routine: 'bad', verdict: 'queued', because: bad?.putOff }])
    expect(await store.schedules.takeDue(noon, 10, broken)).toEqual([])
  })

  it('know what was spent, and what is promised to runs that have not ended', async () => {
    const seen: unknown[] = []
    const look: DecideSchedule = (schedule, about) => {
      seen.push(about.money)
      return decide(schedule, about)
    }
    await store.schedules.keep(
      repository.id,
      ['one', 'two'].map(routine => entry({ routine, usd: 3 })),
      noon,
    )
    await store.schedules.takeDue(noon, 10, look)
    const none = { serverDay: 0, serverMonth: 0, repositoryDay: 0 }
    expect(seen).toEqual([
      { ...none, promised: 0, promisedHere: 0 },
      { ...none, promised: 3, promisedHere: 3 },
    ])
    await store.schedules.keep(
      repository.id,
      [...['one', 'two'].map(routine => entry({ routine, usd: 3 })), entry()],
      noon,
    )
    await store.schedules.takeDue('2026-11-21T12:30:00.000Z', 10, look)
    expect(seen.at(-1)).toEqual({ ...none, promised: 6, promisedHere: 6 })
    // Nothing came of them within the hour: they hold nothing any more.
    await store.schedules.takeDue('2026-11-22T12:00:00.000Z', 10, look)
    expect(seen.at(-3)).toMatchObject({ promised: 0 })
  })

  it('that nobody takes are known', async () => {
    await store.schedules.keep(repository.id, [entry()], noon)
    expect(await store.schedules.untaken(noon, 10)).toEqual([])
    expect(await store.schedules.untaken('2026-11-21T12:10:00.000Z', 10)).toMatchObject([
      { routine: 'sweep', due: noon },
    ])
    expect((await store.schedules.list(10))[0]).toMatchObject({ repositoryId: repository.id, due: noon })
  })

  it('one process has a turn', async () => {
    const what = `look ${repository.id}`
    const turns = await Promise.all(Array.from({ length: 5 }, () => store.schedules.turn(what, noon, 3600)))
    expect(turns.filter(Boolean)).toHaveLength(1)
    expect(await store.schedules.turn(what, '2026-11-21T12:59:59.000Z', 3600)).toBe(false)
    expect(await store.schedules.turn(what, '2026-11-21T13:00:00.000Z', 3600)).toBe(true)
    await store.schedules.turnAt(what, noon)
    expect(await store.schedules.turn(what, '2026-11-21T13:00:01.000Z', 3600)).toBe(true)
  })

  it('remember what was read for them', async () => {
    await store.schedules.markRead(repository.id, 'main 1', noon)
    await store.schedules.markRead(repository.id, 'main 2', noon)
    expect((await store.schedules.reads()).get(repository.id)).toBe('main 2')
    await store.schedules.unmarkRead(repository.id)
    expect((await store.schedules.reads()).has(repository.id)).toBe(false)
  })
})
