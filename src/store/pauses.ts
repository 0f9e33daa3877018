// Pauses: what people have put on hold, from one repository up to everything.
import type { Rooms } from '../domain/store.ts'
import { type Ground, iso, text } from './rows.ts'

export function pauses({ db }: Ground): Rooms['pauses'] {
  const asPause = (row: { scope: string; label: string; by: string; at: Date }) => ({ ...row, at: iso(row.at) })

  return {
    async set(scope, label, by, at) {
      const row = { label: text(label), by: text(by), at }
      await db
        .insertInto('pauses')
        .values({ scope, ...row })
        .onConflict(conflict => conflict.column('scope').doUpdateSet(row))
        .execute()
    },

    async clear(scope) {
      const cleared = await db.deleteFrom('pauses').where('scope', '=', scope).returning('scope').executeTakeFirst()
      return cleared !== undefined
    },

    async list() {
      const rows = await db.selectFrom('pauses').selectAll().orderBy('at', 'desc').orderBy('scope').execute()
      return rows.map(asPause)
    },

    async holds(repository) {
      const scopes = ['all', `owner:${repository.ownerId}`, `repository:${repository.id}`]
      // "all" before "owner:" before "repository:", which is also the order of the alphabet.
      const row = await db
        .selectFrom('pauses')
        .selectAll()
        .where('scope', 'in', scopes)
        .orderBy('scope')
        .limit(1)
        .executeTakeFirst()
      return row && asPause(row)
    },
  }
}
