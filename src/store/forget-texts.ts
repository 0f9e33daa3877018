// Texts that came with calls of the API and starts by hand: forgotten with payloads, of the event and of the run that carries it.
import { type RawBuilder, sql } from 'kysely'
import type { Event } from '../domain/event.ts'
import { rewriteRows } from './rewrite-rows.ts'
import { json } from './rows.ts'
import type { Database } from './tables.ts'

/** Rows in one go. */
const batch = 200

/** `before`: of events that happened, and of runs that ended, before then. */
export async function forgetTexts(db: Database, before: Date): Promise<void> {
  const then = sql`${before.toISOString()}::timestamptz`
  await forgetIn(db, 'events', sql`at < ${then}`)
  await forgetIn(db, 'runs', sql`ended_at < ${then}`)
}

async function forgetIn(db: Database, table: 'events' | 'runs', which: RawBuilder<boolean>): Promise<void> {
  const found = sql.table(table)
  await rewriteRows(
    batch,
    async most => {
      const { rows } = await sql<{ id: string; event: Event }>`
        select id, event from ${found} where ${which} and ${hasText} limit ${most}`.execute(db)
      return rows
    },
    ({ id, event }) => sql`update ${found} set event = ${json(withoutText(event))} where id = ${id}`.execute(db),
  )
}

/** Within strings every quotation mark is escaped, so that this finds the key alone; PostgreSQL need not read the escapes that it refuses. */
const hasText = sql<boolean>`event::text like '%"text":%'`

function withoutText({ text: _, ...event }: Event): Event {
  return event
}
