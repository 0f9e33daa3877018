// A queued run during a pause: it stays queued, says why, and looks again by itself.
import { heldBy } from '../domain/pause.ts'
import { pauseOver } from './pauses.ts'
import { type Ground, iso, text } from './rows.ts'
import { jobsOf, noWait, sendRun } from './run-jobs.ts'
import { repositoryOf, selectRuns } from './run-rows.ts'
import type { Database } from './tables.ts'

/** Who ends the pause starts what it held; this is for a run that came in that same moment. */
const lookAgainMilliseconds = 600_000

export async function hold(ground: Ground, db: Database, id: string, now: string): Promise<string | undefined> {
  const row = await selectRuns(db)
    .where('id', '=', id)
    .where('status', '=', 'queued')
    .forUpdate('runs')
    .executeTakeFirst()
  const pause = row && (await pauseOver(db, repositoryOf(row)))
  if (!pause) return undefined
  const because = heldBy(pause)
  const startAfter = iso(new Date(Date.parse(now) + lookAgainMilliseconds))
  await db
    .updateTable('runs')
    .set({ because: text(because), not_before: startAfter, ...noWait, in_line_since: null })
    .where('id', '=', id)
    .execute()
  if ((await jobsOf(db, id)).waiting === 0) await sendRun(ground, row, db, startAfter)
  return because
}
