// What becomes of a schedule whose time has come: it starts, waits for its turn or for money, or was missed; each with its sentence. Pure.
import { dollars } from '../domain/money.ts'
import type { DecideSchedule, Schedule, ScheduleDecision, ScheduleMoney } from '../domain/schedule.ts'
import { dueBetween, nextDue, sayEntry } from './schedule.ts'
import { leastIntervalByDefault } from './schedules/complaints.ts'
import { seedRange } from './schedules/seed.ts'

const minute = 60_000
/** A time that is taken this much later was on time: a restart is no down time. */
const grace = 10 * minute
/** So many starts after down time need no spreading; beyond, they are spread over at least so long, and longer the more they are. */
const atOnce = 5
const spreadOver = { least: 15 * minute, each: 6_000 }
/** Until what runs of the clock may still spend is asked about again. */
const askAgain = 10 * minute

/** `caps`: the server's, in US dollars. `leastInterval`: minutes between two starts of a routine in a repository, over all of its entries. */
export function decideDue(
  caps: { day: number; month: number },
  leastInterval = leastIntervalByDefault,
): DecideSchedule {
  return (schedule, { now, late, money, last }) => {
    const { entry, seed, due, notBefore = due } = schedule
    const after = (from: Date) => nextDue(entry, from, seed)?.toISOString()
    if (due === undefined || notBefore === undefined) return { step: { do: 'wait', next: after(now) } }
    const passed = [new Date(due), ...dueBetween(entry, new Date(due), now, seed)]
    const isLate = (time: Date) => now.getTime() - time.getTime() > grace
    const down = isLate(new Date(notBefore))
    const left = down && missedOf(schedule) === 'skip' ? passed.filter(isLate) : []
    const missed = left[0] && { missed: { from: left[0].toISOString(), because: sayLeftOut(schedule, left) } }
    const kept = passed.slice(left.length)
    const [first] = kept
    if (!first) return { ...missed, step: { do: 'wait', next: after(now) } }
    const wait = (down && late > atOnce && inTurn(schedule, first, late, now)) || moneyFor(schedule, money, caps, now)
    if (wait) return { ...missed, ...putOff(first, wait) }
    const close = tooClose(schedule, kept, { now, last, leastInterval })
    if (close) return { ...missed, behind: close, step: { do: 'wait', next: after(now) } }
    return { ...missed, ...start(schedule, kept, now, after(now)) }
  }
}

function missedOf({ entry }: Schedule): 'once' | 'skip' {
  return (typeof entry !== 'string' && entry.missed) || 'once'
}

interface Wait {
  until: Date
  because: string
}

function inTurn({ entry, seed }: Schedule, first: Date, late: number, now: Date): Wait {
  const until = new Date(now.getTime() + share(seed, Math.max(spreadOver.least, late * spreadOver.each)))
  const because = `Nothing ran when ${sayEntry(entry)} was due at ${sayTime(first)}; what was missed starts spread out, ${late} in all, and this one at ${sayTime(until)}.`
  return { until, because }
}

/** The part of a span that is a routine's own, everywhere and always. */
function share(seed: number, span: number): number {
  return Math.floor((seed / seedRange) * span)
}

function moneyFor(
  { seed, usd, dayUsd }: Schedule,
  money: ScheduleMoney,
  caps: { day: number; month: number },
  now: Date,
): Wait | undefined {
  const [tomorrow, nextMonth] = [
    Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1),
    Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1),
  ]
  const { promised, promisedHere } = money
  const limits = [
    { what: 'month for the server', cap: caps.month, spent: money.serverMonth, promised, opens: nextMonth },
    { what: 'day for the server', cap: caps.day, spent: money.serverDay, promised, opens: tomorrow },
    {
      what: 'day for this repository',
      cap: dayUsd,
      spent: money.repositoryDay,
      promised: promisedHere,
      opens: tomorrow,
    },
  ]
  // What does not hold a tenth of a run is no use to it.
  const spent = limits.find(limit => limit.cap - limit.spent < usd / 10)
  if (spent) {
    const until = new Date(spent.opens + share(seed, spreadOver.least))
    const because = `The budget of ${dollars(spent.cap)} a ${spent.what} is used up; it was put off until ${sayTime(until)}.`
    return { until, because }
  }
  const full = limits.find(limit => limit.spent + limit.promised >= limit.cap)
  if (!full) return undefined
  const until = new Date(now.getTime() + askAgain + share(seed, askAgain))
  const because = `What is left of the budget of ${dollars(full.cap)} a ${full.what} is set aside for other runs that the clock started; it was put off until ${sayTime(until)}.`
  return { until, because }
}

function putOff(first: Date, { until, because }: Wait): ScheduleDecision {
  const from = first.toISOString()
  return { behind: { from, because }, step: { do: 'put off', due: from, until: until.toISOString(), because } }
}

function start({ entry, putOff }: Schedule, due: Date[], now: Date, next: string | undefined): ScheduleDecision {
  const [first, latest] = [due[0] ?? now, due.at(-1) ?? now]
  const earlier = due.length - 1
  const stands = earlier > 0 ? ` It stands for ${times(earlier)} before that, from ${sayTime(first)} on.` : ''
  const why = putOff ? ` ${putOff}` : ''
  const because = `${sayEntry(entry)} was due at ${sayTime(latest)}.${stands}${why}`
  const behind = `${earlier > 0 ? `${times(due.length)} from ${sayTime(first)} on became one start` : 'It started'} at ${sayTime(now)}.${why}`
  return {
    ...((earlier > 0 || putOff) && { behind: { from: first.toISOString(), because: behind } }),
    step: { do: 'start', due: { at: latest.toISOString(), missed: earlier, because }, next },
  }
}

/** What is started late counts from when it is started, anything else from when it was due: ticks may drift. */
function tooClose(
  { entry }: Schedule,
  due: Date[],
  about: { now: Date; last: Schedule['last'] | { due: string; at: string } | undefined; leastInterval: number },
): { from: string; because: string } | undefined {
  const { now, last, leastInterval } = about
  const [first, latest] = [due[0], due.at(-1)]
  if (!last || !first || !latest) return undefined
  const startOf = (time: Date, at: Date) => (at.getTime() - time.getTime() > grace ? at : time)
  const before = startOf(new Date(last.due), new Date(last.at))
  const apart = Math.abs(startOf(latest, now).getTime() - before.getTime()) / minute
  if (apart >= leastInterval) return undefined
  const because = `${sayEntry(entry)} was due at ${sayTime(latest)}, less than ${leastInterval} minutes from the start of ${sayTime(before)}, which stands for it; closer together nothing starts by schedule on this server.`
  return { from: first.toISOString(), because }
}

function sayLeftOut({ entry }: Schedule, left: Date[]): string {
  const [first, last] = [left[0], left.at(-1)].map(time => (time ? sayTime(time) : ''))
  const when = left.length === 1 ? `at ${first}` : `${left.length} times from ${first} to ${last}`
  return `${sayEntry(entry)} was due ${when} while nothing ran, and \`missed: skip\` leaves that out.`
}

function times(count: number): string {
  return count === 1 ? 'one time' : `${count} times`
}

/** "2026-11-21 02:00 UTC". */
function sayTime(time: Date): string {
  return `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
