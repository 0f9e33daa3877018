// What is wrong with a routine's schedules, and what is worth knowing about them: zones, expressions, how often they come.
import type { ScheduleEntry, Triggers } from '../../domain/triggers.ts'
import { dueBetween, entriesOf, nextDue } from '../schedule.ts'
import { isCron, readSchedule, type Schedule } from './reading.ts'
import { dayMs } from './zone.ts'

interface Complaint {
  path: PropertyKey[]
  message: string
  note?: true
  suggestion?: string
}

/** Minutes, unless the server says otherwise. */
export const leastIntervalByDefault = 5
/** Any day would do: what is said about a file must not depend on when it is said. */
const someDay = new Date('2026-01-01T00:00:00Z')

/** `leastInterval` in minutes. */
export function complaintsAboutSchedule(
  schedule: Triggers['schedule'],
  leastInterval = leastIntervalByDefault,
): Complaint[] {
  const several = Array.isArray(schedule)
  const entries = entriesOf(schedule).map((entry, index) => {
    const path: PropertyKey[] = ['on', 'schedule', ...(several ? [index] : [])]
    return { entry, path, read: readSchedule(entry) }
  })
  const right = entries.flatMap(({ read, ...one }) => (Array.isArray(read) ? [] : [{ ...one, read }]))
  const wrong = [
    ...entries.flatMap(({ path, read }) =>
      Array.isArray(read)
        ? read.map(({ key, ...said }) => ({ path: key === undefined ? path : [...path, key], ...said }))
        : [],
    ),
    ...right.flatMap(({ entry, path, read }) => {
      const message = oftenOrNever(entry, read, leastInterval)
      return message === undefined ? [] : [{ path, message }]
    }),
  ]
  if (wrong.length > 0) return wrong
  const often = oftenTogether(right.map(({ entry }) => entry).filter(isCron), leastInterval)
  const notes = right
    .filter(({ read }) => read.bothDays)
    .map(({ path }) => ({ path, message: bothHold, note: true as const }))
  return often === undefined ? notes : [{ path: ['on', 'schedule'], message: often }]
}

/** Single times that have passed by a day; `today`: "2026-11-21". */
export function pastTimes(schedule: Triggers['schedule'], today: string): Complaint[] {
  const yesterday = new Date(Date.parse(today) - dayMs)
  return entriesOf(schedule).flatMap((entry, index) => {
    if (typeof entry === 'string' || entry.at === undefined || nextDue(entry, yesterday, 0)) return []
    const path = ['on', 'schedule', ...(Array.isArray(schedule) ? [index] : []), 'at']
    return [{ path, message: 'has passed, so it starts nothing any more.' }]
  })
}

const bothHold =
  'has a day of the month and a day of the week: it starts on days on which both hold, where ordinary cron takes either.'

function oftenOrNever(entry: ScheduleEntry, { interval }: Schedule, least: number): string | undefined {
  if (interval < least) return tooOften(`comes ${minutes(interval)} after the last time`, least)
  const never = interval < Number.POSITIVE_INFINITY && !nextDue(entry, someDay, 0)
  return never ? 'names a day that never comes.' : undefined
}

/** Each may be rare enough by itself and all of them not. Words are left out: which minute is theirs is not known here. */
function oftenTogether(entries: ScheduleEntry[], least: number): string | undefined {
  if (entries.length < 2) return undefined
  const until = new Date(someDay.getTime() + 8 * dayMs)
  const dues = entries.flatMap(entry => dueBetween(entry, someDay, until, 0).map(due => due.getTime()))
  const ordered = [...new Set(dues)].sort((a, b) => a - b)
  const apart = Math.min(...ordered.slice(1).map((due, index) => (due - (ordered[index] ?? 0)) / 60_000))
  return apart < least ? tooOften(`come ${minutes(apart)} after one another`, least) : undefined
}

function tooOften(how: string, least: number): string {
  return `${how}; on this server ${minutes(least)} is the least.`
}

function minutes(count: number): string {
  return `${count} ${count === 1 ? 'minute' : 'minutes'}`
}
