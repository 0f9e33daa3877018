// The port to what is remembered: every promise about durability is written on its method.

import type { FindingsRooms } from './rooms/findings.ts'
import type { IntakeRooms } from './rooms/intake.ts'
import type { KeysRooms } from './rooms/keys.ts'
import type { MoneyRooms } from './rooms/money.ts'
import type { PlacesRooms } from './rooms/places.ts'
import type { Fetch, RunsRooms } from './rooms/runs.ts'

export type { FindingState, StoredFinding } from './rooms/findings.ts'
export type { Delivery, EventFacts, NewDelivery, Reconciled } from './rooms/intake.ts'
export type { BudgetWarning, Caps, LedgerEntry, LedgerPart } from './rooms/money.ts'
export type { Wish } from './rooms/places.ts'
export type { Fetch, NewRun } from './rooms/runs.ts'

export type Job =
  | { queue: 'dispatch'; data: DispatchOf; startAfter?: string }
  | {
      queue: 'run'
      data: { runId: string }
      repositoryId: number
      startAfter?: string
      expireInSeconds: number
      /** It takes one of the places that are open to what the clock starts. */
      byClock?: boolean
    }
  | { queue: 'fetch'; data: Fetch; startAfter?: string }

/** A delivery of GitHub, or an event of our own (clock, API, a person) that is stored as such. */
export type DispatchOf = { deliveryId: string; eventId?: undefined } | { eventId: string; deliveryId?: undefined }

/** What a worker does with jobs; resolves when handled. A thrown Problem with `retry` is tried again, unless it is the third in a row without a new step between them; that one and all others go to the dead letters, and the run they were about, or the runs that waited for the fetch, end as failed. What is thrown after the signal was aborted counts as no failure. */
export interface JobHandlers {
  dispatch(data: DispatchOf, signal: AbortSignal): Promise<void>
  run(data: { runId: string }, signal: AbortSignal): Promise<void>
  /** Of this worker's place; never called twice at a time for one repository. */
  fetch(data: Fetch, signal: AbortSignal): Promise<void>
}

export interface Store extends Rooms, AsyncDisposable {
  /** The SQL engine in force, for messages. */
  engine: 'PGlite' | 'PostgreSQL'
  /** All of `work`'s writes and jobs commit together or not at all. Nothing outside the given rooms may be awaited inside (PGlite has one connection). */
  transaction<T>(work: (rooms: Rooms) => Promise<T>): Promise<T>
  /** Starts taking jobs; `stop` takes no more, waits up to `graceMs`, then hands the rest back. */
  work(
    handlers: JobHandlers,
    options: { runs: number; runsPerRepository: number; place: number },
  ): Promise<{ stop(graceMs: number): Promise<void> }>
  /** Jobs that failed for good, newest first. */
  deadLetters(): Promise<{ queue: string; data: unknown; because: string; at: string }[]>
  queueDepth(): Promise<{ queue: string; waiting: number; active: number; oldestSeconds: number }[]>
  /** Round trip to the database; throws `unavailable` when it is down. */
  ping(): Promise<void>
  /** VACUUM on the embedded database, retention on both. */
  maintain(now: string): Promise<void>
  /** The embedded database's files as they are at one instant, into a directory that is not there yet; false on a server, which has none. */
  copyFiles(directory: string): Promise<boolean>
}

export interface Rooms extends IntakeRooms, RunsRooms, FindingsRooms, MoneyRooms, PlacesRooms, KeysRooms {}
