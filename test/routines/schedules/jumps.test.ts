// The two nights a year on which the clock jumps, and the ends of what a schedule can say.

import fc from 'fast-check'
import cron from 'node-cron'
import { describe, expect, it } from 'vitest'
import { dueBetween, nextDue } from '../../../src/routines/index.ts'
import { expressions, jumpsOf } from './expressions.ts'

const dues = (expression: string, timezone: string, from: string, until: string) =>
  dueBetween({ cron: expression, timezone }, new Date(from), new Date(until), 0).map(due =>
    due.toISOString().slice(0, 16),
  )

describe('where the clock goes forward', () => {
  it('a time that is left out comes at the first instant after the gap', () => {
    expect(dues('30 2 * * *', 'Europe/Berlin', '2026-03-28T12:00Z', '2026-03-30T12:00Z')).toEqual([
      '2026-03-29T01:00',
      '2026-03-30T00:30',
    ])
  })

  it('all times of the gap are one start, and one that is due then anyway is not a second', () => {
    expect(dues('*/20 2,3 * * *', 'Europe/Berlin', '2026-03-28T12:00Z', '2026-03-29T12:00Z')).toEqual([
      '2026-03-29T01:00',
      '2026-03-29T01:20',
      '2026-03-29T01:40',
    ])
  })

  it('a gap at midnight belongs to the day that begins with it', () => {
    expect(dues('0 0 * * *', 'America/Santiago', '2026-09-05T12:00Z', '2026-09-07T12:00Z')).toEqual([
      '2026-09-06T04:00',
      '2026-09-07T03:00',
    ])
  })

  it('a single time in a gap comes after it', () => {
    const entry = { at: '2026-03-29 02:30', timezone: 'Europe/Berlin' }
    expect(nextDue(entry, new Date('2026-01-01T00:00Z'), 0)?.toISOString()).toBe('2026-03-29T01:00:00.000Z')
  })
})

describe('where the clock goes back', () => {
  it('a time that comes twice is due the first time only', () => {
    expect(dues('30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00Z', '2026-10-26T12:00Z')).toEqual([
      '2026-10-25T00:30',
      '2026-10-26T01:30',
    ])
    expect(dues('30 * * * *', 'Europe/Berlin', '2026-10-24T23:00Z', '2026-10-25T03:00Z')).toEqual([
      '2026-10-24T23:30',
      '2026-10-25T00:30',
      '2026-10-25T02:30',
    ])
  })

  it('by half an hour, too', () => {
    expect(dues('45 1 * * *', 'Australia/Lord_Howe', '2026-04-03T20:00Z', '2026-04-05T20:00Z')).toEqual([
      '2026-04-04T14:45',
      '2026-04-05T15:15',
    ])
  })

  it('is asked from within the second hour, and the next one is of the next day', () => {
    const entry = { cron: '30 2 * * *', timezone: 'Europe/Berlin' }
    expect(nextDue(entry, new Date('2026-10-25T01:10Z'), 0)?.toISOString()).toBe('2026-10-26T01:30:00.000Z')
  })

  it('words of hours and minutes go on evenly', () => {
    const over = (from: string) =>
      dueBetween(
        { every: 'hourly', timezone: 'Europe/Berlin' },
        new Date(from),
        new Date(Date.parse(from) + 86_400_000),
        7,
      )
    for (const from of ['2026-10-24T12:00Z', '2026-03-28T12:00Z']) {
      const found = over(from).map(due => due.getTime())
      expect(found).toHaveLength(24)
      expect(new Set(found.slice(1).map((due, index) => due - (found[index] ?? 0)))).toEqual(new Set([3_600_000]))
    }
  })
})

