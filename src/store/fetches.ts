// Runs that wait for the first fetch of their repository: put off with its job, and started or ended together with it.
import { sql } from 'kysely'
import { isByClock } from '../domain/schedule.ts'
import type { Fetch, Rooms } from '../domain/store.ts'
import { type Ground, iso, json, text, within } from './rows.ts'
import { noWait, runOfJob } from './run-jobs.ts'
import { asRun, selectRuns } from './run-rows.ts'
import type { Database } from './tables.ts'
import { lineOfRun, wakeNext } from './wake.ts'

export function fetches(ground: Ground): Rooms['fetches'] {
  return {
    wait: (runId, place, until, beside) =>
      within(ground, async db => {
        const run = await db
          .updateTable('runs')
          .set({
            waits: place,
            waits_for: beside ? json(beside) : null,
            waits_for_id: beside?.id ?? null,
            not_before: until,
            in_line_since: sql<Date>`coalesce(in_line_since, ${iso(ground.now())}::timestamptz)`,
          })
          .where('id', '=', runId)
          .where('status', '=', 'queued')
          .returning(['id', 'repository_id', 'expire_in_seconds', 'event_id'])
          .executeTakeFirst()
        if (!run) return false
        await sendRuns(ground, [run], db, until)
        await ground.send({ queue: 'fetch', data: { repositoryId: beside?.id ?? run.repository_id, place } }, db)
        return true
      }),

    async queued(repositoryId) {
      const rows = await selectRuns(ground.db)
        .where(either =>
          either.or([either('repository_id', '=', repositoryId), either('waits_for_id', '=', repositoryId)]),
        )
        .where('status', '=', 'queued')
        .orderBy('requested_at')
        .orderBy('id')
        .execute()
      return rows.map(asRun)
    },

    done: (fetch, at) =>
      within(ground, async db => {
        const runs = await waiting(db, fetch)
          .set({ ...noWait, not_before: at, in_line_since: null })
          .returning(['id', 'repository_id', 'expire_in_seconds', 'event_id'])
          .execute()
        await sendRuns(ground, runs, db)
      }),
  }
}

/** Ends those that wait, and sends the jobs that say so on their checks. */
export async function endWaiting(ground: Ground, db: Database, fetch: Fetch, because: string): Promise<void> {
  const runs = await waiting(db, fetch)
    .set({ status: 'ended', ending: 'failed', because: text(because), ended_at: ground.now() })
    .returning([...runOfJob, ...lineOfRun])
    .execute()
  await sendRuns(ground, runs, db)
  for (const run of runs) await wakeNext(ground, db, run)
}

function waiting(db: Database, { repositoryId, place }: Fetch) {
  return db
    .updateTable('runs')
    .where(({ fn }) => fn.coalesce('waits_for_id', 'repository_id'), '=', repositoryId)
    .where('status', '=', 'queued')
    .where('waits', '=', place)
}

interface Sent {
  id: string
  repository_id: number
  expire_in_seconds: number
  event_id: string
}

async function sendRuns(ground: Ground, runs: Sent[], db: Database, startAfter?: string): Promise<void> {
  for (const { id, repository_id: repositoryId, expire_in_seconds: expireInSeconds, event_id } of runs) {
    const byClock = isByClock(event_id)
    await ground.send({ queue: 'run', data: { runId: id }, repositoryId, startAfter, expireInSeconds, byClock }, db)
  }
}
