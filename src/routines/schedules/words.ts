// Words for a schedule (`nightly`, `weekly on monday around 9:00`): read into days and a window, in which each repository and routine has a minute of its own.
import { nearest } from '../nearest.ts'
import type { Daily } from './cron.ts'
import { dayMs } from './zone.ts'

/** `every` minutes in a row whatever the zone, or at one minute of a local day. */
export type Worded = { every: number; phase: number } | Daily

/** Where a seed puts what the words say, and the least minutes between two of its times. */
export interface Words {
  place(seed: number): Worded
  interval: number
}

/** The minutes of the night, in which everything starts that names no time. */
const night = { from: 0, to: 5 * 60 }
/** Minutes before and after a time that is only about right. */
const about = 30
const minutesADay = 24 * 60
const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']

/** The end of a sentence about the text where it can not be read. */
export function readWords(text: string): Words | { message: string; suggestion?: string } {
  const tokens = text.slice(0, 200).toLowerCase().replaceAll(',', ' ').trim().split(/\s+/)
  const unknown = tokens.find(token => !isKnown(token))
  if (unknown !== undefined) return unknownWord(unknown, tokens)
  const steady = readSteady(tokens.join(' '))
  if (steady) return steady
  const [days, rest] = readDays(tokens)
  if (typeof days === 'string') return { message: days }
  const window = readWindow(rest)
  if (typeof window === 'string') return { message: window }
  return {
    interval: days.interval * minutesADay,
    place: seed => ({ minutes: [window.from + (seed % (window.to - window.from))], on: days.on(seed) }),
  }
}

/** Divisors, so that the steps go on evenly over the hour and the day. */
const steps = { minutes: [5, 10, 15, 20, 30], hours: [1, 2, 3, 4, 6, 8, 12] }

function readSteady(phrase: string): Words | { message: string } | undefined {
  const said = phrase === 'hourly' || phrase === 'every hour' ? 'every 1 hours' : phrase
  const [, number, unit] = /^every (\d+) (minute|hour)s?$/.exec(said) ?? []
  if (number === undefined) return undefined
  const known = steps[unit === 'hour' ? 'hours' : 'minutes']
  if (!known.includes(Number(number)))
    return { message: `is not one of the steps that can be: every ${known.join(', ')} ${unit}s.` }
  const every = Number(number) * (unit === 'hour' ? 60 : 1)
  return { interval: every, place: seed => ({ every, phase: seed % every }) }
}

interface Days {
  on(seed: number): Daily['on']
  /** Least days between two of them. */
  interval: number
}

const everyDay: Days = { on: () => () => true, interval: 1 }
const weekdayOf = (date: number) => (date + 4) % 7
const ofWeek = (chosen: number[]): Days => ({ on: () => date => chosen.includes(weekdayOf(date)), interval: 1 })

/** What kind of days the phrase begins with, and what is left of it. */
function readDays(tokens: string[]): [Days | string, string[]] {
  const [first = '', ...rest] = tokens[0] === 'every' ? tokens.slice(1) : tokens
  if (['daily', 'nightly', 'day', 'night'].includes(first)) return [everyDay, rest]
  if (['weekdays', 'weekday'].includes(first)) return [ofWeek([1, 2, 3, 4, 5]), rest]
  if (['weekends', 'weekend'].includes(first)) return [ofWeek([0, 6]), rest]
  if (['weekly', 'week'].includes(first)) return readWeek(rest)
  if (['monthly', 'month'].includes(first)) return readMonth(rest)
  if (weekdayNumber(first) !== undefined) return readWeek(['on', first, ...rest])
  return [`begins with \`${first}\`; it begins with ${units.join(', ')}, a day of the week, or \`every\`.`, []]
}

function readWeek(tokens: string[]): [Days | string, string[]] {
  if (tokens[0] !== 'on')
    return [{ on: seed => date => weekdayOf(date) === Math.floor(seed / minutesADay) % 7, interval: 7 }, tokens]
  const end = tokens.findIndex((token, index) => index > 0 && token !== 'and' && weekdayNumber(token) === undefined)
  const named = tokens.slice(1, end < 0 ? undefined : end)
  const chosen = named.map(weekdayNumber).filter(day => day !== undefined)
  if (chosen.length === 0) return ['names no day of the week after `on`.', []]
  return [{ ...ofWeek(chosen), interval: chosen.length === 1 ? 7 : 1 }, tokens.slice(1 + named.length)]
}

