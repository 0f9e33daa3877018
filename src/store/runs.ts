// Runs: asked for together with their job, claimed with a raised attempt, written to by the newest attempt only.
import { sql } from 'kysely'
import { Problem } from '../domain/problem.ts'
import type { Rooms } from '../domain/store.ts'
import { claim } from './claim.ts'
import { type Ground, iso, json, text, within } from './rows.ts'
import { asReview, asRun, asWork, selectRuns } from './run-rows.ts'

export function stale(runId: string): Problem {
  return new Problem(
    'lost',
    `Run ${runId} was taken over by another worker or has ended, so this write is refused; nothing needs doing.`,
  )
}

export function runs(ground: Ground): Rooms['runs'] {
  const { db } = ground

  return {
    request: run =>
      within(ground, async db => {
        await db
          .insertInto('runs')
          .values({
            id: run.id,
            kind: run.kind,
            repository_id: run.repository.id,
            number: run.number,
            repository: json(run.repository),
            pull: run.pull && json(run.pull),
            ...(run.kind === 'work' && { event: json(run.event), key: text(run.key) }),
            routines: json(run.routines),
            asked: run.asked,
            event_id: run.eventId,
            requested_at: run.requestedAt,
            not_before: run.notBefore,
            estimate: run.estimate,
            superseded_in_row: run.supersededInRow,
            expire_in_seconds: run.expireInSeconds,
          })
          .execute()
        await ground.send(
          {
            queue: 'run',
            data: { runId: run.id },
            repositoryId: run.repository.id,
            startAfter: run.notBefore,
            expireInSeconds: run.expireInSeconds,
          },
          db,
        )
        return asRun(await selectRuns(db).where('id', '=', run.id).executeTakeFirstOrThrow())
      }),

    async get(id) {
      const row = await selectRuns(db).where('id', '=', id).executeTakeFirst()
      return row && asRun(row)
    },

    async active(repositoryId, number) {
      await lock(ground, `pull:${repositoryId}:${number}`)
      const rows = await selectRuns(db)
        .where('repository_id', '=', repositoryId)
        .where('number', '=', number)
        .where('kind', '=', 'review')
        .where('status', '<>', 'ended')
        .orderBy('requested_at')
        .orderBy('id')
        .forUpdate()
        .execute()
      return rows.map(asReview)
    },

    async past(repositoryId, number, limit) {
      const rows = await selectRuns(db)
        .where('repository_id', '=', repositoryId)
        .where('number', '=', number)
        .where('kind', '=', 'review')
        .where('status', '=', 'ended')
        .orderBy('ended_at', 'desc')
        .orderBy('requested_at', 'desc')
        .limit(limit)
        .execute()
      return rows.map(asReview)
    },

    async activeWork(repositoryId, routine, key) {
      await lock(ground, `work:${repositoryId}:${routine}:${key}`)
      const rows = await selectRuns(db)
        .where('repository_id', '=', repositoryId)
        .where('key', '=', key)
        .where('kind', '=', 'work')
        .where('status', '<>', 'ended')
        .orderBy('requested_at')
        .orderBy('id')
        .forUpdate()
        .execute()
      return rows.map(asWork).filter(run => run.routines.some(part => part.routine.name === routine))
    },

    async ofRoutine(repositoryId, routine, since, key) {
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
      if (key !== undefined) query = query.where('runs.key', '=', key)
      const { count, last } = await query.executeTakeFirstOrThrow()
      return { count, ...(last && { last: iso(last) }) }
    },

    async list({ repositoryId, limit }) {
      let query = selectRuns(db).orderBy('requested_at', 'desc').orderBy('id').limit(limit)
      if (repositoryId !== undefined) query = query.where('repository_id', '=', repositoryId)
      return (await query.execute()).map(asRun)
    },

    postpone: (id, change) =>
      within(ground, async db => {
        const moved = await db
          .updateTable('runs')
          .set({
            not_before: change.notBefore,
            pull: json(change.pull),
            routines: json(change.routines),
            asked: change.asked,
            waits: null,
          })
          .where('id', '=', id)
          .where('status', '=', 'queued')
          .returning(['repository_id', 'expire_in_seconds'])
          .executeTakeFirst()
        if (!moved) throw new Problem('conflict', `Run ${id} has started or ended, so it can not be moved any more.`)
        await ground.send(
          {
            queue: 'run',
            data: { runId: id },
            repositoryId: moved.repository_id,
            startAfter: change.notBefore,
            expireInSeconds: moved.expire_in_seconds,
          },
          db,
        )
      }),

    claim: (id, now) => within(ground, db => claim(ground, db, id, now)),

    async head(id, attempt, head) {
      const written = await db
        .updateTable('runs')
        .set({ head })
        .where('id', '=', id)
        .where('attempt', '=', attempt)
        .where('status', '=', 'running')
        .returning('id')
        .executeTakeFirst()
      if (!written) throw stale(id)
    },

    async report(id, attempt, report) {
      const written = await db
        .updateTable('runs')
        .set({ report: text(report) })
        .where('id', '=', id)
        .where('attempt', '=', attempt)
        .where('status', '=', 'running')
        .returning('id')
        .executeTakeFirst()
      if (!written) throw stale(id)
    },

    async end(id, attempt, end, because, at) {
      const written = await db
        .updateTable('runs')
        .set({ status: 'ended', ending: end, because: text(because), ended_at: at })
        .where('id', '=', id)
        .where('attempt', '=', attempt)
        .where('status', '<>', 'ended')
        .returning('id')
        .executeTakeFirst()
      if (!written) throw stale(id)
    },

    async stop(id, stop, at) {
      const ended = await within(ground, async db => {
        const row = await db
          .updateTable('runs')
          .set({ status: 'ended', ending: stop.end, because: text(stop.because), ended_at: at, stop: json(stop) })
          .where('id', '=', id)
          .where('status', '=', 'queued')
          .returning(['repository_id', 'expire_in_seconds'])
          .executeTakeFirst()
        const { repository_id: repositoryId, expire_in_seconds: expireInSeconds } = row ?? {}
        if (repositoryId === undefined || expireInSeconds === undefined) return false
        // Its checks are open already: a worker completes them now, not when the run would have started.
        await ground.send({ queue: 'run', data: { runId: id }, repositoryId, expireInSeconds }, db)
        return true
      })
      if (ended) return 'ended'
      const asked = await db
        .updateTable('runs')
        .set({ stop: json(stop) })
        .where('id', '=', id)
        .where('status', '=', 'running')
        .returning('id')
        .executeTakeFirst()
      return asked ? 'asked' : 'already ended'
    },

    async stops(ids) {
      if (ids.length === 0) return []
      const rows = await db
        .selectFrom('runs')
        .select(['id', 'stop'])
        .where('id', 'in', ids)
        .where('stop', 'is not', null)
        .execute()
      return rows.map(row => ({ id: row.id, stop: row.stop as NonNullable<ReturnType<typeof asRun>['stop']> }))
    },

    async countAutomatic(repositoryId, number, since) {
      const { count } = await db
        .selectFrom('runs')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .where('repository_id', '=', repositoryId)
        .where('number', '=', number)
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
