// What people said of findings: replies, votes, resolved threads, each once by where it was said.
import type { Selectable } from 'kysely'
import type { Signal } from '../domain/signal.ts'
import type { Rooms } from '../domain/store.ts'
import { type Ground, iso, text, within } from './rows.ts'
import type { Database, Tables } from './tables.ts'

export function signals(ground: Ground): Rooms['signals'] {
  const { db } = ground
  return {
    note: signal => insert(db, signal),

    async of(repositoryId, number, fingerprint) {
      const rows = await db
        .selectFrom('finding_signals')
        .selectAll()
        .where('repository_id', '=', repositoryId)
        .where('number', '=', number)
        .$if(fingerprint !== undefined, query => query.where('fingerprint', '=', fingerprint!))
        .orderBy('at')
        .orderBy('source')
        .execute()
      return rows.map(asSignal)
    },

    setVotes: (repositoryId, number, votes) =>
      within(ground, async db => {
        await db
          .deleteFrom('finding_signals')
          .where('repository_id', '=', repositoryId)
          .where('number', '=', number)
          .where('what', 'in', ['up', 'down'])
          .execute()
        for (const vote of votes) await insert(db, vote)
      }),

    answered: (all, runId, answer) =>
      within(ground, async db => {
        for (const { repositoryId, number, fingerprint, source } of all)
          await db
            .updateTable('finding_signals')
            .set({ run_id: runId, answer: text(answer) })
            .where('repository_id', '=', repositoryId)
            .where('number', '=', number)
            .where('fingerprint', '=', fingerprint)
            .where('source', '=', source)
            .where('run_id', 'is', null)
            .execute()
      }),
  }
}

async function insert(db: Database, signal: Signal): Promise<boolean> {
  const written = await db
    .insertInto('finding_signals')
    .values({
      repository_id: signal.repositoryId,
      number: signal.number,
      fingerprint: signal.fingerprint,
      source: signal.source,
      what: signal.what,
      who: signal.who,
      who_id: signal.whoId,
      counts: signal.counts,
      because: text(signal.because),
      text: signal.text === undefined ? null : text(signal.text),
      comment_id: signal.commentId ?? null,
      at: signal.at,
    })
    .onConflict(conflict => conflict.columns(['repository_id', 'number', 'fingerprint', 'source']).doNothing())
    .returning('source')
    .executeTakeFirst()
  return written !== undefined
}

function asSignal(row: Selectable<Tables['finding_signals']>): Signal {
  return {
    repositoryId: row.repository_id,
    number: row.number,
    fingerprint: row.fingerprint,
    source: row.source,
    what: row.what as Signal['what'],
    who: row.who,
    whoId: row.who_id,
    counts: row.counts,
    because: row.because,
    ...(row.text !== null && { text: row.text }),
    ...(row.comment_id !== null && { commentId: row.comment_id }),
    ...(row.run_id !== null && { runId: row.run_id }),
    ...(row.answer !== null && { answer: row.answer }),
    at: iso(row.at),
  }
}
