// Reads all that a database holds, as it stands at one instant, in the portable form.
import { type RawBuilder, sql } from 'kysely'
import pg from 'pg'
import { type BackupHeader, backupForm, type RowCounts } from '../../domain/backup.ts'
import { appliedMigrations } from '../migrate.ts'
import { queues } from '../queue.ts'
import type { Database } from '../tables.ts'

export interface SnapshotOptions {
  engine: string
  /** Of the program. */
  version: string
  at: string
  files?: Record<string, string>
}

/** Jobs lie in pg-boss's tables; here they are one more. */
export const jobTable = 'pgboss.job'
/** Characters of rows that are asked for in one go, where rows were as long before. */
const wanted = 8_000_000
const rowsAtMost = 200
/** A place that is fetched to is a disk of one machine; whoever waits asks anew. */
const carried = [...queues.filter(queue => queue !== 'fetch'), 'dead']

/** The header, then each table with its rows, then sequences and the end. Writes go on meanwhile, and none of them is seen. */
export async function* snapshot(db: Database, options: SnapshotOptions): AsyncGenerator<string> {
  const trx = await db.startTransaction().execute()
  try {
    await sql`set transaction isolation level repeatable read, read only`.execute(trx)
    // A server may be set to write dates that another one reads otherwise, and numbers cut short.
    await sql`select set_config('datestyle', 'ISO', true), set_config('timezone', 'UTC', true),
      set_config('intervalstyle', 'postgres', true), set_config('extra_float_digits', '1', true)`.execute(trx)
    yield JSON.stringify({
      watchbill: 'backup',
      form: backupForm,
      at: options.at,
      program: options.version,
      engine: options.engine,
      migrations: await appliedMigrations(trx),
      files: options.files ?? {},
    } satisfies BackupHeader)
    const rows: RowCounts = {}
    for (const table of await tablesOf(trx)) {
      const columns = (await columnsOf(trx, table)).map(({ name }) => name)
      yield JSON.stringify({ table, columns })
      rows[table] = 0
      for await (const line of rowsOf(trx, table, columns)) {
        rows[table]++
        yield line
      }
    }
    yield JSON.stringify({ sequences: await sequencesOf(trx) })
    yield JSON.stringify({ end: true, rows })
  } finally {
    await trx.rollback().execute()
  }
}

async function tablesOf(db: Database): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`select tablename::text as name from pg_tables
    where schemaname = current_schema() and tablename not like 'kysely_migration%' order by tablename`.execute(db)
  const { rows: jobs } = await sql`select 1 from pg_tables where schemaname = 'pgboss' and tablename = 'job'`.execute(
    db,
  )
  return [...rows.map(({ name }) => name), ...(jobs.length > 0 ? [jobTable] : [])]
}

/** With the type as a cast takes it; of a table that is not there none. */
export async function columnsOf(db: Database, table: string): Promise<{ name: string; type: string }[]> {
  const { rows } = await sql<{ name: string; type: string }>`
    select attname::text as name, format_type(atttypid, atttypmod) as type from pg_attribute
    where attrelid = to_regclass(${quoted(table)}) and attnum > 0 and not attisdropped and attgenerated = ''
    order by attnum`.execute(db)
  return rows
}

/** Values go as the text that the database itself writes and reads; JSON within strings keeps each escape as it came. */
async function* rowsOf(db: Database, table: string, columns: string[]): AsyncGenerator<string> {
  if (columns.length === 0) return
  const values = sql.join(columns.map(name => sql`${sql.ref(name)}::text`))
  await sql`declare copied no scroll cursor for
    select json_build_array(${values})::text as line from ${sql.table(table)} ${only(table)}`.execute(db)
  for (let count = 20; ; ) {
    const { rows } = await sql<{ line: string }>`fetch forward ${sql.lit(count)} from copied`.execute(db)
    for (const { line } of rows) yield line
    if (rows.length === 0) break
    const usual = rows.reduce((sum, { line }) => sum + line.length, 0) / rows.length
    count = Math.max(1, Math.min(rowsAtMost, count * 4, Math.floor(wanted / usual)))
  }
  await sql`close copied`.execute(db)
}

function only(table: string): RawBuilder<unknown> {
  return table === jobTable
    ? sql`where name in (${sql.join(carried.map(one => sql.lit(one)))}) and state < 'completed'`
    : sql``
}

async function sequencesOf(db: Database): Promise<Record<string, string>> {
  const { rows } = await sql<{ name: string; last: string }>`
    select sequencename::text as name, last_value::text as last from pg_sequences
    where schemaname = current_schema() and last_value is not null`.execute(db)
  return Object.fromEntries(rows.map(({ name, last }) => [name, last]))
}

/** As `to_regclass` reads it. */
export function quoted(name: string): string {
  return name.split('.').map(pg.escapeIdentifier).join('.')
}
