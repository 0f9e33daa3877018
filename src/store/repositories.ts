// What each repository is called now; names are reused after renames, so the one seen last has the name.
import { sql } from 'kysely'
import type { Repository } from '../domain/event.ts'
import type { Rooms } from '../domain/store.ts'
import { type Ground, json, text } from './rows.ts'

export function repositories({ db }: Ground): Rooms['repositories'] {
  return {
    async seen(repository, at) {
      const row = {
        owner: text(repository.owner),
        name: text(repository.name),
        repository: json(repository),
        seen_at: at,
      }
      await db
        .insertInto('repositories')
        .values({ id: repository.id, ...row })
        .onConflict(conflict =>
          conflict.column('id').doUpdateSet(row).where('repositories.seen_at', '<=', new Date(at)),
        )
        .execute()
    },

    async find(owner, name) {
      const row = await db
        .selectFrom('repositories')
        .select('repository')
        .where(sql<boolean>`lower(owner) = lower(${owner}) and lower(name) = lower(${name})`)
        .orderBy('seen_at', 'desc')
        .limit(1)
        .executeTakeFirst()
      return row?.repository as Repository | undefined
    },
  }
}
