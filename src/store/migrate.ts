// Brings a database to the newest shape, and refuses one that is newer than the program.
import { type Kysely, sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import { Problem } from '../domain/problem.ts'
import { migrations as shipped } from './migrations/index.ts'
import type { Database } from './tables.ts'

export type Migrations = typeof shipped

/** `fresh`: nothing was ever migrated. Problem `conflict` when the database holds a migration that this program does not know. */
export async function pendingMigrations(
  db: Database,
  migrations: Migrations = shipped,
): Promise<{ fresh: boolean; pending: string[] }> {
  const done = await appliedMigrations(db)
  const unknown = done.find(name => !migrations.some(migration => migration.name === name))
  if (unknown !== undefined) {
    throw new Problem(
      'conflict',
      `The database was made by a newer version of Watchbill (it has migration ${unknown}); start that version, or go back to a copy from before.`,
    )
  }
  return {
    fresh: done.length === 0,
    pending: migrations.map(migration => migration.name).filter(name => !done.includes(name)),
  }
}

export async function migrate(db: Database, migrations: Migrations = shipped): Promise<void> {
  const provider = {
    getMigrations: async () =>
      Object.fromEntries(
        migrations.map(({ name, statements }) => [
          name,
          {
            async up(db: Kysely<unknown>) {
              for (const statement of statements) await sql.raw(statement).execute(db)
            },
          },
        ]),
      ),
  }
  const { error } = await new Migrator({ db, provider, allowUnorderedMigrations: true }).migrateToLatest()
  if (error) throw error
}

export async function appliedMigrations(db: Database): Promise<string[]> {
  const { rows: tables } = await sql`select 1 from pg_tables
    where schemaname = current_schema() and tablename = 'kysely_migration'`.execute(db)
  if (tables.length === 0) return []
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db)
  return rows.map(row => row.name)
}
