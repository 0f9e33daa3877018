// A time zone of the IANA database: which instant a local time is, where the clock jumps too.

/** Local dates are counted in days since 1970-01-01, instants in milliseconds since then (UTC). */
export interface Zone {
  dateAt(instant: number): number
  /**
   * The instants of a date's minutes (0 is midnight). Of a time that comes twice, when the clock goes back, it is the first;
   * for one that is left out, when the clock goes forward, the first instant after the gap.
   */
  instantsOn(date: number): (minute: number) => number
}

export const dayMs = 86_400_000
const minuteMs = 60_000

/** Undefined when there is no zone of that name. Offsets such as `+02:00`, which Intl takes too, are none. */
export function openZone(name: string): Zone | undefined {
  const format = formatOf(name)
  if (!format) return undefined
  const offsetAt = (instant: number) => wallClock(format, instant) - instant
  return {
    dateAt: instant => Math.floor((instant + offsetAt(instant)) / dayMs),
    instantsOn(date) {
      const midnight = date * dayMs
      // No zone changes its clock twice within three days.
      const [before, after] = [offsetAt(midnight - dayMs), offsetAt(midnight + 2 * dayMs)]
      if (before === after) return minute => midnight + minute * minuteMs - before
      const [ahead, behind] = before > after ? [before, after] : [after, before]
      return minute => {
        const wall = midnight + minute * minuteMs
        const first = [wall - ahead, wall - behind].find(instant => instant + offsetAt(instant) === wall)
        return first ?? firstAfter(wall - ahead, wall - behind, instant => offsetAt(instant) === after)
      }
    },
  }
}

/** Known names are few; the same one is spelled in ever other cases only by somebody who wants to fill a memory. */
const formats = new Map<string, Intl.DateTimeFormat | undefined>()
const formatsAtMost = 200

function formatOf(name: string): Intl.DateTimeFormat | undefined {
  if (!formats.has(name)) {
    if (formats.size >= formatsAtMost) formats.clear()
    formats.set(name, makeFormat(name))
  }
  return formats.get(name)
}

function makeFormat(timeZone: string): Intl.DateTimeFormat | undefined {
  if (!/^[A-Za-z][\w+/-]{0,60}$/.test(timeZone)) return undefined
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  } catch {
    return undefined
  }
}

/** What a clock on the wall shows, as milliseconds. */
function wallClock(format: Intl.DateTimeFormat, instant: number): number {
  const [month = 1, day = 1, year = 1970, hour = 0, minute = 0, second = 0] = format
    .format(instant)
    .split(/\D+/)
    .map(Number)
  return Date.UTC(year, month - 1, day, hour, minute, second) + (((instant % 1000) + 1000) % 1000)
}

/** The first whole second in (from, until] that holds, given that all after it up to `until` do too. */
function firstAfter(from: number, until: number, holds: (instant: number) => boolean): number {
  let [not, does] = [from, until]
  while (does - not > 1000) {
    const middle = not + Math.floor((does - not) / 2000) * 1000
    if (holds(middle)) does = middle
    else not = middle
  }
  return does
}
