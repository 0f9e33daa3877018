// What stands in a PostgreSQL database before anything is written there: nothing is changed by looking.
import pg from 'pg'
import { Problem } from '../../domain/problem.ts'
import { made } from '../migrations/index.ts'

export interface Target {
  /** Without user and password. */
  name: string
  /** In tables of ours. */
  rows: number
  /** Connections of our servers. */
  connections: number
  /** Id → when, of the moves that have arrived there. */
  moves: Record<string, string>
}

export async function inspect(databaseUrl: string): Promise<Target> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5000 })
  client.on('error', () => {})
  try {
    await client.connect()
    const { rows: there } = await client.query<{ name: string }>(
      'select tablename::text as name from pg_tables where schemaname = current_schema()',
    )
    const tables = made.filter(({ kind, name }) => kind === 'table' && there.some(one => one.name === name))
    let rows = 0
    for (const { name } of tables)
      rows += Number((await client.query(`select count(*) as count from ${name}`)).rows[0].count)
    const { rows: moves } = there.some(({ name }) => name === 'moves')
      ? await client.query<{ id: string; at: Date }>('select id, at from moves')
      : { rows: [] }
    const { rows: connected } = await client.query(
      `select count(*) as count from pg_stat_activity where datname = current_database() and application_name like 'watchbill%'`,
    )
    return {
      name: nameOf(databaseUrl),
      rows,
      connections: Number(connected[0].count),
      moves: Object.fromEntries(moves.map(({ id, at }) => [id, at.toISOString()])),
    }
  } finally {
    await client.end().catch(() => {})
  }
}

export function refuseUsed({ name, connections }: Target): void {
  if (connections > 0)
    throw new Problem(
      'conflict',
      `${connections} connections of Watchbill are open on ${name}; stop the servers and commands that use it first.`,
    )
}

function nameOf(databaseUrl: string): string {
  const { host, pathname } = new URL(databaseUrl)
  return `${host || 'localhost'}${pathname}`
}
