// What is erased of repositories the App may not be on any more: all that holds their code, and for good ones all that is known of them but what was spent and by whom what was done.
import { type RawBuilder, sql } from 'kysely'
import { erasedRunsOf } from '../domain/installed.ts'
import { batches } from './batches.ts'
import { forgetQuotes } from './forget-quotes.ts'
import { json } from './rows.ts'
import type { Database } from './tables.ts'

/** Days for which it is done again, for what was still being written when it was done first. */
const again = 2
/** Repositories in one go. */
const batch = 500

/** `scrub`: takes what was erased out of files too, where those are ours; before it came to its end nothing counts as erased. */
export async function eraseAway(db: Database, now: string, scrub: () => Promise<void>): Promise<void> {
  const due = await db
    .selectFrom('away')
    .select(['kind', 'id', 'for_good', 'erased_at'])
    .where(({ or, eb }) =>
      or([eb('erased_at', 'is', null), eb('erased_at', '<', sql<Date>`at + ${again} * interval '1 day'`)]),
    )
    .execute()
  if (due.length === 0) return
  const of = (kind: string, forGood = false) =>
    due.filter(one => one.kind === kind && (one.for_good || !forGood)).map(({ id }) => id)
  const setErased = async (erasedAt: string | null) => {
    for (const kind of ['installation', 'repository'])
      await sql`update away set erased_at = ${erasedAt}::timestamptz
        where kind = ${kind} and id = any(${of(kind)}::bigint[])`.execute(db)
  }
  let erased = due.some(one => one.erased_at === null)
  const carryOut: Erase = async statement => {
    const { numAffectedRows = 0n } = await statement.execute(db)
    erased ||= numAffectedRows > 0n
  }
  await setErased(null)
  await carryOut(sql`update deliveries set payload = null
    where payload is not null and status <> 'stored' and installation_id = any(${of('installation')}::bigint[])`)
  for (const ids of batches(of('repository'), batch)) {
    await eraseCode(carryOut, ofThese(ids))
    const quotes = await forgetQuotes(db, ofThese(ids))
    erased ||= quotes > 0
  }
  for (const ids of batches(of('repository', true), batch)) {
    await keepOpenChecks(db, ids, now)
    await eraseAll(carryOut, ids)
  }
  if (erased) await scrub()
  await setErased(now)
}

function ofThese(ids: number[]): RawBuilder<boolean> {
  return sql`repository_id = any(${ids}::bigint[])`
}

type Erase = (statement: RawBuilder<unknown>) => Promise<void>

/** Identities of findings and what people decided about them stay: work goes on from them once the App is back. */
async function eraseCode(erase: Erase, here: RawBuilder<boolean>): Promise<void> {
  const ended = sql`run_id in (select id from runs where ${here} and status = 'ended')`
  await erase(sql`update deliveries set payload = null where payload is not null and status <> 'stored' and ${here}`)
  await erase(sql`delete from events where ${here}`)
  await erase(sql`delete from steps where ${ended}`)
  await erase(sql`delete from effects where kind not in ('check', 'answer', 'welcome') and ${ended}`)
  await erase(sql`update finding_signals set text = null where text is not null and ${here}`)
  await erase(sql`update runs set report = null where report is not null and status = 'ended' and ${here}`)
}

/** Numbers of checks that their runs could not complete any more: one that stays under way may block merging, should the App come back. */
async function keepOpenChecks(db: Database, ids: number[], at: string): Promise<void> {
  const rows = await db
    .selectFrom('effects')
    .innerJoin('runs', 'runs.id', 'effects.run_id')
    .select(['runs.repository_id', 'runs.kind', 'runs.stop', 'effects.receipt'])
    .where('runs.repository_id', '=', sql<number>`any(${ids}::bigint[])`)
    .where('runs.ending', '=', 'stopped')
    .where('runs.stop', 'is not', null)
    .where('effects.kind', '=', 'check')
    .where('effects.done_at', 'is not', null)
    .execute()
  const open = rows.flatMap(({ repository_id, kind, stop, receipt }) => {
    const { id } = receipt as { id: number }
    const about = { key: `cut:${repository_id}:${id}`, run_id: erasedRunsOf(repository_id), kind: 'cut', at }
    return (stop as { gone?: boolean }).gone ? [{ ...about, intent: json({ check: id, task: kind === 'work' }) }] : []
  })
  for (const some of batches(open, batch))
    await db
      .insertInto('effects')
      .values(some)
      .onConflict(conflict => conflict.column('key').doNothing())
      .execute()
}

/** Numbers of what was spent, and the audit, are kept; so are names of repositories, by which those are read. */
async function eraseAll(erase: Erase, ids: number[]): Promise<void> {
  const here = ofThese(ids)
  await erase(sql`delete from effects where run_id in (select id from runs where ${here} and status = 'ended')`)
  // Those of no run have the repository's number in their key.
  await erase(sql`delete from effects where kind in ('check', 'welcome') and not exists (select from runs where runs.id = effects.run_id)
    and split_part(key, ':', 2) = any(${ids.map(String)}::text[])`)
  for (const table of ofRepositories) await erase(sql`delete from ${sql.table(table)} where ${here}`)
  await erase(sql`delete from runs where status = 'ended' and ${here}`)
}

const ofRepositories = [
  'findings',
  'finding_identities',
  'finding_states',
  'finding_signals',
  'finding_outcomes',
  'review_points',
  'occurrences',
  'schedules',
  'schedules_read',
  'schedules_kept',
  'pushers',
  'wishes',
] as const
