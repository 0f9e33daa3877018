// Where the App may not be any more: what keeps work from starting there, and schedules from being taken.
import { type SelectQueryBuilder, sql } from 'kysely'
import type { Repository } from '../domain/event.ts'
import type { Rooms } from '../domain/store.ts'
import { batches } from './batches.ts'
import { type Ground, text, within } from './rows.ts'
import type { Database, Tables } from './tables.ts'

export function away(ground: Ground): Rooms['away'] {
  const { db } = ground
  return {
    leave: ({ installationId, whole, repositoryIds, forGood, because, at }) =>
      within(ground, async db => {
        const about = { installation_id: installationId, for_good: forGood, because: text(because), at }
        const left = [...new Set(repositoryIds)].sort((a, b) => a - b)
        const rows = [
          ...(whole ? [{ kind: 'installation' as const, id: installationId, ...about }] : []),
          ...left.map(id => ({ kind: 'repository' as const, id, ...about })),
        ]
        for (const some of batches(rows, batch))
          await db
            .insertInto('away')
            .values(some)
            .onConflict(conflict =>
              conflict
                .columns(['kind', 'id'])
                .doUpdateSet({ ...about, erased_at: null })
                // Told twice it is the same absence; for good after for a while is another.
                .where(({ eb, ref }) => eb(ref('away.for_good'), '<>', forGood)),
            )
            .execute()
      }),

    async back(installationId, repositoryIds) {
      await db
        .deleteFrom('away')
        .where(({ and, or, eb }) =>
          or([
            and([eb('kind', '=', 'installation'), eb('id', '=', installationId)]),
            and([eb('kind', '=', 'repository'), eb('id', '=', sql<number>`any(${repositoryIds}::bigint[])`)]),
          ]),
        )
        .execute()
    },

    of: repository => awayFrom(db, repository),

    list: () =>
      db.selectFrom('away').select(['kind', 'id', 'for_good as forGood']).orderBy('kind').orderBy('id').execute(),
  }
}

/** Rows in one go. */
const batch = 1000

/** The sentence why nothing may be done there. A repository that has come to another installation is not away with the first. */
export async function awayFrom(
  db: Database,
  { id, installationId }: Pick<Repository, 'id' | 'installationId'>,
): Promise<string | undefined> {
  const row = await db
    .selectFrom('away')
    .select('because')
    .where('installation_id', '=', installationId)
    .where(({ and, or, eb }) =>
      or([eb('kind', '=', 'installation'), and([eb('kind', '=', 'repository'), eb('id', '=', id)])]),
    )
    .orderBy('kind')
    .limit(1)
    .executeTakeFirst()
  return row?.because
}

/** Rows of `schedules` whose repository is not away. */
export function ofThoseHere<O>(query: SelectQueryBuilder<Tables, 'schedules' | 'repositories', O>) {
  return query.where(({ not, exists, selectFrom }) =>
    not(
      exists(
        selectFrom('away')
          .select('away.id')
          .where('away.kind', '=', 'repository')
          .whereRef('away.id', '=', 'schedules.repository_id'),
      ),
    ),
  )
}
