// Five cron fields, read by node-cron's parser: the minutes of a day and the days on which they come.
import { type CronFieldError, validateDetailed } from 'node-cron'
import { dayMs } from './zone.ts'

/** What comes at the same minutes of each day that is one of its days. */
export interface Daily {
  /** Of the local day, ascending, each once. */
  minutes: number[]
  /** Whether a date (days since 1970-01-01) is one of its days. */
  on(date: number): boolean
}

export interface Cron extends Daily {
  /** The day of the month and the day of the week are both restricted. */
  bothDays: boolean
}

/** The end of a sentence about the text where it can not be read. */
export function readCron(text: string): Cron | { message: string } {
  const fields = text.trim().split(/\s+/)
  if (fields.length !== 5)
    return {
      message: `has ${fields.length} ${fields.length === 1 ? 'field' : 'fields'}; cron takes five: minute, hour, day of month, month, day of week.`,
    }
  // node-cron writes out every range it meets, so that one up to a million would take its time.
  if (text.length > 200 || /\d{3}/.test(text)) return { message: 'is longer, or has a longer number, than cron needs.' }
  const { fields: parsed, errors } = validateDetailed(fields.join(' '))
  const [error] = errors
  if (!parsed || error) return { message: error ? sentence(error) : 'is not cron.' }
  const { dayOfMonth, dayOfWeek, month } = parsed
  return {
    minutes: ascending(parsed.hour.flatMap(hour => parsed.minute.map(minute => hour * 60 + minute))),
    on(date) {
      const day = new Date(date * dayMs)
      return (
        month.includes(day.getUTCMonth() + 1) &&
        dayOfMonth.some(one => isDayOfMonth(one, day)) &&
        dayOfWeek.some(one => isDayOfWeek(one, day))
      )
    },
    bothDays: new Set(dayOfMonth).size < 31 && new Set(dayOfWeek).size < 7,
  }
}

const ranges: Record<string, [noun: string, range: string]> = {
  minute: ['minute', '0 to 59'],
  hour: ['hour', '0 to 23'],
  dayOfMonth: ['day of the month', '1 to 31'],
  month: ['month', '1 to 12, or jan to dec'],
  dayOfWeek: ['day of the week', '0 to 7, or sun to sat'],
}

function sentence({ field, value = '', message }: CronFieldError): string {
  const [noun, range] = ranges[field] ?? []
  if (!noun) return `is not cron: ${message}.`
  if (/impossible/.test(message)) return 'names a day that none of its months has.'
  return `has the ${noun} \`${value.slice(0, 40)}\`, which does not fit: it is ${range}, \`*\`, a list, a range or a step.`
}

function ascending(numbers: number[]): number[] {
  return [...new Set(numbers)].sort((a, b) => a - b)
}

function lastOf(day: Date): number {
  return new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 0)).getUTCDate()
}

/** A number, `L` (the last day), `L-3` (three before it), `15W` and `LW` (the weekday nearest to it, within the month). */
function isDayOfMonth(one: number | string, day: Date): boolean {
  const date = day.getUTCDate()
  if (typeof one === 'number') return one === date
  const last = lastOf(day)
  const [, before] = /^L-(\d+)$/.exec(one) ?? []
  if (one === 'L' || before !== undefined) return date === last - Number(before ?? 0)
  const [, target] = /^(\d+|L)W$/.exec(one) ?? []
  return target !== undefined && date === nearestWeekday(target === 'L' ? last : Number(target), last, day)
}

function nearestWeekday(target: number, last: number, day: Date): number | undefined {
  if (target < 1 || target > last) return undefined
  const weekday = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), target)).getUTCDay()
  if (weekday === 6) return target === 1 ? 3 : target - 1
  if (weekday === 0) return target === last ? target - 2 : target + 1
  return target
}

/** A number, `1#2` (the second Monday), `5L` (the last Friday). */
function isDayOfWeek(one: number | string, day: Date): boolean {
  if (typeof one === 'number') return one === day.getUTCDay()
  const [, weekday, nth] = /^([0-7])(?:#([1-5])|L)$/i.exec(one) ?? []
  if (weekday === undefined || Number(weekday) % 7 !== day.getUTCDay()) return false
  const date = day.getUTCDate()
  return nth === undefined ? date + 7 > lastOf(day) : Math.ceil(date / 7) === Number(nth)
}
