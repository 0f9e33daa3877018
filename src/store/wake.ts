// A run that stands in line comes forward when the one before it has ended, and is not asked for all the time.
import type { Selectable } from 'kysely'
import type { Ground } from './rows.ts'
import { runOfJob, sendRun } from './run-jobs.ts'
import type { Database, Tables } from './tables.ts'

/** What tells whom a run's end is news to. */
export const lineOfRun = ['kind', 'repository_id', 'number', 'key'] as const
type LineOfRun = Pick<Selectable<Tables['runs']>, (typeof lineOfRun)[number]>

/**
 * In the transaction that ended the run, after its row was written: whoever put itself off before is seen here, and whoever does later sees that
 * the run has ended. Only a job is sent, which looks for itself: to lock the other's row here could wait for one who waits for ours.
 */
export async function wakeNext(ground: Ground, db: Database, ended: LineOfRun): Promise<void> {
  let line = db
    .selectFrom('runs')
    .select(runOfJob)
    .where('repository_id', '=', ended.repository_id)
    .where('kind', '=', ended.kind)
    .where('status', '=', 'queued')
    .where('in_line_since', 'is not', null)
    .where('waits', 'is', null)
  if (ended.kind === 'work') line = line.where('key', '=', ended.key)
  else line = line.where('number', '=', ended.number)
  const next = await line.orderBy('requested_at').orderBy('id').limit(1).executeTakeFirst()
  if (next) await sendRun(ground, next, db)
}
