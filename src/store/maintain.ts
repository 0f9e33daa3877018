// What is forgotten, and when; each rule once a day is enough.
import { sql } from 'kysely'
import { forgetIdle } from './forget-idle.ts'
import { forgetQuotes } from './forget-quotes.ts'
import { forgetSteps } from './forget-steps.ts'
import { forgetTexts } from './forget-texts.ts'
import { forgetWords } from './forget-words.ts'
import type { Database } from './tables.ts'

/** Days. */
const kept = { payloads: 7, transcripts: 14, quotedCode: 14, deliveries: 90, records: 400 }

export async function forget(db: Database, now: string): Promise<void> {
  const before = (days: number) => new Date(Date.parse(now) - days * 86_400_000)
  const records = before(kept.records)

  await db
    .updateTable('deliveries')
    .set({ payload: null })
    .where('payload', 'is not', null)
    .where('at', '<', before(kept.payloads))
    .execute()
  await db.deleteFrom('deliveries').where('at', '<', before(kept.deliveries)).execute()
  await db.deleteFrom('asked_once').where('at', '<', before(1)).execute()
  await db.deleteFrom('job_deaths').where('at', '<', before(kept.deliveries)).execute()
  await db.deleteFrom('redeliveries').where('asked_at', '<', before(kept.deliveries)).execute()
  await db.deleteFrom('events').where('at', '<', before(kept.deliveries)).execute()
  await forgetSteps(db, before(kept.transcripts))
  const quoting = sql<boolean>`run_id in (select id from runs where ended_at < ${before(kept.quotedCode).toISOString()}::timestamptz)`
  await forgetQuotes(db, quoting)
  await forgetTexts(db, before(kept.payloads))
  await forgetWords(db, before(kept.deliveries))
  await db
    .updateTable('finding_signals')
    .set({ text: null })
    .where('text', 'is not', null)
    .where('at', '<', before(kept.quotedCode))
    .execute()

  await db.deleteFrom('runs').where('ended_at', '<', records).execute()
  await forgetIdle(db, before(kept.quotedCode), records)
  await db.deleteFrom('findings').where('at', '<', records).execute()
  await db
    .deleteFrom('finding_identities')
    .where('at', '<', records)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('findings')
            .select('row_id')
            .whereRef('findings.repository_id', '=', 'finding_identities.repository_id')
            .whereRef('findings.number', '=', 'finding_identities.number')
            .whereRef('findings.fingerprint', '=', 'finding_identities.fingerprint'),
        ),
      ),
    )
    .execute()
  for (const table of [
    'occurrences',
    'effects',
    'ledger',
    'budget_warnings',
    'audit',
    'finding_states',
    'finding_signals',
    'finding_outcomes',
    'pushers',
    'review_points',
  ] as const) {
    await sql`delete from ${sql.table(table)} where at < ${records.toISOString()}::timestamptz`.execute(db)
  }
}
