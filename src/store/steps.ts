// Finished stages and agent turns of a run: written once, read back in order after a crash.
import { type Selectable, sql } from 'kysely'
import type { Step } from '../domain/run.ts'
import type { Rooms } from '../domain/store.ts'
import { type Ground, iso, json, text } from './rows.ts'
import { stale } from './runs.ts'
import type { Tables } from './tables.ts'

export function steps({ db }: Ground): Rooms['steps'] {
  return {
    async list(runId, key) {
      let query = db.selectFrom('steps').selectAll().where('run_id', '=', runId).orderBy('sequence')
      if (key !== undefined) query = query.where('key', '=', key)
      return (await query.execute()).map(asStep)
    },

    async after(runId, sequence) {
      const rows = await db
        .selectFrom('steps')
        .selectAll()
        .where('run_id', '=', runId)
        .where('sequence', '>', sequence)
        .orderBy('sequence')
        .execute()
      return rows.map(asStep)
    },

    async append(runId, attempt, key, value, at) {
      const stored = await sql`
        insert into steps (run_id, attempt, key, value, at)
        select id, attempt, ${text(key)}, ${json(value)}::json, ${at}::timestamptz
        from runs where id = ${runId} and attempt = ${attempt} and status = 'running'
        for share
        returning sequence`.execute(db)
      if (stored.rows.length === 0) throw stale(runId)
    },
  }
}

function asStep(row: Selectable<Tables['steps']>): Step {
  return {
    runId: row.run_id,
    key: row.key,
    attempt: row.attempt,
    sequence: row.sequence,
    at: iso(row.at),
    value: row.value,
  }
}