function readMonth(tokens: string[]): [Days | string, string[]] {
  if (tokens[0] !== 'on')
    return [{ on: seed => date => dayOf(date) === 1 + (Math.floor(seed / minutesADay) % 28), interval: 28 }, tokens]
  const [first, ...rest] = tokens[1] === 'the' ? tokens.slice(2) : tokens.slice(1)
  if (first === 'last') return [lastDay, rest[0] === 'day' ? rest.slice(1) : rest]
  const day = Number(/^(\d{1,2})(st|nd|rd|th)?$/.exec(first ?? '')?.[1])
  if (day >= 1 && day <= 28) return [{ on: () => date => dayOf(date) === day, interval: 28 }, rest]
  return ['needs a day from 1 to 28 after `on the`, which every month has, or `last day`.', []]
}

const dayOf = (date: number) => new Date(date * dayMs).getUTCDate()
const lastDay: Days = { on: () => date => dayOf(date + 1) === 1, interval: 28 }

/** From and to, in minutes of the day; `to` is not in it. */
function readWindow(tokens: string[]): { from: number; to: number } | string {
  const [how, first, and, second, ...rest] = tokens
  if (how === undefined) return night
  const [from, to] = [timeOf(first), timeOf(second)]
  if (how === 'between') {
    if (from === undefined || and !== 'and' || to === undefined || rest.length > 0)
      return 'needs two times after `between`, e.g. `between 9:00 and 17:00`.'
    return from < to ? { from, to } : 'has a `between` that ends before it begins; it stays within one day.'
  }
  if (how !== 'around' && how !== 'at')
    return `goes on with \`${how}\`; what follows the days is \`around\`, \`at\` or \`between\` with a time.`
  if (from === undefined || and !== undefined) return `needs one time after \`${how}\`, e.g. \`${how} 14:00\`.`
  if (how === 'at') return { from, to: from + 1 }
  return { from: Math.max(0, from - about), to: Math.min(minutesADay, from + about) }
}

function timeOf(token: string | undefined): number | undefined {
  if (token === 'noon') return 12 * 60
  if (token === 'midnight') return 0
  const [, hour, minute] = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(token ?? '') ?? []
  return hour === undefined ? undefined : Number(hour) * 60 + Number(minute)
}

function weekdayNumber(token: string): number | undefined {
  const day = weekdays.findIndex(name => token === name || token === `${name}s` || token === name.slice(0, 3))
  return day < 0 ? undefined : day
}

const units = ['hourly', 'daily', 'nightly', 'weekdays', 'weekends', 'weekly', 'monthly']
const others = 'every hour hours minute minutes day night weekday weekend week month on and the last around at between'
const vocabulary = [...units, ...weekdays, ...others.split(' '), 'noon', 'midnight']

function isKnown(token: string): boolean {
  return vocabulary.includes(token) || weekdayNumber(token) !== undefined || /^\d+(st|nd|rd|th|:\d+)?$/.test(token)
}

function unknownWord(token: string, tokens: string[]): { message: string; suggestion?: string } {
  // Of `monday` and `sunday`, `munday` is the one that begins like it.
  const alike = vocabulary.filter(word => word[0] === token[0])
  const close = nearest(token, alike) ?? nearest(token, vocabulary)
  const shown = token.length > 40 ? `${token.slice(0, 40)}…` : token
  if (close) {
    const suggestion = tokens.map(one => (one === token ? close : one)).join(' ')
    return { message: `has \`${shown}\`, which is no word of a schedule; did you mean \`${close}\`?`, suggestion }
  }
  if (/^\d+(:\d\d)?[ap]m$/.test(token))
    return { message: `has \`${shown}\`; times are written \`9:00\` and \`14:00\`.` }
  const message = `has \`${shown}\`, which is no word of a schedule; it is words such as \`nightly\`, \`weekdays around 9:00\` and \`weekly on monday\`, or five cron fields.`
  return { message }
}
