// What became of each routine at each event: one row a pair, whatever happens twice.
import type { Selectable } from 'kysely'
import type { Occurrence } from '../domain/event.ts'
import type { Rooms } from '../domain/store.ts'
import { type Ground, iso, text } from './rows.ts'
import type { Tables } from './tables.ts'

export function occurrences({ db }: Ground): Rooms['occurrences'] {
  const recordAll = async (all: Occurrence[]): Promise<Occurrence[]> => {
    if (all.length === 0) return []
    // In one order, so that two processes at the same event do not wait for each other in a circle.
    const inOrder = all.toSorted((a, b) => (a.routine < b.routine ? -1 : 1))
    const inserted = await db
      .insertInto('occurrences')
      .values(inOrder.map(asRow))
      .onConflict(conflict => conflict.columns(['event_id', 'routine']).doNothing())
      .returningAll()
      .execute()
    const events = [...new Set(all.map(one => one.eventId))]
    const rows =
      inserted.length === all.length
        ? inserted
        : await db.selectFrom('occurrences').selectAll().where('event_id', 'in', events).execute()
    const known = new Map(rows.map(row => [`${row.event_id} ${row.routine}`, row]))
    return all.map(one => asOccurrence(known.get(`${one.eventId} ${one.routine}`)!))
  }

  return {
    recordAll,
    record: async occurrence => (await recordAll([occurrence]))[0]!,

    async update(id, change) {
      const set = {
        ...(change.verdict !== undefined && { verdict: change.verdict }),
        ...(change.because !== undefined && { because: text(change.because) }),
        ...(change.runId !== undefined && { run_id: change.runId }),
      }
      if (Object.keys(set).length === 0) return
      await db.updateTable('occurrences').set(set).where('id', '=', id).execute()
    },

    async get(id) {
      const row = await db.selectFrom('occurrences').selectAll().where('id', '=', id).executeTakeFirst()
      return row && asOccurrence(row)
    },

    async ofEvent(eventId) {
      const rows = await db
        .selectFrom('occurrences')
        .selectAll()
        .where('event_id', '=', eventId)
        .orderBy('at')
        .orderBy('routine')
        .execute()
      return rows.map(asOccurrence)
    },

    async ofRun(runId) {
      const rows = await db
        .selectFrom('occurrences')
        .selectAll()
        .where('run_id', '=', runId)
        .orderBy('at')
        .orderBy('routine')
        .execute()
      return rows.map(asOccurrence)
    },

    async list({ repositoryId, number, limit }) {
      let query = db.selectFrom('occurrences').selectAll().orderBy('at', 'desc').limit(limit)
      if (repositoryId !== undefined) query = query.where('repository_id', '=', repositoryId)
      if (number !== undefined) query = query.where('number', '=', number)
      return (await query.execute()).map(asOccurrence)
    },
  }
}

function asRow(occurrence: Occurrence) {
  return {
    id: occurrence.id,
    event_id: occurrence.eventId,
    routine: occurrence.routine,
    repository_id: occurrence.repositoryId,
    number: occurrence.number,
    verdict: occurrence.verdict,
    because: text(occurrence.because),
    run_id: occurrence.runId,
    at: occurrence.at,
    retry_at: occurrence.retryAt,
  }
}

function asOccurrence(row: Selectable<Tables['occurrences']>): Occurrence {
  return {
    id: row.id,
    eventId: row.event_id,
    repositoryId: row.repository_id,
    routine: row.routine,
    verdict: row.verdict as Occurrence['verdict'],
    because: row.because,
    runId: row.run_id ?? undefined,
    number: row.number ?? undefined,
    at: iso(row.at),
    ...(row.retry_at && { retryAt: iso(row.retry_at) }),
  }
}
