// Texts that came with calls of the API and starts by hand: forgotten with payloads, of the event and of the run that carries it.
import { sql } from 'kysely'
import type { Event } from '../domain/event.ts'
import { json } from './rows.ts'
import type { Database } from './tables.ts'

/** Rows in one go. */
const batch = 200

/** `before`: of events that happened, and of runs that ended, before then. */
export async function forgetTexts(db: Database, before: Date): Promise<void> {
  for (;;) {
    const rows = await db
      .selectFrom('events')
      .select(['id', 'event'])
      .where('at', '<', before)
      .where(hasText)
      .limit(batch)
      .execute()
    for (const { id, event } of rows)
      await db
        .updateTable('events')
        .set({ event: json(withoutText(event as Event)) })
        .where('id', '=', id)
        .execute()
    if (rows.length < batch) break
  }
  for (;;) {
    const rows = await db
      .selectFrom('runs')
      .select(['id', 'event'])
      .where('ended_at', '<', before)
      .where(hasText)
      .limit(batch)
      .execute()
    for (const { id, event } of rows)
      await db
        .updateTable('runs')
        .set({ event: json(withoutText(event as Event)) })
        .where('id', '=', id)
        .execute()
    if (rows.length < batch) return
  }
}

/** Within strings every quotation mark is escaped, so that this finds the key alone; PostgreSQL need not read the escapes that it refuses. */
const hasText = sql<boolean>`event::text like '%"text":%'`

function withoutText({ text: _, ...event }: Event): Event {
  return event
}
