// Words of schedules: each starts within its window, everywhere at a minute of its own, always at the same one.
import { describe, expect, it } from 'vitest'
import { dueBetween, nextDue, seedOf } from '../../../src/routines/index.ts'

/** Local days and times of `words` for many repositories, in Berlin. */
function times(words: string, repositories = 400): { day: string; minute: number }[] {
  const clock = new Intl.DateTimeFormat('en-GB', {
    timeZone: 'Europe/Berlin',
    weekday: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  })
  return Array.from({ length: repositories }, (_, repository) => {
    const entry = { every: words, timezone: 'Europe/Berlin' }
    const due = nextDue(entry, new Date('2026-05-01T00:00Z'), seedOf(repository, 'sweep'))
    const parts = Object.fromEntries(clock.formatToParts(due).map(({ type, value }) => [type, value]))
    return { day: `${parts.weekday} ${parts.day}`, minute: Number(parts.hour) * 60 + Number(parts.minute) }
  })
}

const night = [0, 5 * 60]

describe('words', () => {
  it.each([
    ['nightly', night],
    ['daily', night],
    ['every night', night],
    ['weekdays', night],
    ['weekends', night],
    ['weekly', night],
    ['weekly on monday', night],
    ['every monday', night],
    ['monthly', night],
    ['daily around 14:00', [13 * 60 + 30, 14 * 60 + 30]],
    ['weekdays around 9:00', [8 * 60 + 30, 9 * 60 + 30]],
    ['weekly on friday around noon', [11 * 60 + 30, 12 * 60 + 30]],
    ['daily around 0:10', [0, 40]],
    ['daily around 23:50', [23 * 60 + 20, 24 * 60]],
    ['weekdays between 9:00 and 17:00', [9 * 60, 17 * 60]],
    ['monthly on the 15th between 22:00 and 23:59', [22 * 60, 23 * 60 + 59]],
    ['daily at 14:30', [14 * 60 + 30, 14 * 60 + 31]],
  ])('`%s` starts within its window, and not all at once', (words, [from = 0, to = 0]) => {
    const minutes = times(words).map(({ minute }) => minute)
    expect(Math.min(...minutes)).toBeGreaterThanOrEqual(from)
    expect(Math.max(...minutes)).toBeLessThan(to)
    const most = Math.max(
      ...Map.groupBy(minutes, minute => minute)
        .values()
        .map(same => same.length),
    )
    if (to - from >= 30) expect(most).toBeLessThanOrEqual(Math.ceil((400 / (to - from)) * 4 + 4))
  })

  it.each([
    ['weekdays', ['Mon', 'Tue', 'Wed', 'Thu', 'Fri']],
    ['weekends', ['Sat', 'Sun']],
    ['weekly on monday', ['Mon']],
    ['mondays around 9:00', ['Mon']],
    ['every mon, wed and fri at 8:00', ['Mon', 'Wed', 'Fri']],
    ['weekly on thursday', ['Thu']],
    ['weekly', ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']],
  ])('`%s` starts on its days', (words, days) => {
    const all = dueBetween({ every: words }, new Date('2026-05-01T12:00Z'), new Date('2026-05-29T12:00Z'), 5)
    const names = new Set(all.map(due => due.toUTCString().slice(0, 3)))
    const some = new Set(times(words).map(({ day }) => day.slice(0, 3)))
    if (words === 'weekly') expect([all.length, some]).toEqual([4, new Set(days)])
    else expect(names).toEqual(new Set(days))
  })

  it.each([
    ['monthly on the 15th', ['2026-02-15', '2026-03-15', '2026-04-15']],
    ['monthly on 1', ['2026-02-01', '2026-03-01', '2026-04-01']],
    ['monthly on the last day', ['2026-01-31', '2026-02-28', '2026-03-31', '2026-04-30']],
  ])('`%s` starts once a month', (words, days) => {
    const found = dueBetween({ every: words }, new Date('2026-01-20T00:00Z'), new Date('2026-05-01T00:00Z'), 9)
    expect(found.map(due => due.toISOString().slice(0, 10))).toEqual(days)
  })

  it.each([
    ['hourly', 60],
    ['every hour', 60],
    ['every 6 hours', 360],
    ['every 12 hours', 720],
    ['every 5 minutes', 5],
    ['every 30 minutes', 30],
  ])('`%s` comes every %i minutes, from a minute of its own', (words, apart) => {
    const of = (repository: number) =>
      dueBetween(words, new Date('2026-05-01T00:00Z'), new Date('2026-05-03T00:00Z'), seedOf(repository, 'x'))
    const found = of(1)
    expect(found).toHaveLength(2880 / apart)
    expect(
      new Set(found.slice(1).map((due, index) => (due.getTime() - (found[index]?.getTime() ?? 0)) / 60_000)),
    ).toEqual(new Set([apart]))
    const phases = new Set(Array.from({ length: 200 }, (_, repository) => of(repository)[0]?.getTime()))
    expect(phases.size).toBeGreaterThan(Math.min(apart, 200) / 3)
  })

  it('fall for the same routine of the same repository on the same minute, and for others on another', () => {
    expect(seedOf(42, 'sweep')).toBe(seedOf(42, 'sweep'))
    expect(seedOf(42, 'sweep')).not.toBe(seedOf(42, 'docs'))
    expect(seedOf(42, 'sweep')).not.toBe(seedOf(43, 'sweep'))
  })
})
