// What people asked for one pull request by comment, until somebody takes it back.
import type { Rooms, Wish } from '../domain/store.ts'
import { type Ground, iso, text } from './rows.ts'

export function wishes({ db }: Ground): Rooms['wishes'] {
  return {
    async set(repositoryId, number, wish, by, at) {
      await db
        .insertInto('wishes')
        .values({ repository_id: repositoryId, number, wish, by: text(by), at })
        .onConflict(conflict => conflict.doNothing())
        .execute()
    },

    async clear(repositoryId, number, wish) {
      const cleared = await db
        .deleteFrom('wishes')
        .where('repository_id', '=', repositoryId)
        .where('number', '=', number)
        .where('wish', '=', wish)
        .returning('wish')
        .executeTakeFirst()
      return cleared !== undefined
    },

    async of(repositoryId, number) {
      const rows = await db
        .selectFrom('wishes')
        .select(['wish', 'by', 'at'])
        .where('repository_id', '=', repositoryId)
        .where('number', '=', number)
        .execute()
      return Object.fromEntries(rows.map(({ wish, by, at }) => [wish as Wish, { by, at: iso(at) }]))
    },
  }
}
