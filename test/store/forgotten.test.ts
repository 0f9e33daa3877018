// Every table there is either loses what is old, or has its reason for keeping it here: a new table fails until it has one of both.
import pg from 'pg'
import { expect, inject, it } from 'vitest'
import { databases } from '../databases.ts'

const today = '2026-11-21T12:00:00.000Z'
const longAgo = '2025-10-01T00:00:00.000Z'

/** Table → why it keeps what is old. */
const keeps: Record<string, string> = {
  away: 'says where the App may not be, until it may again',
  moves: 'one row: where the database came from',
  pauses: 'in force until somebody resumes',
  reconciliation: 'one row',
  schedules: 'in force until a file is changed',
  schedules_kept: 'a number for each repository',
  schedules_read: 'an instant for each repository',
  signs: 'an instant for each part of the program',
  turns: 'an instant for each turn',
}

it.skipIf(!('socket' in inject('postgres')))('no table keeps for ever what it says of the past', async () => {
  const database = await databases.at(-1)!.open()
  const client = new pg.Client(database.databaseUrl)
  await client.connect()
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      `select tablename::text as name from pg_tables where schemaname = 'public' and tablename not like 'kysely%' order by 1`,
    )
    for (const { name } of tables) await insertOld(client, name)
    // What hangs on a run goes once the run has gone.
    for (let round = 0; round < 2; round++) await database.store.maintain(today)
    const left: string[] = []
    for (const { name } of tables) if ((await client.query(`select 1 from ${name}`)).rowCount! > 0) left.push(name)
    expect(tables.length).toBeGreaterThan(25)
    expect(left).toEqual(Object.keys(keeps))
  } finally {
    await client.end()
    await database.close()
  }
})

let next = 1000

/** One row whose times are all long ago, and whose other columns hold something. */
async function insertOld(client: pg.Client, table: string): Promise<void> {
  const { rows: columns } = await client.query<{ name: string; type: string }>(
    `select column_name::text as name, data_type::text as type from information_schema.columns
      where table_schema = 'public' and table_name = $1 and is_identity = 'NO'
      and (is_nullable = 'NO' and column_default is null or data_type like 'timestamp%')`,
    [table],
  )
  const values = columns.map(({ type }) => {
    if (type.startsWith('timestamp')) return longAgo
    if (type === 'json') return '{}'
    if (type === 'boolean') return 'false'
    return String(next++)
  })
  const places = values.map((_, index) => `$${index + 1}`)
  await client.query(
    `insert into ${table} (${columns.map(({ name }) => `"${name}"`).join(', ')}) values (${places.join(', ')})`,
    values,
  )
}
