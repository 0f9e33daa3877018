// Due times over a year against croner, a second implementation: fifty expressions in five zones, the weeks in which clocks jump included.
import { Cron } from 'croner'
import { describe, expect, it } from 'vitest'
import { dueBetween } from '../../../src/routines/index.ts'
import { expressions, jumpsOf, zones } from './expressions.ts'

const year = 2026
const day = 86_400_000
const long = process.env.WATCHBILL_TEST_LONG === '1'

const ours = (cron: string, timezone: string, from: number, until: number) =>
  dueBetween({ cron, timezone }, new Date(from), new Date(until), 0).map(due => due.getTime())

function croners(cron: string, timezone: string, from: number, until: number): number[] {
  const job = new Cron(cron, { timezone, domAndDow: true, paused: true })
  const found: number[] = []
  for (let at = job.nextRun(new Date(from)); at && at.getTime() <= until; at = job.nextRun(at)) found.push(at.getTime())
  return found
}

/** What croner says for a zone without jumps, moved by this zone's: times in a gap to its end, times that come twice to the first. */
function moved(walls: number[], zone: string): number[] {
  const jumps = jumpsOf(zone, year)
  const offset = offsetAt(zone, Date.UTC(year, 0, 1))
  const instants = walls.map(wall => {
    let shift = offset
    for (const { at, by } of jumps) {
      const [old, young] = [wall - shift, wall - shift - by]
      if (old < at) break
      // A wall time that the clock jumps over: by the old offset it is after the jump, by the new one before it.
      if (young < at) return at
      shift += by
    }
    return wall - shift
  })
  return [...new Set(instants)]
}

function offsetAt(zone: string, instant: number): number {
  const clock = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' })
  return Date.parse(`${clock.format(instant).replace(' ', 'T')}Z`) - instant
}

describe('due times', () => {
  const [from, until] = [Date.UTC(year, 0, 2), Date.UTC(year, 11, 30)]

  it('are compared for fifty expressions in five zones, four of which change their clocks', () => {
    expect(new Set(expressions).size).toBe(50)
    expect(zones.map(zone => jumpsOf(zone, year).length)).toEqual([2, 2, 2, 2, 0])
  })

  /** One for each expression, another one each day. */
  const some = (n: number) => [zones[(n + today) % zones.length]!]
  const today = Math.floor(Date.now() / day)

  /** The year; of what is due more than a thousand times in it an eighth, another one each day, since croner is slow. */
  const eighth = (until - from) / 8
  function spanOf(expression: string): { from: number; until: number } {
    if (long || ours(expression, 'UTC', from, until).length <= 1_000) return { from, until }
    const start = from + (today % 8) * eighth
    return { from: start, until: start + eighth }
  }

  it.each(expressions)('of %s are those of croner over a year', { timeout: 120_000 }, expression => {
    const span = spanOf(expression)
    const walls = croners(expression, 'UTC', span.from - 2 * day, span.until + 2 * day)
    for (const zone of long ? zones : some(expressions.indexOf(expression))) {
      const wanted = moved(walls, zone).filter(instant => instant > span.from && instant <= span.until)
      expect(ours(expression, zone, span.from, span.until), zone).toEqual(wanted)
    }
  })

  it.each(zones)(
    'in %s are those that croner gives for the zone itself, but for what lies in a gap',
    { timeout: 600_000 },
    zone => {
      const jumps = jumpsOf(zone, year)
      const spans = long ? [{ from, until }] : jumps.map(({ at }) => ({ from: at - 4 * day, until: at + 4 * day }))
      // Times in a gap croner moves by the length of the gap, and we to its end.
      const plain = (instant: number) => !jumps.some(({ at, by }) => by > 0 && instant >= at && instant < at + by)
      for (const expression of long ? expressions : expressions.filter((_, n) => (n + today) % 2 === 0))
        for (const span of spans)
          expect(ours(expression, zone, span.from, span.until).filter(plain), expression).toEqual(
            croners(expression, zone, span.from, span.until).filter(plain),
          )
    },
  )
})
