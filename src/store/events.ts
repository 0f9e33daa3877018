// Events: our own with their dispatch job, and of every one what filters read of it, for replays.
import type { Event } from '../domain/event.ts'
import type { EventFacts, Rooms } from '../domain/store.ts'
import { type Ground, iso, json, within } from './rows.ts'

/** Characters of a description that are kept. */
const keptText = 10_000

export function events(ground: Ground): Rooms['events'] {
  const { db } = ground
  return {
    accept: (event, after) =>
      within(ground, async db => {
        const inserted = await db
          .insertInto('events')
          .values({ id: event.id, repository_id: event.repository.id, event: json(event), at: event.at })
          .onConflict(conflict => conflict.column('id').doNothing())
          .returning('id')
          .executeTakeFirst()
        if (!inserted) return 'repeated'
        await ground.send({ queue: 'dispatch', data: { eventId: event.id }, ...(after && { startAfter: after }) }, db)
        return 'stored'
      }),

    async get(id) {
      const row = await db.selectFrom('events').select('event').where('id', '=', id).executeTakeFirst()
      return row?.event as Event | undefined
    },

    async isDone(id) {
      const row = await db.selectFrom('events').select('dispatched_at').where('id', '=', id).executeTakeFirst()
      return row !== undefined && row.dispatched_at !== null
    },

    async done(id, at) {
      await db.updateTable('events').set({ dispatched_at: at }).where('id', '=', id).execute()
    },

    async undispatched(before, limit) {
      const rows = await db
        .selectFrom('events')
        .select('event')
        .where('facts', 'is', null)
        .where('given_up_at', 'is', null)
        .where('dispatched_at', 'is', null)
        .where('at', '<', new Date(before))
        .orderBy('at')
        .orderBy('id')
        .limit(limit)
        .execute()
      return rows.map(row => row.event as Event)
    },

    async givenUp(since, limit) {
      const rows = await db
        .selectFrom('events')
        .select(['id', 'event', 'given_up', 'given_up_at'])
        .where('given_up_at', '>=', new Date(since))
        .orderBy('given_up_at')
        .orderBy('id')
        .limit(limit)
        .execute()
      return rows.map(({ id, event, given_up, given_up_at }) => {
        return { id, name: (event as Event).kind, because: given_up ?? '', at: iso(given_up_at!) }
      })
    },

    async keep(event, facts) {
      await db
        .insertInto('events')
        .values({
          id: event.id,
          repository_id: event.repository.id,
          event: json(trimmed(event)),
          facts: json(facts),
          at: event.at,
        })
        .onConflict(conflict => conflict.column('id').doUpdateSet({ facts: json(facts) }))
        .execute()
    },

    async since(repositoryId, since, limit) {
      const rows = await db
        .selectFrom('events')
        .select(['event', 'facts'])
        .where('repository_id', '=', repositoryId)
        .where('at', '>=', new Date(since))
        .where('facts', 'is not', null)
        .orderBy('at')
        .orderBy('id')
        .limit(limit)
        .execute()
      return rows.map(row => ({ event: row.event as Event, facts: row.facts as EventFacts }))
    },
  }
}

function trimmed(event: Event): Event {
  const { pull, issue, comment, text: _, ...rest } = event
  return {
    ...rest,
    ...(pull && { pull: { ...pull, body: pull.body.slice(0, keptText) } }),
    ...(issue && { issue: { ...issue, body: issue.body.slice(0, keptText) } }),
    ...(comment && { comment: { ...comment, body: '' } }),
  }
}
