// Twelve hours in which nothing ran, over 200 scheduled routines: what is made up for, what is left out, how it is spread, and what it may cost. The clock is simulated; database and purses are real.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Schedule } from '../../src/domain/schedule.ts'
import type { Caps, Store } from '../../src/domain/store.ts'
import type { ScheduleEntry } from '../../src/domain/triggers.ts'
import { decideDue, dueBetween, nextDue, seedOf } from '../../src/routines/index.ts'
import { type TestDatabase, usual } from '../databases.ts'
import { repository as sample } from '../store/samples.ts'

const minute = 60_000
const down = Date.parse('2026-11-21T01:00:00Z')
const up = Date.parse('2026-11-21T13:00:00Z')
/** How long a run takes, and how many of them a worker has places for: half of four. */
const [takes, places] = [3 * minute, 2]

const entries: ScheduleEntry[] = [
  { every: 'nightly', timezone: 'Europe/Berlin' },
  { every: 'nightly', missed: 'skip' },
  'hourly',
  { every: 'hourly', missed: 'skip' },
  { cron: '30 6 * * *' },
]

interface Start {
  id: string
  at: number
  due: string
  missed: number
  because: string
}

describe('twelve hours of down time', () => {
  let database: TestDatabase
  let store: Store
  let now: number
  let runs: number
  beforeEach(async () => {
    database = await usual.open({ now: () => new Date(now) })
    store = database.store
    runs = 0
  })
  afterEach(() => database.close())

  /** 40 repositories with 5 routines each, watched until the server goes down. */
  async function watch(): Promise<Map<string, { entry: ScheduleEntry; seed: number; missed: Date[] }>> {
    const watched = new Map<string, { entry: ScheduleEntry; seed: number; missed: Date[] }>()
    for (let repositoryId = 1; repositoryId <= 40; repositoryId++) {
      const repository = { ...sample, id: repositoryId, name: `shop-${repositoryId}` }
      await store.repositories.seen(repository, new Date(down).toISOString())
      const rows = entries.map((entry, n) => {
        const routine = `routine-${n}`
        const [id, seed] = [`${repositoryId}:${routine}:a`, seedOf(repositoryId, routine)]
        watched.set(id, { entry, seed, missed: dueBetween(entry, new Date(down), new Date(up), seed) })
        const due = nextDue(entry, new Date(down), seed)?.toISOString()
        return { id, repositoryId, routine, entry, seed, usd: 1, dayUsd: 20, due }
      })
      await store.schedules.keep(repositoryId, rows, new Date(down).toISOString())
    }
    return watched
  }

  /** Goes through the minutes: takes what is due, and lets a worker run it, each run for `cost`. */
  async function go(until: number, caps: { day: number; month: number }, cost = 0.1) {
    const decide = decideDue(caps)
    const starts: Start[] = []
    const waiting: { runId: string; repositoryId: number }[] = []
    const going: { runId: string; repositoryId: number; ends: number }[] = []
    const refused: unknown[] = []
    const joined: string[] = []
    for (; now <= until; now += minute) {
      for (;;) {
        const taken = await store.schedules.takeDue(new Date(now).toISOString(), 50, decide)
        for (const { schedule, decision, eventId } of taken) {
          // Too close to the start that made up for what was missed, which then stands for it.
          if (decision.step.do === 'wait' && decision.behind) joined.push(schedule.id)
          if (decision.step.do !== 'start' || !eventId) continue
          const { at: due, missed, because } = decision.step.due
          starts.push({ id: schedule.id, at: now, due, missed, because })
          waiting.push(await request(schedule, eventId))
        }
        if (taken.length < 50) break
      }
      for (const run of going.splice(0)) {
        if (run.ends > now) going.push(run)
        else await end(run.runId)
      }
      while (going.length < places && waiting.length > 0) {
        const run = waiting.shift()!
        await spend(run, caps, cost).catch(problem => refused.push(problem))
        going.push({ ...run, ends: now + takes })
      }
    }
    return { starts, joined, refused }
  }

  async function request(schedule: Schedule, eventId: string) {
    const [runId, at] = [`run-${++runs}`, new Date(now).toISOString()]
    const { repository, repositoryId, routine } = schedule
    await store.occurrences.record({
      id: `occurrence-${runs}`,
      eventId,
      repositoryId,
      routine,
      verdict: 'queued',
      because: 'It was due.',
      runId,
      at,
    })
    await store.runs.request({
      id: runId,
      kind: 'review',
      repository,
      number: runs,
      pull: {} as never,
      routines: [],
      asked: false,
      eventId,
      requestedAt: at,
      notBefore: at,
      estimate: takes,
      supersededInRow: 0,
      expireInSeconds: 600,
    })
    return { runId, repositoryId }
  }

  async function spend(
    { runId, repositoryId }: { runId: string; repositoryId: number },
    caps: { day: number; month: number },
    usd: number,
  ) {
    const run = (await store.runs.claim(runId, new Date(now).toISOString()))!
    const most: Caps = {
      run: 1,
      pull: 1e9,
      repositoryDay: 20,
      serverRun: 1e9,
      serverDay: caps.day,
      serverMonth: caps.month,
    }
    const meter = store.ledger.meter({ id: runId, attempt: run.attempt, repositoryId }, most)
    const call = await meter.reserve({ name: 'agent', kind: 'finder', model: 'm', usd })
    const usage = { input: 1, cacheWrite: 0, cacheRead: 0, output: 1 }
    await meter.settle(call, { usd, usage, status: 'ok', milliseconds: 1 } as never)
  }

  const end = async (runId: string) => store.runs.end(runId, 1, 'done', 'Done.', new Date(now).toISOString())
  const spentOn = async (day: string) => (await store.ledger.spent({ since: `${day}T00:00:00.000Z` })).usd

  it('is made up for once or left out, as each routine says, spread over more than ten minutes', {
    timeout: 120_000,
  }, async () => {
    now = down
    const watched = await watch()
    now = up
    const { starts, joined, refused } = await go(up + 90 * minute, { day: 1000, month: 1000 })
    expect(refused).toEqual([])

    const made: Start[] = []
    for (const [id, { entry, seed, missed }] of watched) {
      const own = starts.filter(start => start.id === id)
      const skips = typeof entry !== 'string' && entry.missed === 'skip'
      const occurrences = (await store.occurrences.ofEvent(`schedule:${id}:${missed[0]?.toISOString()}:missed`)).map(
        ({ verdict, because }) => ({ verdict, because }),
      )
      const late = missed.filter(time => up - time.getTime() > 10 * minute)
      if (skips) {
        expect(
          own.every(start => start.missed === 0),
          id,
        ).toBe(true)
        if (late.length > 0)
          expect(occurrences, id).toMatchObject([
            { verdict: 'missed', because: expect.stringMatching(/`missed: skip` leaves that out\.$/) },
          ])
      } else if (late.length > 0) {
        const [first] = own
        expect(first, id).toBeDefined()
        made.push(first!)
        // One start stands for all that was missed, and for what was due until its turn came.
        const until = dueBetween(entry, new Date(down), new Date(first!.at), seed)
        expect(first!.missed, id).toBe(until.length - 1)
        expect(first!.because).toMatch(/what was missed starts spread out, \d+ in all, and this one at/)
        expect(occurrences, id).toMatchObject([
          { verdict: 'coalesced', because: expect.stringMatching(/^(It started|\d+ times from)/) },
        ])
      }
      // Each time is stood for exactly once.
      const stood = own.reduce((sum, start) => sum + 1 + start.missed, 0)
      const all = dueBetween(entry, new Date(skips ? (late.at(-1) ?? down) : down), new Date(now - minute), seed)
      expect(stood + joined.filter(one => one === id).length, id).toBe(all.length)
    }
    expect(made.length).toBeGreaterThan(100)
    const times = made.map(start => start.at)
    expect(Math.max(...times) - Math.min(...times)).toBeGreaterThanOrEqual(10 * minute)
    const together = Math.max(
      ...Map.groupBy(times, time => time)
        .values()
        .map(same => same.length),
    )
    expect(together).toBeLessThan(made.length / 5)
  })

  it('costs no more than a day may cost: the rest says so, and starts the next day', { timeout: 120_000 }, async () => {
    now = down
    await watch()
    now = up
    const caps = { day: 3, month: 1000 }
    const { starts, refused } = await go(Date.parse('2026-11-21T23:59:00Z'), caps, 0.25)
    expect(refused).toEqual([])
    expect(await spentOn('2026-11-21')).toBeLessThanOrEqual(3)
    expect(await spentOn('2026-11-21')).toBeGreaterThan(2.5)
    expect(starts).toHaveLength(12)

    const putOff = (await store.schedules.list(500)).filter(schedule => schedule.putOff)
    expect(putOff.length).toBeGreaterThan(100)
    for (const { id, due, putOff: because } of putOff) {
      expect(because).toMatch(
        /^The budget of \$3\.00 a day for the server is used up; it was put off until 2026-11-22 00:\d\d UTC\.$/,
      )
      expect(await store.occurrences.ofEvent(`schedule:${id}:${due}:missed`)).toMatchObject([
        { verdict: 'queued', because },
      ])
    }
    const next = await go(Date.parse('2026-11-22T02:00:00Z'), caps, 0.25)
    expect(next.starts).toHaveLength(12)
    expect(next.starts.filter(start => start.because.includes('is used up')).length).toBeGreaterThan(0)
    expect(await spentOn('2026-11-22')).toBeLessThanOrEqual(3)
  })
})
