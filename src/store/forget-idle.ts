// What nobody has come back to for as long as records are kept: wishes, tokens that are over, repositories, and reports once they may not quote code any more.
import { sql } from 'kysely'
import type { Database } from './tables.ts'

/** `quoted`: of reports of runs that ended before then; `records`: of everything else. */
export async function forgetIdle(db: Database, quoted: Date, records: Date): Promise<void> {
  const before = sql`${records.toISOString()}::timestamptz`
  await db
    .updateTable('runs')
    .set({ report: null })
    .where('report', 'is not', null)
    .where('ended_at', '<', quoted)
    .execute()
  await db.deleteFrom('wishes').where('at', '<', records).execute()
  await sql`delete from tokens where least(revoked_at, expires_at) < ${before}`.execute(db)
  // By its name people ask for what is kept of it.
  await sql`delete from repositories where seen_at < ${before}
    and not exists (select 1 from schedules where repository_id = repositories.id)
    and not exists (select 1 from runs where repository_id = repositories.id)`.execute(db)
}
