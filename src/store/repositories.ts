// What each repository is called now; names are reused after renames, so the one seen last has the name. Ordered by GitHub's time of it, not by when it came.
import { sql } from 'kysely'
import type { Repository } from '../domain/event.ts'
import type { Rooms } from '../domain/store.ts'
import { type Ground, json, text } from './rows.ts'
import type { Database } from './tables.ts'
import { together } from './together.ts'

/** As many as are dispatched side by side. */
const noted = 20

export function repositories({ db }: Ground): Rooms['repositories'] {
  const note = together(db, (seen: Seen[]) => noteAll(db, seen), noted)
  return {
    seen: (repository, at, how = 'told') => note({ repository, at, asked: how === 'asked' }),

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

    async list(limit) {
      const rows = await db
        .selectFrom('repositories')
        .select('repository')
        .orderBy('seen_at', 'desc')
        .orderBy('id')
        .limit(limit)
        .execute()
      return rows.map(row => row.repository as Repository)
    },

    async ofInstallation(installationId) {
      const rows = await db
        .selectFrom('repositories')
        .select('repository')
        // In the text as it came, where quotation marks within strings are escaped: PostgreSQL refuses to look into some JSON.
        .where(sql<boolean>`repository::text ~ ${`"installationId":${installationId}[,}]`}`)
        .orderBy('id')
        .execute()
      return rows.map(row => row.repository as Repository)
    },

    async owner(login) {
      const row = await db
        .selectFrom('repositories')
        .select('repository')
        .where(sql<boolean>`lower(owner) = lower(${login})`)
        .orderBy('seen_at', 'desc')
        .limit(1)
        .executeTakeFirst()
      return (row?.repository as Repository | undefined)?.ownerId
    },
  }
}

interface Seen {
  repository: Repository
  at: string
  asked: boolean
}

/** Of those about the same repository the one that holds; in the order of their ids, so that two processes do not wait for each other. */
async function noteAll(db: Database, seen: Seen[]): Promise<undefined[]> {
  const latest = new Map<number, Seen>()
  for (const one of seen.toSorted((a, b) => a.at.localeCompare(b.at))) {
    const known = latest.get(one.repository.id)
    if (!known || holdsAfter(known, one)) latest.set(one.repository.id, one)
  }
  const rows = [...latest.values()].map(({ repository, at, asked }) => ({
    id: repository.id,
    owner: text(repository.owner),
    name: text(repository.name),
    repository: json(repository),
    seen_at: at,
    as_of: repository.updatedAt ?? null,
    asked,
  }))
  await db
    .insertInto('repositories')
    .values(rows.sort((a, b) => a.id - b.id))
    .onConflict(conflict =>
      conflict
        .column('id')
        .doUpdateSet(({ ref }) => ({
          owner: ref('excluded.owner'),
          name: ref('excluded.name'),
          repository: ref('excluded.repository'),
          seen_at: ref('excluded.seen_at'),
          as_of: sql<Date | null>`coalesce(excluded.as_of, repositories.as_of)`,
          asked: ref('excluded.asked'),
        }))
        // As `holdsAfter`.
        .where(
          sql<boolean>`excluded.as_of > repositories.as_of or (repositories.seen_at <= excluded.seen_at and
            (excluded.asked or repositories.as_of is null or (excluded.as_of = repositories.as_of and not repositories.asked)))`,
        ),
    )
    .execute()
  return []
}

/** Of one that came later. GitHub does not move the time at every rename: of two with one time the answer to a question is believed. */
function holdsAfter(known: Seen, { repository: { updatedAt }, asked }: Seen): boolean {
  const before = known.repository.updatedAt
  if (asked || before === undefined) return true
  return updatedAt !== undefined && (updatedAt > before || (updatedAt === before && !known.asked))
}
