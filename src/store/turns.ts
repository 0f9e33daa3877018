// What one process does at a time, by a name: a lock of a database session, which a dead process loses with its session.
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { openPool } from './pool.ts'

export interface Turns {
  /** Runs `work` while nobody else runs any of that name, in whichever process; another process is waited for no longer than a minute. */
  alone<T>(name: string, work: () => Promise<T>): Promise<T>
  close(): Promise<void>
}

/** Milliseconds between two looks whether the other process is done. */
const askEvery = 100
/** Milliseconds after which nobody waits any more: the other one may hang. */
const patience = 60_000

/** Of the embedded database, which one process has. */
export function turnsHere(): Turns {
  return { alone: takeTurns(), async close() {} }
}

/** Of a server: one session for all that this process holds. */
export function turnsOn(databaseUrl: string, report: (error: Error) => void): Turns {
  const inTurn = takeTurns()
  const session = openSession(databaseUrl, report)
  return {
    alone: (name, work) =>
      inTurn(name, async () => {
        const held = await take(session, name)
        try {
          return await work()
        } finally {
          // A session that broke holds nothing any more.
          if (held) await session.query(unlock, [name]).catch(() => {})
        }
      }),
    async close() {
      if (!session.ending) await session.end()
    },
  }
}

const lock = `select pg_try_advisory_lock(hashtextextended('turn ' || $1, 0)) as taken`
const unlock = `select pg_advisory_unlock(hashtextextended('turn ' || $1, 0))`

/** False when it was waited for in vain. */
async function take(session: pg.Pool, name: string): Promise<boolean> {
  const until = performance.now() + patience
  for (;;) {
    const { rows } = await session.query<{ taken: boolean }>(lock, [name])
    if (rows[0]?.taken) return true
    if (performance.now() > until) return false
    await sleep(askEvery)
  }
}

/** A pool of one, which is opened when it is first asked, keeps its session, and takes another when that one breaks. */
function openSession(databaseUrl: string, report: (error: Error) => void): pg.Pool {
  return openPool(databaseUrl, report, {
    application_name: 'watchbill turns',
    max: 1,
    idleTimeoutMillis: 0,
    // A machine that vanished says no goodbye: https://www.postgresql.org/docs/current/runtime-config-connection.html
    onConnect: client =>
      client.query(
        'set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 3',
      ) as never,
  })
}

/** Within this process, in order of arrival. */
function takeTurns(): Turns['alone'] {
  const lines = new Map<string, Promise<unknown>>()
  return (name, work) => {
    const mine = (lines.get(name) ?? Promise.resolve()).then(work, work)
    lines.set(name, mine)
    const leave = () => lines.get(name) === mine && lines.delete(name)
    mine.then(leave, leave)
    return mine
  }
}
