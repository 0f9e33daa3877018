// Who pushed to which pull request or branch, as deliveries told it.
import type { Rooms } from '../domain/store.ts'
import type { Ground } from './rows.ts'

export function pushers({ db }: Ground): Rooms['pushers'] {
  return {
    async note(repositoryId, ref, { id, login }, at) {
      await db
        .insertInto('pushers')
        .values({ repository_id: repositoryId, ref, user_id: id, login, at })
        .onConflict(conflict => conflict.columns(['repository_id', 'ref', 'user_id']).doUpdateSet({ login, at }))
        .execute()
    },

    async of(repositoryId, refs) {
      const rows = await db
        .selectFrom('pushers')
        .select(['user_id', 'login'])
        .distinct()
        .where('repository_id', '=', repositoryId)
        .where('ref', 'in', refs)
        .execute()
      return rows.map(row => ({ id: row.user_id, login: row.login }))
    },
  }
}
