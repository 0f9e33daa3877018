// Taking a run: the attempt goes up in the transaction that takes it, and what an earlier attempt left behind is settled.
import { sql } from 'kysely'
import type { Run } from '../domain/run.ts'
import { type Ground, iso } from './rows.ts'
import { asRun, selectRuns } from './run-rows.ts'
import type { Database } from './tables.ts'

/** The job's time is the database's clock, `now` is the program's: a little apart is on time. */
const clockToleranceMilliseconds = 1000

export async function claim(ground: Ground, db: Database, id: string, now: string): Promise<Run | undefined> {
  const row = await selectRuns(db).where('id', '=', id).forUpdate('runs').executeTakeFirst()
  if (!row || row.status === 'ended') return undefined
  const jobs = await jobsOf(db, id)

  if (row.status === 'queued' && row.not_before.getTime() > Date.parse(now) + clockToleranceMilliseconds) {
    if (jobs.waiting === 0) {
      await ground.send(
        {
          queue: 'run',
          data: { runId: id },
          repositoryId: row.repository_id,
          startAfter: iso(row.not_before),
          expireInSeconds: row.expire_in_seconds,
        },
        db,
      )
    }
    return undefined
  }
  // One active job is the caller's own: more of them mean that the worker which runs it is alive.
  if (row.status === 'running' && jobs.active > 1) return undefined

  await db
    .updateTable('ledger')
    .set({ usd: sql`reserved_usd`, status: 'lost' })
    .where('run_id', '=', id)
    .where('usd', 'is', null)
    .execute()
  await db
    .updateTable('runs')
    .set({ status: 'running', attempt: row.attempt + 1, started_at: row.started_at ?? now })
    .where('id', '=', id)
    .execute()
  return asRun(await selectRuns(db).where('id', '=', id).executeTakeFirstOrThrow())
}

async function jobsOf(db: Database, runId: string): Promise<{ active: number; waiting: number }> {
  const { rows } = await sql<{ active: number; waiting: number }>`
    select count(*) filter (where state = 'active') as active, count(*) filter (where state < 'active') as waiting
    from pgboss.job where name = 'run' and singleton_key = ${runId} and state <= 'active'`.execute(db)
  return rows[0] ?? { active: 0, waiting: 0 }
}
