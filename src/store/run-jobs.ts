// The jobs of one run: sent by what its row says, and counted.
import { type Selectable, sql } from 'kysely'
import { isByClock } from '../domain/schedule.ts'
import type { Ground } from './rows.ts'
import type { Database, Tables } from './tables.ts'

/** What a job needs to know of its run. */
export const runOfJob = ['id', 'repository_id', 'expire_in_seconds', 'event_id'] as const
type RunOfJob = Pick<Selectable<Tables['runs']>, (typeof runOfJob)[number]>

/** It waits for no fetch any more. */
export const noWait = { waits: null, waits_for: null, waits_for_id: null } as const

export function sendRun(ground: Ground, run: RunOfJob, db: Database, startAfter?: string): Promise<void> {
  const { id: runId, repository_id: repositoryId, expire_in_seconds: expireInSeconds, event_id } = run
  const of = { repositoryId, expireInSeconds, byClock: isByClock(event_id) }
  return ground.send({ queue: 'run', data: { runId }, startAfter, ...of }, db)
}

export async function jobsOf(db: Database, runId: string): Promise<{ active: number; waiting: number }> {
  const { rows } = await sql<{ active: number; waiting: number }>`
    select count(*) filter (where state = 'active') as active, count(*) filter (where state < 'active') as waiting
    from pgboss.job where name = 'run' and singleton_key = ${runId} and state <= 'active'`.execute(db)
  return rows[0] ?? { active: 0, waiting: 0 }
}
