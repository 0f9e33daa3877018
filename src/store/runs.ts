// Runs: asked for together with their job, claimed with a raised attempt, written to by the newest attempt only.
import { sql, type Updateable } from 'kysely'
import { Problem } from '../domain/problem.ts'
import type { Rooms } from '../domain/store.ts'
import { claim } from './claim.ts'
import { hold } from './hold.ts'
import { type Ground, json, text, within } from './rows.ts'
import { jobsOf, noWait, runOfJob, sendRun } from './run-jobs.ts'
import { runLists } from './run-lists.ts'
import { asRun, selectRuns } from './run-rows.ts'
import type { Database, Tables } from './tables.ts'
import { lineOfRun, wakeNext } from './wake.ts'

export function stale(runId: string): Problem {
  return new Problem(
    'lost',
    `Run ${runId} was taken over by another worker or has ended, so this write is refused; nothing needs doing.`,
  )
}

/** In a transaction: nobody takes the run over until it ends. Problem `lost` when somebody has; else the head it works on. */
export async function holdRun(db: Database, run: { id: string; attempt: number }): Promise<string | null> {
  const holds = await db
    .selectFrom('runs')
    .select('head')
    .where('id', '=', run.id)
    .where('attempt', '=', run.attempt)
    .where('status', '=', 'running')
    .forShare()
    .executeTakeFirst()
  if (!holds) throw stale(run.id)
  return holds.head
}

export function runs(ground: Ground): Rooms['runs'] {
  const { db } = ground

  return {
    ...runLists(ground),

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
        const row = await selectRuns(db).where('id', '=', run.id).executeTakeFirstOrThrow()
        await sendRun(ground, row, db, run.notBefore)
        return asRun(row)
      }),

    postpone: (id, change) =>
      within(ground, async db => {
        const moved = await db
          .updateTable('runs')
          .set({
            not_before: change.notBefore,
            ...(change.event
              ? {
                  event: json(change.event),
                  number: change.number ?? null,
                  pull: change.pull ? json(change.pull) : null,
                }
              : change.pull && { pull: json(change.pull) }),
            routines: json(change.routines),
            asked: change.asked,
            ...noWait,
            // Moved to another time it is in no line, until it looks then.
            in_line_since: sql<Date | null>`case when not_before = ${change.notBefore}::timestamptz then in_line_since end`,
          })
          .where('id', '=', id)
          .where('status', '=', 'queued')
          .returning(runOfJob)
          .executeTakeFirst()
        if (!moved) throw new Problem('conflict', `Run ${id} has started or ended, so it can not be moved any more.`)
        await sendRun(ground, moved, db, change.notBefore)
      }),

    putOff: (id, until, at) =>
      within(ground, async db => {
        const run = await db
          .updateTable('runs')
          .set({
            not_before: until,
            ...noWait,
            in_line_since: sql<Date>`coalesce(in_line_since, ${at}::timestamptz)`,
          })
          .where('id', '=', id)
          .where('status', '=', 'queued')
          .returning(runOfJob)
          .executeTakeFirst()
        // One is enough: each would be followed by another.
        if (run && (await jobsOf(db, id)).waiting === 0) await sendRun(ground, run, db, until)
      }),

    async comeForward(id, at) {
      await db
        .updateTable('runs')
        .set({ not_before: at, in_line_since: null })
        .where('id', '=', id)
        .where('status', '=', 'queued')
        .where('in_line_since', 'is not', null)
        .where('waits', 'is', null)
        .execute()
    },

    again: (id, newId, at) =>
      within(ground, async db => {
        await sql`
          insert into runs (id, requested_at, not_before, asked, kind, repository_id, number, repository, pull, event, key, routines, event_id,
            estimate, superseded_in_row, expire_in_seconds)
          select ${newId}, requested_at + interval '1 millisecond', ${at}::timestamptz, asked or kind = 'review', kind, repository_id, number, repository, pull, event, key, routines, event_id,
            estimate, superseded_in_row, expire_in_seconds
          from runs where id = ${id}`.execute(db)
        const row = await selectRuns(db).where('id', '=', newId).executeTakeFirstOrThrow()
        await sendRun(ground, row, db, at)
        return asRun(row)
      }),

    hold: (id, now) => within(ground, db => hold(ground, db, id, now)),

    claim: (id, now) => within(ground, db => claim(ground, db, id, now)),

    head: async (id, attempt, head) => void (await write(id, attempt, ['running'], { head })),

    tier: async (id, attempt, tier) => void (await write(id, attempt, ['running'], { tier })),

    report: async (id, attempt, report) => void (await write(id, attempt, ['running'], { report: text(report) })),

    end: (id, attempt, end, because, at) =>
      within(ground, async db => {
        const change = { status: 'ended', ending: end, because: text(because), ended_at: at } as const
        await wakeNext(ground, db, await write(id, attempt, ['queued', 'running'], change, db))
      }),

    async stop(id, stop, at) {
      const ended = await within(ground, async db => {
        const row = await db
          .updateTable('runs')
          .set({ status: 'ended', ending: stop.end, because: text(stop.because), ended_at: at, stop: json(stop) })
          .where('id', '=', id)
          .where('status', '=', 'queued')
          .returning([...lineOfRun, 'expire_in_seconds'])
          .executeTakeFirst()
        if (!row) return false
        const { repository_id: repositoryId, expire_in_seconds: expireInSeconds } = row
        // Its checks are open already: a worker completes them now, not when the run would have started.
        await ground.send({ queue: 'run', data: { runId: id }, repositoryId, expireInSeconds }, db)
        await wakeNext(ground, db, row)
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
  }

  /** Refused to all but the newest attempt. */
  async function write(
    id: string,
    attempt: number,
    during: ('queued' | 'running')[],
    change: Updateable<Tables['runs']>,
    on = db,
  ) {
    const written = await on
      .updateTable('runs')
      .set(change)
      .where('id', '=', id)
      .where('attempt', '=', attempt)
      .where('status', 'in', during)
      .returning(lineOfRun)
      .executeTakeFirst()
    if (!written) throw stale(id)
    return written
  }
}
