// What the store needs of a database, whichever of the two it is.
import type { PgBoss } from 'pg-boss'
import type { Database } from './tables.ts'
import type { Turns } from './turns.ts'

export interface Engine {
  name: 'PGlite' | 'PostgreSQL'
  db: Database
  /** Not started yet. */
  boss: PgBoss
  /** No other process can be on this database: jobs found active belong to nobody. */
  alone: boolean
  turns: Turns
  vacuum(): Promise<void>
  /** Of the embedded one: all of its files as they are at one instant, into a directory that is not there yet. */
  copyFiles?(directory: string): Promise<void>
  /** Where the files are ours: nothing of rows that were deleted stays in any of them. */
  scrub(): Promise<void>
  close(): Promise<void>
}
