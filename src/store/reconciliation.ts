// The comparison of GitHub's deliveries with ours: one process at a time has the turn, and what was asked for again is kept.
import { sql } from 'kysely'
import type { Reconciled, Rooms } from '../domain/store.ts'
import { type Ground, iso, isoIf, json } from './rows.ts'
import type { Database } from './tables.ts'

/** Milliseconds after which a turn of which nobody tells any more is another's. */
const heldFor = 15_000

export function reconciliation({ db }: Ground): Rooms['reconciliation'] {
  return {
    async begin({ holder, at, unlessSince }) {
      const mine = { holder, begun_at: at, held_until: later(at) }
      const row = await db
        .insertInto('reconciliation')
        .values({ ...mine, watched_since: at })
        .onConflict(conflict =>
          conflict
            .column('one')
            .doUpdateSet(mine)
            .where(({ and, or, eb }) =>
              and([
                or([eb('reconciliation.held_until', 'is', null), eb('reconciliation.held_until', '<=', new Date(at))]),
                or([
                  eb('reconciliation.reached', 'is', null),
                  eb('reconciliation.reached', '<', new Date(unlessSince)),
                ]),
              ]),
            ),
        )
        .returning(['watched_since', 'reached'])
        .executeTakeFirst()
      return row && { watchedSince: iso(row.watched_since), reached: isoIf(row.reached) }
    },

    async hold(holder, at) {
      const held = await db
        .updateTable('reconciliation')
        .set({ held_until: later(at) })
        .where('holder', '=', holder)
        .returning('one')
        .executeTakeFirst()
      return held !== undefined
    },

    async end(holder, at, outcome) {
      await db
        .updateTable('reconciliation')
        .set(({ ref }) => ({
          holder: null,
          held_until: null,
          ended_at: at,
          outcome: json(outcome),
          ...(outcome.complete && { reached: ref('begun_at') }),
        }))
        .where('holder', '=', holder)
        .execute()
    },

    async last() {
      const row = await db.selectFrom('reconciliation').selectAll().executeTakeFirst()
      if (!row) return undefined
      const ended = row.ended_at && { at: iso(row.ended_at), ...(row.outcome as Reconciled) }
      return { watchedSince: iso(row.watched_since), reached: isoIf(row.reached), ...(ended && { ended }) }
    },

    async asked(deliveries) {
      const rows = await db
        .selectFrom('redeliveries')
        .select(['attempt', 'delivery_id', 'taken_at'])
        .where('delivery_id', '=', sql<string>`any(${deliveries}::text[])`)
        .execute()
      return rows.map(row => ({ attempt: row.attempt, delivery: row.delivery_id, taken: row.taken_at !== null }))
    },

    async ask(attempt, delivery, at) {
      await db
        .insertInto('redeliveries')
        .values({ attempt, delivery_id: delivery, asked_at: at })
        .onConflict(conflict => conflict.column('attempt').doUpdateSet({ asked_at: at }))
        .execute()
    },

    async taken(attempt, at) {
      await db.updateTable('redeliveries').set({ taken_at: at }).where('attempt', '=', attempt).execute()
    },

    async missing(since, before) {
      const rows = await db
        .selectFrom('redeliveries')
        .select('delivery_id')
        .distinct()
        .where('asked_at', '>=', new Date(since))
        .where('asked_at', '<', new Date(before))
        .where(({ not, exists, selectFrom }) =>
          not(exists(selectFrom('deliveries').select('id').whereRef('deliveries.id', '=', 'redeliveries.delivery_id'))),
        )
        .orderBy('delivery_id')
        .execute()
      return rows.map(row => row.delivery_id)
    },
  }
}

/** Of whoever had the embedded database before, who is gone. */
export async function letTurnGo(db: Database): Promise<void> {
  await db.updateTable('reconciliation').set({ held_until: null }).execute()
}

function later(at: string): Date {
  return new Date(Date.parse(at) + heldFor)
}
