// When a schedule is due: pure, in its own zone, with a minute of its own for each repository and routine where words leave one open.
import type { ScheduleEntry, Triggers } from '../domain/triggers.ts'
import { readSchedule, type Schedule, type Times } from './schedules/reading.ts'
import type { Zone } from './schedules/zone.ts'

/** Days that are looked through: a 29th of February that is a Monday comes once in 40 years at the rarest. */
const daysAhead = 41 * 366

/** The first time after `after`; undefined when there is none any more, or the entry can not be read. */
export function nextDue(entry: ScheduleEntry, after: Date, seed: number): Date | undefined {
  for (const due of dueAfter(entry, after, seed)) return due
  return undefined
}

/** Times after `after` up to and including `until`, oldest first. */
export function dueBetween(entry: ScheduleEntry, after: Date, until: Date, seed: number): Date[] {
  const found: Date[] = []
  for (const due of dueAfter(entry, after, seed)) {
    if (due > until) break
    found.push(due)
  }
  return found
}

export function entriesOf(schedule: Triggers['schedule']): ScheduleEntry[] {
  if (schedule === undefined) return []
  return Array.isArray(schedule) ? schedule : [schedule]
}

/** An entry as people know it again: "`0 2 * * *` (Europe/Berlin)". */
export function sayEntry(entry: ScheduleEntry): string {
  if (typeof entry === 'string') return `\`${entry}\``
  return `\`${entry.cron ?? entry.every ?? entry.at}\`${entry.timezone ? ` (${entry.timezone})` : ''}`
}

/** Times after `after`, oldest first, without an end as a rule. */
export function* dueAfter(entry: ScheduleEntry, after: Date, seed: number): Generator<Date> {
  const schedule = readSchedule(entry)
  if (Array.isArray(schedule)) return
  for (const instant of instantsOf(schedule, after.getTime(), seed)) yield new Date(instant)
}

function instantsOf({ zone, times }: Schedule, after: number, seed: number): Iterable<number> {
  const placed: Times = times(seed)
  if ('every' in placed) return steadily(placed.every * 60_000, placed.phase * 60_000, after)
  if (!('once' in placed)) return daily(zone, placed, after)
  const instant = zone.instantsOn(placed.once.date)(placed.once.minute)
  return instant > after ? [instant] : []
}

/** Steps of hours and minutes are counted in UTC, so that no clock that jumps lets one out. */
function* steadily(every: number, phase: number, after: number): Generator<number> {
  for (let due = (Math.floor((after - phase) / every) + 1) * every + phase; ; due += every) yield due
}

/** What a gap puts on the same instant is one time. */
function* daily(zone: Zone, { minutes, on }: { minutes: number[]; on(date: number): boolean }, after: number) {
  let last = after
  const first = zone.dateAt(after)
  for (let date = first; date < first + daysAhead; date++) {
    if (!on(date)) continue
    const instantAt = zone.instantsOn(date)
    for (const minute of minutes) {
      const instant = instantAt(minute)
      if (instant <= last) continue
      last = instant
      yield instant
    }
  }
}
