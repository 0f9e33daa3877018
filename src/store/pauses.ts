// Pauses: what people have put on hold, from one repository up to everything.
import type { Selectable } from 'kysely'
import type { Repository } from '../domain/event.ts'
import type { Pause } from '../domain/pause.ts'
import type { Rooms } from '../domain/store.ts'
import { type Ground, iso, text } from './rows.ts'
import type { Database, Tables } from './tables.ts'

export function pauses({ db }: Ground): Rooms['pauses'] {
  return {
    async set(scope, label, by, at) {
      await db
        .insertInto('pauses')
        .values({ scope, label: text(label), by: text(by), at })
        .onConflict(conflict => conflict.column('scope').doNothing())
        .execute()
      const row = await db.selectFrom('pauses').selectAll().where('scope', '=', scope).executeTakeFirstOrThrow()
      return asPause(row)
    },

    async clear(scope) {
      const cleared = await db.deleteFrom('pauses').where('scope', '=', scope).returning('scope').executeTakeFirst()
      return cleared !== undefined
    },

    async list() {
      const rows = await db.selectFrom('pauses').selectAll().orderBy('at', 'desc').orderBy('scope').execute()
      return rows.map(asPause)
    },

    holds: repository => pauseOver(db, repository),
  }
}

export async function pauseOver(
  db: Database,
  repository: Pick<Repository, 'id' | 'ownerId'>,
): Promise<Pause | undefined> {
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
}

function asPause(row: Selectable<Tables['pauses']>): Pause {
  return { ...row, at: iso(row.at) }
}
