// A routine's times as they are watched: rows that are due become events, and each is due once whatever happens to whoever watches.
import type { Actor, Repository } from './event.ts'
import type { ScheduleEntry } from './triggers.ts'

/** One entry of one routine's `on.schedule`, in one repository. */
export interface WatchedEntry {
  /** `REPOSITORY:ROUTINE:` and the beginning of a hash of what the entry says about time. */
  id: string
  repositoryId: number
  routine: string
  entry: ScheduleEntry
  /** Where in their windows its words fall. */
  seed: number
  /** US dollars: the most that one run may cost, and all runs of its repository in a day (UTC). */
  usd: number
  dayUsd: number
}

export interface Schedule extends WatchedEntry {
  repository: Repository
  /** The earliest time for which nothing was done yet; absent when there is none any more. ISO 8601, as all times here. */
  due?: string
  /** When it is looked at: at `due`, or later where it was put off. */
  notBefore?: string
  /** Why it was put off: a sentence. */
  putOff?: string
  /** The event that it became last. */
  last?: { eventId: string; due: string; at: string }
}

/** What has been spent, and what runs that the clock started may still spend; US dollars. */
export interface ScheduleMoney {
  serverDay: number
  serverMonth: number
  repositoryDay: number
  /** Set aside for runs that were started by the clock and have not ended. */
  promised: number
  promisedHere: number
}

/** What becomes of a schedule whose time has come. */
export interface ScheduleDecision {
  /** Times that are left out, and why. */
  missed?: { from: string; because: string }
  /** Times that this start stands for beside its own, or that wait for it, and what is said of them. */
  behind?: { from: string; because: string }
  step:
    | { do: 'start'; due: { at: string; missed: number; because: string }; next: string | undefined }
    /** `due` is the earliest time that waits. */
    | { do: 'put off'; due: string; until: string; because: string }
    | { do: 'wait'; next: string | undefined }
}

/** `late`: how many schedules are due and not done. `last`: the last start of the routine there by any of its entries. Pure. */
export type DecideSchedule = (
  schedule: Schedule,
  about: { now: Date; late: number; money: ScheduleMoney; last?: { due: string; at: string } },
) => ScheduleDecision

export interface TakenSchedule {
  schedule: Schedule
  decision: ScheduleDecision
  /** Of the event that it became. */
  eventId?: string
}

/** Who causes what the clock starts. */
export const clock: Actor = { id: 0, login: 'clock', type: 'Bot' }

const prefix = 'schedule:'

/** The same for a time of a schedule, whoever takes it and however often. */
export function eventIdOf(schedule: Pick<Schedule, 'id'>, due: string): string {
  return `${prefix}${schedule.id}:${due}`
}

/** Under which occurrences of times are kept that became no event of their own. */
export function missedIdOf(schedule: Pick<Schedule, 'id'>, from: string): string {
  return `${eventIdOf(schedule, from)}:missed`
}

export function isByClock(eventId: string): boolean {
  return eventId.startsWith(prefix)
}
