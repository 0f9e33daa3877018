// Taking a run: the attempt goes up in the transaction that takes it, and what an earlier attempt left behind is settled.
import { sql } from 'kysely'
import type { Run } from '../domain/run.ts'
import { type Ground, iso } from './rows.ts'
import { asRun, selectRuns } from './run-rows.ts'
import type { Database } from './tables.ts'

/** The job's time is the database's clock, `now` is the program's: a little apart is on time. */
const clockToleranceMilliseconds = 1000
/** Longer than a dead worker's jobs take to come back. */
const lookAgainMilliseconds = 20_000

export async function claim(ground: Ground, db: Database, id: string, now: string): Promise<Run | undefined> {
  const row = await selectRuns(db).where('id', '=', id).forUpdate('runs').executeTakeFirst()
  if (!row || row.status === 'ended') return undefined
  const jobs = await jobsOf(db, id)

  if (row.status === 'queued' && row.not_before.getTime() > Date.parse(now) + clockToleranceMilliseconds) {
    if (jobs.waiting === 0) await later(row.not_before)
    return undefined
  }
  // One active job is the caller's own: more of them mean that the worker which runs it is alive. Or that several jobs of
  // a run whose worker died were taken at once, and each takes the other for that worker: so one looks again.
  if (row.status === 'running' && jobs.active > 1) {
    if (jobs.waiting === 0) await later(new Date(Date.parse(now) + lookAgainMilliseconds))
    return undefined
  }

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

  function later(at: Date): Promise<void> {
    const { repository_id: repositoryId, expire_in_seconds: expireInSeconds } = row!
    return ground.send({ queue: 'run', data: { runId: id }, repositoryId, startAfter: iso(at), expireInSeconds }, db)
  }
}

async function jobsOf(db: Database, runId: string): Promise<{ active: number; waiting: number }> {
  const { rows } = await sql<{ active: number; waiting: number }>`
    select count(*) filter (where state = 'active') as active, count(*) filter (where state < 'active') as waiting
    from pgboss.job where name = 'run' and singleton_key = ${runId} and state <= 'active'`.execute(db)
  return rows[0] ?? { active: 0, waiting: 0 }
}
