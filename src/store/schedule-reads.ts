// What was read of which repository to know its schedules, and work that one process does in turn for all.
import type { Rooms } from '../domain/store.ts'
import type { Ground } from './rows.ts'

type Reads = Pick<Rooms['schedules'], 'turn' | 'turnAt' | 'reads' | 'markRead' | 'unmarkRead'>

export function scheduleReads({ db }: Ground): Reads {
  return {
    async turn(what, now, seconds) {
      const next_at = new Date(Date.parse(now) + seconds * 1000)
      const mine = await db
        .insertInto('turns')
        .values({ name: what, next_at })
        .onConflict(conflict =>
          conflict.column('name').doUpdateSet({ next_at }).where('turns.next_at', '<=', new Date(now)),
        )
        .returning('name')
        .executeTakeFirst()
      return mine !== undefined
    },

    async turnAt(what, at) {
      const next_at = new Date(at)
      await db
        .insertInto('turns')
        .values({ name: what, next_at })
        .onConflict(conflict => conflict.column('name').doUpdateSet({ next_at }))
        .execute()
    },

    async reads() {
      const rows = await db.selectFrom('schedules_read').select(['repository_id', 'as_of']).execute()
      return new Map(rows.map(row => [row.repository_id, row.as_of]))
    },

    async markRead(repositoryId, asOf, at) {
      const said = { as_of: asOf, at }
      await db
        .insertInto('schedules_read')
        .values({ repository_id: repositoryId, ...said })
        .onConflict(conflict => conflict.column('repository_id').doUpdateSet(said))
        .execute()
    },

    async unmarkRead(repositoryId) {
      await db.deleteFrom('schedules_read').where('repository_id', '=', repositoryId).execute()
    },
  }
}
