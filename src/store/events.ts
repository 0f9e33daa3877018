// Events that people started by hand; those from GitHub are read from their delivery.
import type { Event } from '../domain/event.ts'
import type { Rooms } from '../domain/store.ts'
import { type Ground, json } from './rows.ts'

export function events({ db }: Ground): Rooms['events'] {
  return {
    async get(id) {
      const row = await db.selectFrom('events').select('event').where('id', '=', id).executeTakeFirst()
      return row?.event as Event | undefined
    },

    async save(event) {
      await db
        .insertInto('events')
        .values({ id: event.id, event: json(event), at: event.at })
        .onConflict(conflict => conflict.column('id').doNothing())
        .execute()
    },
  }
}
