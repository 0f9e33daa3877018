// Signs of life of what goes on by itself, for whoever asks from another process.
import type { Rooms } from '../domain/store.ts'
import { type Ground, iso } from './rows.ts'

export function signs({ db }: Ground): Rooms['signs'] {
  return {
    async give(name, at) {
      await db
        .insertInto('signs')
        .values({ name, at })
        .onConflict(conflict => conflict.column('name').doUpdateSet({ at }))
        .execute()
    },

    async last(name) {
      const row = await db.selectFrom('signs').select('at').where('name', '=', name).executeTakeFirst()
      return row && iso(row.at)
    },
  }
}
