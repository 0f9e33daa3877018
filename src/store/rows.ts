// How values go into rows and come out of them, and how a piece of work gets its transaction.
import type { Job } from '../domain/store.ts'
import type { Database } from './tables.ts'
import type { Turns } from './turns.ts'

/** What every room is built on: the connection in force, a way to send jobs on that same connection, and the clock. */
export interface Ground {
  db: Database
  send(job: Job, db: Database): Promise<void>
  /** One dispatch job for each of these deliveries, on that connection. */
  dispatch(deliveryIds: string[], db: Database): Promise<void>
  /** Once dispatch jobs are committed: tells this process's workers. */
  wake(): void
  /** A job was sent for then: where that is soon, this process's workers are told when it comes. */
  expect(queue: Job['queue'], due: string): void
  turns: Turns
  now(): Date
  log(line: object, sentence: string): void
  /** Throws when a call on this ground would wait for the transaction that it is made in. */
  guard?(): void
}

/** Runs `work` in the transaction that is open, or in one of its own. */
export function within<T>(ground: Pick<Ground, 'db'>, work: (db: Database) => Promise<T>): Promise<T> {
  if (ground.db.isTransaction) return work(ground.db)
  return ground.db.transaction().execute(work)
}

/** A value for a `json` column. `undefined` is kept as null. */
export function json(value: unknown): string {
  return JSON.stringify(value) ?? 'null'
}

/** PostgreSQL's text holds no NUL, and names from hostile code may. */
export function text(value: string): string {
  return value.includes('\0') ? value.replaceAll('\0', '\uFFFD') : value
}

export function iso(date: Date): string {
  return date.toISOString()
}

export function isoIf(date: Date | null): string | undefined {
  return date?.toISOString()
}
