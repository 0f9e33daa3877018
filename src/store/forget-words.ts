// What people wrote of a pull, an issue, a push or a release, and in comments, which runs carry along: forgotten with what filters read of it.
import { sql } from 'kysely'
import { rewriteRows } from './rewrite-rows.ts'
import { json } from './rows.ts'
import type { Database } from './tables.ts'

/** Rows in one go. */
const batch = 200

/** `before`: of runs that ended before then. */
export async function forgetWords(db: Database, before: Date): Promise<void> {
  await rewriteRows(
    batch,
    most =>
      db
        .selectFrom('runs')
        .select(['id', 'pull', 'event'])
        .where('ended_at', '<', before)
        .where(hasWords)
        .limit(most)
        .execute(),
    ({ id, pull, event }) =>
      db
        .updateTable('runs')
        .set({
          pull: pull === null ? null : json(wordless(pull)),
          event: event === null ? null : json(wordless(event)),
        })
        .where('id', '=', id)
        .execute(),
  )
}

/** As of `hasText` in forget-texts.ts: keys alone, in the text as it came. */
const hasWords = sql<boolean>`(pull::text ~ ${'"(title|body|rest)":"[^"]'} or event::text ~ ${'"(title|body|rest)":"[^"]'})`

function wordless(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (key, one) =>
    ['title', 'body', 'rest'].includes(key) && typeof one === 'string' ? '' : one,
  )
}
