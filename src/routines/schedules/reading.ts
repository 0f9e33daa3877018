// An entry of `on.schedule`, read: what it means, what is wrong with it, and how often it comes.
import { createHash } from 'node:crypto'
import type { ScheduleEntry } from '../../domain/triggers.ts'
import { nearest } from '../nearest.ts'
import { readCron } from './cron.ts'
import { readWords, type Worded } from './words.ts'
import { dayMs, openZone, type Zone } from './zone.ts'

/** `once` is a minute of a date. */
export type Times = Worded | { once: { date: number; minute: number } }

export interface Schedule {
  zone: Zone
  times(seed: number): Times
  /** Least minutes between two of its times; infinite for one time. */
  interval: number
  /** Set where the expression is cron's with a day of the month and a day of the week. */
  bothDays: boolean
}

/** What is wrong, as the end of a sentence about the entry or one of its keys. */
export interface Wrong {
  key?: 'cron' | 'every' | 'at' | 'timezone'
  message: string
  /** What was probably meant. */
  suggestion?: string
}

type Parts = Exclude<ScheduleEntry, string>
const kinds = ['cron', 'every', 'at'] as const

export function readSchedule(entry: ScheduleEntry): Schedule | Wrong[] {
  const parts = partsOf(entry)
  const [kind, ...more] = kinds.filter(key => parts[key] !== undefined)
  const timezone = parts.timezone ?? 'UTC'
  const zone = openZone(timezone)
  const wrongZone: Wrong[] = zone ? [] : [{ key: 'timezone', ...unknownZone(timezone) }]
  const choice = 'give one of `cron`, `every` and `at`.'
  if (kind === undefined) return [...wrongZone, { message: `says no time; ${choice}` }]
  if (more.length > 0) return [...wrongZone, { message: `has both \`${kind}\` and \`${more[0]}\`; ${choice}` }]
  const read = { cron: readCronTimes, every: readEvery, at: readAt }[kind](parts[kind] ?? '')
  const wrong = 'message' in read ? [{ ...(typeof entry !== 'string' && { key: kind }), ...read }] : []
  if (!zone || 'message' in read) return [...wrongZone, ...wrong]
  return { zone, ...read }
}

/** The same for entries that are due at the same times. */
export function entryKey(entry: ScheduleEntry): string {
  const { cron, every, at, timezone = 'UTC' } = partsOf(entry)
  return createHash('sha256')
    .update(JSON.stringify([cron, every, at, timezone]))
    .digest('hex')
    .slice(0, 12)
}

/** A string is cron when it begins as cron does, else words. */
function partsOf(entry: ScheduleEntry): Parts {
  if (typeof entry !== 'string') return entry
  return looksLikeCron(entry) ? { cron: entry } : { every: entry }
}

export function isCron(entry: ScheduleEntry): boolean {
  return partsOf(entry).cron !== undefined
}

function looksLikeCron(text: string): boolean {
  return /^\s*[\d*?]/.test(text)
}

/** A day and a time of day, local: `2026-12-01 09:00`. */
const moment = /^(\d{4})-(\d{2})-(\d{2})[ T](\d{2}):(\d{2})$/

type Read = Omit<Schedule, 'zone'> | { message: string; suggestion?: string }

function readCronTimes(text: string): Read {
  if (moment.test(text.trim())) return { message: 'is one time; write it as `at: …`.' }
  if (!looksLikeCron(text)) return { message: 'begins with a word; write it as `every: …`.' }
  const cron = readCron(text)
  if ('message' in cron) return cron
  return { times: () => cron, interval: intervalOf(cron.minutes), bothDays: cron.bothDays }
}

function readEvery(text: string): Read {
  if (looksLikeCron(text)) return { message: 'begins like cron; write it as `cron: …`.' }
  const words = readWords(text)
  return 'message' in words ? words : { times: words.place, interval: words.interval, bothDays: false }
}

function readAt(text: string): Read {
  const [, year, month, day, hour, minute] = (moment.exec(text.trim()) ?? []).map(Number)
  const date = Date.UTC(year ?? 0, (month ?? 0) - 1, day)
  const exists = new Date(date).getUTCDate() === day && (hour ?? 24) < 24 && (minute ?? 60) < 60
  if (year === undefined || Number.isNaN(date) || !exists || new Date(date).getUTCMonth() + 1 !== month)
    return { message: 'is no time such as `2026-12-01 09:00`; the zone is given by `timezone`.' }
  const once = { date: date / dayMs, minute: (hour ?? 0) * 60 + (minute ?? 0) }
  return { times: () => ({ once }), interval: Number.POSITIVE_INFINITY, bothDays: false }
}

/** Over midnight too, as if every day were one of its days. */
function intervalOf(minutes: number[]): number {
  const following = [...minutes.slice(1), (minutes[0] ?? 0) + 24 * 60]
  return Math.min(...minutes.map((minute, index) => (following[index] ?? 0) - minute))
}

function unknownZone(given: string): { message: string; suggestion?: string } {
  const known = Intl.supportedValuesOf('timeZone')
  const city = known.find(name => name.split('/').at(-1)?.toLowerCase() === given.toLowerCase().replaceAll(' ', '_'))
  const close = city ?? nearest(given, known)
  const shown = given.length > 40 ? `${given.slice(0, 40)}…` : given
  const none = `is \`${shown}\`, which is no zone of the IANA database`
  return close
    ? { message: `${none}; did you mean \`${close}\`?`, suggestion: close }
    : { message: `${none}, such as \`Europe/Berlin\`.` }
}
