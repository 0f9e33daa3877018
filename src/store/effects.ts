// Intended changes to the outside world: the intent before, the receipt after, one row a key.
import type { Rooms } from '../domain/store.ts'
import { type Ground, iso, json, text } from './rows.ts'

export function effects({ db, turns }: Ground): Rooms['effects'] {
  return {
    alone: (key, work) => turns.alone(key, work),

    async intend({ key, runId, kind, intent, at }) {
      const inserted = await db
        .insertInto('effects')
        .values({ key: text(key), run_id: runId, kind, intent: json(intent), at })
        .onConflict(conflict => conflict.column('key').doNothing())
        .returning('key')
        .executeTakeFirst()
      if (inserted) return { first: true }
      const row = await db
        .selectFrom('effects')
        .select(['receipt', 'done_at'])
        .where('key', '=', text(key))
        .executeTakeFirstOrThrow()
      return { first: false, ...(row.done_at && { receipt: row.receipt }) }
    },

    async done(key, receipt, at) {
      await db
        .updateTable('effects')
        .set({ receipt: json(receipt), done_at: at })
        .where('key', '=', text(key))
        .execute()
    },

    async ofRun(runId) {
      const rows = await db
        .selectFrom('effects')
        .selectAll()
        .where('run_id', '=', runId)
        .orderBy('at')
        .orderBy('key')
        .execute()
      return rows.map(row => ({
        key: row.key,
        kind: row.kind,
        intent: row.intent,
        receipt: row.done_at ? row.receipt : undefined,
        at: iso(row.at),
      }))
    },

    async get(key) {
      const row = await db
        .selectFrom('effects')
        .select(['receipt', 'done_at'])
        .where('key', '=', text(key))
        .executeTakeFirst()
      return row && { receipt: row.done_at ? row.receipt : undefined }
    },
  }
}
