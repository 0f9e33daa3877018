// Taking a run: the attempt goes up in the transaction that takes it, what an earlier attempt left behind is settled, and workers that died of it are counted.
import { type Selectable, sql, type Updateable } from 'kysely'
import type { Run } from '../domain/run.ts'
import { awayFrom } from './away.ts'
import { pauseOver } from './pauses.ts'
import { type Ground, iso, json, text } from './rows.ts'
import { jobsOf, sendRun } from './run-jobs.ts'
import { asRun, repositoryOf, selectRuns } from './run-rows.ts'
import type { Database, Tables } from './tables.ts'
import { wakeNext } from './wake.ts'

/** The job's time is the database's clock, `now` is the program's: a little apart is on time. */
const clockToleranceMilliseconds = 1000
/** Longer than a dead worker's jobs take to come back. */
const lookAgainMilliseconds = 20_000
/** A run may be what kills its worker: so often it is tried again from the same step. */
export const deathsAllowed = 5

export async function claim(ground: Ground, db: Database, id: string, now: string): Promise<Run | undefined> {
  const row = await selectRuns(db).where('id', '=', id).forUpdate('runs').executeTakeFirst()
  if (!row || row.status === 'ended') return undefined
  const jobs = await jobsOf(db, id)
  // Asked for while it was being found out that the App may not be there.
  const away = await awayFrom(db, repositoryOf(row))
  if (away !== undefined) {
    // A worker that lives writes down itself what it set aside.
    if (jobs.active <= 1) await settleLost(db, id)
    const stop = json({ end: 'stopped', because: away, gone: true })
    return end({ ending: 'stopped', because: text(away), stop })
  }

  if (row.status === 'queued' && row.not_before.getTime() > Date.parse(now) + clockToleranceMilliseconds) {
    if (jobs.waiting === 0) await later(row.not_before)
    return undefined
  }
  if (row.status === 'queued' && (await pauseOver(db, repositoryOf(row)))) {
    if (jobs.waiting === 0) await later(new Date(now))
    return undefined
  }
  // One active job is the caller's own: more of them mean that the worker which runs it is alive. Or that several jobs of
  // a run whose worker died were taken at once, and each takes the other for that worker: so one looks again.
  if (row.status === 'running' && jobs.active > 1) {
    if (jobs.waiting === 0) await later(new Date(Date.parse(now) + lookAgainMilliseconds))
    return undefined
  }

  const deaths = await deathsOf(db, row)
  await settleLost(db, id)
  if (deaths > deathsAllowed) return end({ ending: 'failed', because: givenUp(deaths), deaths })
  const started = { status: 'running', attempt: row.attempt + 1, started_at: row.started_at ?? now } as const
  await db
    .updateTable('runs')
    .set({ ...started, because: null, deaths })
    .where('id', '=', id)
    .execute()
  return asRun(await selectRuns(db).where('id', '=', id).executeTakeFirstOrThrow())

  function later(at: Date): Promise<void> {
    return sendRun(ground, row!, db, iso(at))
  }

  async function end(how: Updateable<Tables['runs']>): Promise<undefined> {
    await db
      .updateTable('runs')
      .set({ status: 'ended', ended_at: now, ...how })
      .where('id', '=', id)
      .execute()
    await wakeNext(ground, db, row!)
  }
}

/** What is set aside for calls of which nobody will tell what they cost. */
async function settleLost(db: Database, runId: string): Promise<void> {
  await db
    .updateTable('ledger')
    .set({ usd: sql`reserved_usd`, status: 'lost' })
    .where('run_id', '=', runId)
    .where('usd', 'is', null)
    .execute()
}

/** In a row, that of the worker which had it last included; a step that it stored starts the count again. */
async function deathsOf(db: Database, row: Selectable<Tables['runs']>): Promise<number> {
  if (row.status !== 'running') return row.deaths
  const step = await db
    .selectFrom('steps')
    .select('sequence')
    .where('run_id', '=', row.id)
    .where('attempt', '=', row.attempt)
    .limit(1)
    .executeTakeFirst()
  if (step) return 0
  return row.let_go === row.attempt ? row.deaths : row.deaths + 1
}

const givenUp = (deaths: number) =>
  `The server that worked on it died ${deaths} times in a row at the same step, so it was given up; the server's log, or the system's, may say what ended it. Ask for it again once that is mended.`

/** A living worker gives the run back: what it did not come to is no death. */
export async function letGo(db: Database, runId: string | undefined): Promise<void> {
  if (runId === undefined) return
  await db
    .updateTable('runs')
    .set(({ ref }) => ({ let_go: ref('attempt') }))
    .where('id', '=', runId)
    .where('status', '=', 'running')
    .execute()
}
