// Where a database is, and how it is opened there for one piece of work, in whatever shape it has.
import { join } from 'node:path'
import { open } from '../embedded.ts'
import { lockDirectory } from '../lock.ts'
import { connect } from '../server.ts'
import type { Database } from '../tables.ts'
import { reaching } from '../trouble.ts'

export interface Place {
  /** PostgreSQL; without it the embedded database under `dataDir`. */
  databaseUrl?: string
  dataDir: string
}

export interface Opening {
  /** Where a server has copied the embedded database's files to, because it holds the database itself. */
  copied?: string | undefined
  /** Told when a lock has to be waited for. */
  say: (sentence: string) => void
}

/** Problems: `unavailable` when the server does not answer; `conflict` when a server holds the embedded database. */
export async function withDatabase<T>(
  { databaseUrl, dataDir }: Place,
  { copied, say }: Opening,
  work: (db: Database) => Promise<T>,
): Promise<T> {
  if (databaseUrl) {
    const db = connect(databaseUrl, () => {})
    return reaching(() => work(db)).finally(() => db.destroy())
  }
  const lock = copied === undefined ? await lockDirectory(dataDir, { say }) : undefined
  try {
    const { db } = await open(copied ?? join(dataDir, 'database'))
    return await work(db).finally(() => db.destroy())
  } finally {
    await lock?.release()
  }
}