describe('the next due time', () => {
  const someInstant = fc.date({ min: new Date('2025-01-01'), max: new Date('2030-01-01'), noInvalidDate: true })
  const someZone = fc.constantFrom(
    'UTC',
    'Europe/Berlin',
    'America/New_York',
    'America/St_Johns',
    'America/Santiago',
    'Australia/Lord_Howe',
    'Africa/Casablanca',
    'Asia/Kathmandu',
    'Pacific/Apia',
  )
  const field = (min: number, max: number) => {
    const number = fc.integer({ min, max })
    return fc.oneof(
      { weight: 3, arbitrary: fc.constant('*') },
      number.map(String),
      fc.tuple(number, number).map(([a, b]) => `${a}-${b}`),
      fc.integer({ min: 2, max: 9 }).map(step => `*/${step}`),
      fc.array(number, { minLength: 2, maxLength: 4 }).map(list => list.join(',')),
    )
  }
  const someCron = fc.oneof(
    fc.constantFrom(...expressions, '0 0 15W * *', '0 0 LW * *', '0 0 L-2 * *', '7 7 1W * *', '0 0 * * 3#5'),
    fc.tuple(field(0, 59), field(0, 23), field(1, 28), field(1, 12), field(0, 7)).map(fields => fields.join(' ')),
  )

  /** node-cron's own word on an instant, without a task that it keeps. */
  function matches(expression: string, timezone: string, date: Date): boolean {
    const task = cron.createTask(expression, () => {}, { timezone })
    const matched = task.match(date)
    void task.destroy()
    return matched
  }

  const isAfterGap = (zone: string, instant: number) =>
    jumpsOf(zone, new Date(instant).getUTCFullYear()).some(({ at, by }) => by > 0 && at === instant)

  it('is later, matches the expression as node-cron reads it, and nothing before it does', () => {
    fc.assert(
      fc.property(someCron, someZone, someInstant, (expression, timezone, after) => {
        const due = nextDue({ cron: expression, timezone }, after, 0)
        if (!due) return
        expect(due.getTime()).toBeGreaterThan(after.getTime())
        expect(due.getTime() % 60_000).toBe(0)
        if (!isAfterGap(timezone, due.getTime())) expect(matches(expression, timezone, due)).toBe(true)
        const between = due.getTime() - after.getTime()
        const probes = Array.from({ length: 20 }, (_, index) => after.getTime() + Math.floor((between * index) / 20))
        // What comes twice matches twice for node-cron.
        for (const probe of probes
          .map(one => Math.ceil((one + 1) / 60_000) * 60_000)
          .filter(one => one < due.getTime()))
          if (matches(expression, timezone, new Date(probe))) expect(isRepeated(timezone, probe)).toBe(true)
      }),
      { numRuns: 400 },
    )
  })

  function isRepeated(zone: string, instant: number): boolean {
    return jumpsOf(zone, new Date(instant).getUTCFullYear()).some(
      ({ at, by }) => by < 0 && instant >= at && instant < at - by,
    )
  }

  it('asked from just before itself is itself, and later questions have later answers', () => {
    fc.assert(
      fc.property(someCron, someZone, someInstant, fc.nat(90 * 86_400_000), (expression, timezone, after, later) => {
        const entry = { cron: expression, timezone }
        const due = nextDue(entry, after, 0)
        if (!due) return
        expect(nextDue(entry, new Date(due.getTime() - 1), 0)).toEqual(due)
        const next = nextDue(entry, new Date(after.getTime() + later), 0)
        if (next) expect(next.getTime()).toBeGreaterThanOrEqual(due.getTime())
      }),
      { numRuns: 400 },
    )
  })

  it('of a single time comes once, and of one that can not be read never', () => {
    const entry = { at: '2026-12-01 09:00', timezone: 'Europe/Berlin' }
    const due = new Date('2026-12-01T08:00Z')
    expect(nextDue(entry, new Date('2026-11-21T00:00Z'), 0)).toEqual(due)
    expect(nextDue(entry, due, 0)).toBeUndefined()
    expect(nextDue('sometimes', due, 0)).toBeUndefined()
  })

  it('of a day that is rare is found, however far away', () => {
    expect(nextDue('0 0 29 2 1', new Date('2026-01-01T00:00Z'), 0)?.toISOString()).toBe('2044-02-29T00:00:00.000Z')
    expect(nextDue('0 0 29 2 *', new Date('2096-03-01T00:00Z'), 0)?.toISOString()).toBe('2104-02-29T00:00:00.000Z')
  })
})
