// Deliveries and events that could not be dispatched and that nobody comes back to: marked as such, with the reason where people look for it.
import { randomUUID } from 'node:crypto'
import type { Event } from '../domain/event.ts'
import { type Ground, text } from './rows.ts'
import type { Database } from './tables.ts'

/** What the log says, once it is committed. */
export interface Said {
  line: { delivery: string } | { event: string; routine?: string }
  sentence: string
}

/** Undefined when somebody else has dealt with it. */
export async function giveUpDelivery(
  { now }: Ground,
  db: Database,
  id: string,
  because: string,
): Promise<Said | undefined> {
  const row = await db
    .updateTable('deliveries')
    .set({ status: 'failed', because: text(because), given_up_at: now() })
    .where('id', '=', id)
    .where('status', '=', 'stored')
    .returning('name')
    .executeTakeFirst()
  return row && { line: { delivery: id }, sentence: `Delivery ${id} (${row.name}) was given up: ${because}` }
}

/** The routine that it names is told by an occurrence, unless it has one of this event already. */
export async function giveUpEvent(
  { now }: Ground,
  db: Database,
  id: string,
  because: string,
): Promise<Said | undefined> {
  const row = await db
    .updateTable('events')
    .set({ given_up_at: now(), given_up: text(because) })
    .where('id', '=', id)
    .where('dispatched_at', 'is', null)
    .returning('event')
    .executeTakeFirst()
  if (!row) return undefined
  const { kind, routine, repository, number } = row.event as Event
  if (routine !== undefined)
    await db
      .insertInto('occurrences')
      .values({
        id: randomUUID(),
        event_id: id,
        routine,
        repository_id: repository.id,
        ...(number !== undefined && { number }),
        verdict: 'refused',
        because: text(`It could not be dispatched and was given up: ${because}`),
        at: now(),
      })
      .onConflict(conflict => conflict.columns(['event_id', 'routine']).doNothing())
      .execute()
  const line = { event: id, ...(routine !== undefined && { routine }) }
  return { line, sentence: `Event ${id} (${kind}) was given up: ${because}` }
}
