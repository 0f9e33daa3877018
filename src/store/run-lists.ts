// Which runs there are: of a pull, of a routine, of a key; those that decide about a new one hold off other decisions meanwhile.
import { sql } from 'kysely'
import type { Rooms } from '../domain/store.ts'
import { type Ground, iso } from './rows.ts'
import { asReview, asRun, asWork, selectRuns } from './run-rows.ts'

type Lists =
  | 'get'
  | 'called'
  | 'active'
  | 'activeAbout'
  | 'past'
  | 'activeWork'
  | 'pastWork'
  | 'ofRoutine'
  | 'list'
  | 'underWay'
  | 'pausedBy'
  | 'unclaimed'
  | 'inLine'
  | 'countAutomatic'
  | 'costs'

export function runLists(ground: Ground): Pick<Rooms['runs'], Lists> {
  const { db } = ground
  const about = (repositoryId: number, number: number) =>
    selectRuns(db).where('repository_id', '=', repositoryId).where('number', '=', number)
  const under = (repositoryId: number, key: string) =>
    selectRuns(db).where('repository_id', '=', repositoryId).where('key', '=', key).where('kind', '=', 'work')
  return {
    async called(beginning) {
      const rows = await db
        .selectFrom('runs')
        .select('id')
        .where(sql`left(id, ${beginning.length}::int)`, '=', beginning)
        .orderBy('requested_at', 'desc')
        .limit(10)
        .execute()
      return rows.map(({ id }) => id)
    },

    async get(id) {
      const row = await selectRuns(db).where('id', '=', id).executeTakeFirst()
      return row && asRun(row)
    },

    async active(repositoryId, number) {
      await lock(ground, `pull:${repositoryId}:${number}`)
      const rows = await about(repositoryId, number)
        .where('kind', '=', 'review')
        .where('status', '<>', 'ended')
        .orderBy('requested_at')
        .orderBy('id')
        .forUpdate()
        .execute()
      return rows.map(asReview)
    },

    async activeAbout(repositoryId, number) {
      const rows = await about(repositoryId, number)
        .where('status', '<>', 'ended')
        .orderBy('requested_at')
        .orderBy('id')
        .execute()
      return rows.map(asRun)
    },

    async past(repositoryId, number, limit) {
      const rows = await about(repositoryId, number)
        .where('kind', '=', 'review')
        .where('status', '=', 'ended')
        .orderBy('ended_at', 'desc')
        .orderBy('requested_at', 'desc')
        .limit(limit)
        .execute()
      return rows.map(asReview)
    },

    async activeWork(repositoryId, routine, key) {
      await lock(ground, `routine:${repositoryId}:${routine}`)
      const rows = await under(repositoryId, key)
        .where('status', '<>', 'ended')
        .orderBy('requested_at')
        .orderBy('id')
        .forUpdate()
        .execute()
      return rows.map(asWork).filter(run => run.routines.some(part => part.routine.name === routine))
    },

    async pastWork(repositoryId, key, limit) {
      const rows = await under(repositoryId, key)
        .where('status', '=', 'ended')
        .orderBy('requested_at', 'desc')
        .orderBy('id')
        .limit(limit)
        .execute()
      return rows.map(asWork)
    },

    async ofRoutine(repositoryId, routine, since, key) {
      await lock(ground, `routine:${repositoryId}:${routine}`)
      let query = db
        .selectFrom('occurrences')
        .innerJoin('runs', 'runs.id', 'occurrences.run_id')
        .select(({ fn }) => [
          fn.count<number>('runs.id').distinct().as('count'),
          fn.max<Date | null>('runs.requested_at').as('last'),
        ])
        .where('occurrences.repository_id', '=', repositoryId)
        .where('occurrences.routine', '=', routine)
        .where('runs.requested_at', '>=', new Date(since))
        // An index has their times; a run is asked for in the moment of its first occurrence, by a clock that may differ.
        .where('occurrences.at', '>=', new Date(Date.parse(since) - 3_600_000))
      if (key !== undefined) query = query.where('runs.key', '=', key)
      const { count, last } = await query.executeTakeFirstOrThrow()
      return { count, ...(last && { last: iso(last) }) }
    },

    async list({ repositoryId, limit }) {
      let query = selectRuns(db).orderBy('requested_at', 'desc').orderBy('id').limit(limit)
      if (repositoryId !== undefined) query = query.where('repository_id', '=', repositoryId)
      return (await query.execute()).map(asRun)
    },

    async underWay() {
      const rows = await selectRuns(db).where('status', '<>', 'ended').orderBy('requested_at').orderBy('id').execute()
      return rows.map(asRun)
    },

    async pausedBy({ scope, at }) {
      const rows = await selectRuns(db)
        .where('stop', 'is not', null)
        .where(({ or, eb }) =>
          or([
            eb('status', '<>', 'ended'),
            // By another machine's clock perhaps.
            eb('ended_at', '>=', new Date(Date.parse(at) - 3_600_000)),
          ]),
        )
        .orderBy('requested_at', 'desc')
        .orderBy('id')
        .execute()
      return rows.map(asRun).filter(({ stop }) => stop?.pause?.scope === scope && stop.pause.at === at)
    },

    async unclaimed(before, limit) {
      const rows = await selectRuns(db)
        .where('status', '=', 'queued')
        .where('not_before', '<', new Date(before))
        .orderBy('not_before')
        .orderBy('id')
        .limit(limit)
        .execute()
      return rows.map(asRun)
    },

    async inLine(before, limit) {
      const rows = await selectRuns(db)
        .where('status', '=', sql.lit('queued'))
        .where('in_line_since', '<', new Date(before))
        .orderBy('in_line_since')
        .orderBy('id')
        .limit(limit)
        .execute()
      return rows.map(asRun)
    },

    async costs(repositoryId, tier, limit) {
      const rows = await selectRuns(db)
        .where('repository_id', '=', repositoryId)
        .where('tier', '=', tier)
        .where('ending', '=', 'done')
        .orderBy('ended_at', 'desc')
        .orderBy('id')
        .limit(limit)
        .execute()
      return rows.map(asRun).map(({ usd, startedAt, requestedAt, endedAt }) => ({
        usd,
        milliseconds: Date.parse(endedAt ?? requestedAt) - Date.parse(startedAt ?? requestedAt),
      }))
    },

    async countAutomatic(repositoryId, number, since) {
      const { count } = await db
        .selectFrom('runs')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .where('repository_id', '=', repositoryId)
        .where('number', '=', number)
        .where('kind', '=', 'review')
        .where('requested_at', '>=', new Date(since))
        .where('asked', '=', false)
        .executeTakeFirstOrThrow()
      return count
    },
  }
}

/** Two dispatches about the same thing wait for each other even when it has no run yet that could be locked. */
async function lock({ db }: Ground, what: string): Promise<void> {
  if (!db.isTransaction) return
  await sql`select pg_advisory_xact_lock(hashtextextended(${what}, 0))`.execute(db)
}
