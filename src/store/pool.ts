// Connections to a PostgreSQL server, none of whose errors goes unheard.
import pg from 'pg'

/** Opened when they are first asked. `report`: told of each that breaks, in use or not. */
export function openPool(databaseUrl: string, report: (error: Error) => void, options: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool({ connectionString: databaseUrl, connectionTimeoutMillis: 5000, ...options })
  pool.on('error', report)
  // The pool takes its own listener off a client that is in use, and an error that nobody hears ends the process.
  pool.on('connect', client => client.on('error', report))
  return pool
}
