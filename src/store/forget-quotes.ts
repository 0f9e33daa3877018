// The code that findings quote: forgotten where it grew old, or where the App may not be any more.
import type { RawBuilder } from 'kysely'
import type { Judged } from '../domain/finding.ts'
import { rewriteRows } from './rewrite-rows.ts'
import { json } from './rows.ts'
import type { Database } from './tables.ts'
import { withoutCode } from './without-code.ts'

/** Rows in one go. */
const batch = 500

/** `which`: of the rows of `findings`. Answers how many lost their quotes. */
export function forgetQuotes(db: Database, which: RawBuilder<boolean>): Promise<number> {
  return rewriteRows(
    batch,
    most =>
      db
        .selectFrom('findings')
        .select(['row_id', 'judged'])
        .where('quotes_code', '=', true)
        .where(which)
        .limit(most)
        .execute(),
    ({ row_id, judged }) =>
      db
        .updateTable('findings')
        .set({ judged: json(withoutCode(judged as Judged)), quotes_code: false })
        .where('row_id', '=', row_id)
        .execute(),
  )
}
