// PostgreSQL on a server, for as many processes as wanted.
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { PgBoss } from 'pg-boss'
import type { Engine } from './engine.ts'
import { type Migrations, migrate, pendingMigrations } from './migrate.ts'
import { openPool } from './pool.ts'
import type { Database, Tables } from './tables.ts'
import { turnsOn } from './turns.ts'

/** OID of int8, which pg hands out as a string; ours (GitHub's ids, tokens, counts) fit a number. */
const int8 = 20

const types = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    return oid === int8 ? Number : pg.types.getTypeParser(oid, format as 'text')
  },
} as pg.CustomTypesConfig

/** Problem `conflict` when a newer program made the database. */
export async function openServer(
  databaseUrl: string,
  report: (error: Error) => void,
  migrations?: Migrations,
): Promise<Engine> {
  const db = connect(databaseUrl, report)
  try {
    const { pending } = await pendingMigrations(db, migrations)
    if (pending.length > 0) await migrate(db, migrations)
  } catch (thrown) {
    await db.destroy()
    throw thrown
  }
  const turns = turnsOn(databaseUrl, report)
  return {
    name: 'PostgreSQL',
    db,
    boss: new PgBoss({
      connectionString: databaseUrl,
      application_name: 'watchbill queue',
      max: 6,
      useListenNotify: true,
      schedule: false,
      // A dead worker's jobs come back after their 10 s heartbeat and one of these intervals.
      superviseIntervalSeconds: 2,
      monitorIntervalSeconds: 2,
    }),
    alone: false,
    turns,
    async vacuum() {},
    // Its files, logs and copies are its administrator's.
    async scrub() {},
    async close() {
      await turns.close()
      await db.destroy()
    },
  }
}

/** As it is, in whatever shape. */
export function connect(databaseUrl: string, report: (error: Error) => void): Database {
  const pool = openPool(databaseUrl, report, { application_name: 'watchbill', max: 10, types })
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
}
