// SQL past the store, for a test that needs what the store would never do.
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import pg from 'pg'
import type { TestDatabase } from '../databases.ts'

/** Runs statements on the data while the store is closed, and opens it again. */
export async function rawly(database: TestDatabase, ...statements: string[]): Promise<void> {
  await database.store[Symbol.asyncDispose]()
  if (database.databaseUrl) {
    const client = new pg.Client(database.databaseUrl)
    await client.connect()
    for (const statement of statements) await client.query(statement)
    await client.end()
  } else {
    const pglite = await PGlite.create(join(database.dataDir, 'database'))
    for (const statement of statements) await pglite.exec(statement)
    await pglite.close()
  }
}
