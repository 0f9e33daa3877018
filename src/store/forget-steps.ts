// What was stored while a run went on: forgotten after two weeks, but for what its checks can be drawn from, which loses the code that it quotes.
import { sql } from 'kysely'
import { drawn, drawnWithoutCode } from '../domain/drawn.ts'
import type { Inspection } from '../domain/plan.ts'
import { rewriteRows } from './rewrite-rows.ts'
import { json } from './rows.ts'
import type { Database } from './tables.ts'
import { withoutCode } from './without-code.ts'

/** Rows in one go: each may be large. */
const batch = 50

export async function forgetSteps(db: Database, before: Date): Promise<void> {
  const at = before.toISOString()
  await rewriteRows(
    batch,
    async most => {
      const { rows } = await sql<{ run_id: string; sequence: number; value: unknown }>`
        select run_id, sequence, value from steps
        where at < ${at}::timestamptz and key = ${drawn} and ${isLast} limit ${most}`.execute(db)
      return rows
    },
    ({ run_id, sequence, value }) =>
      db
        .updateTable('steps')
        .set({ key: drawnWithoutCode, value: json(bare(value as Drawn)) })
        .where('run_id', '=', run_id)
        .where('sequence', '=', sequence)
        .execute(),
  )
  // A run that is not over goes on from its steps, however old they are.
  await sql`
    delete from steps
    where at < ${at}::timestamptz
      and run_id not in (select id from runs where status <> 'ended')
      and not (key = ${drawnWithoutCode} and ${isLast})`.execute(db)
}

/** Of a run that ended, and whose pull was reviewed at no other commit since. */
const isLast = sql<boolean>`exists (
  select 1 from runs own
  where own.id = steps.run_id and own.status = 'ended' and not exists (
    select 1 from runs later
    where later.repository_id = own.repository_id and later.number = own.number and later.kind = own.kind
      and later.ended_at > own.ended_at and later.head is distinct from own.head
      and exists (select 1 from steps its where its.run_id = later.id and its.key in (${drawn}, ${drawnWithoutCode}))))`

type Drawn = Record<string, Pick<Inspection, 'judged' | 'reports'>>

/** What is said stays: title, claim, verdict and place. */
function bare(value: Drawn): Drawn {
  return Object.fromEntries(
    Object.entries(value).map(([routine, of]) => [
      routine,
      {
        ...of,
        judged: of.judged.map(withoutCode),
        // Of reports a check tells how many claims there were.
        reports: of.reports.map(({ opened: _, result: __, ...report }) => ({
          ...report,
          findings: report.findings.map(
            ({ quote: _, fix: __, suggestion: ___, source: ____, sink: _____, ...one }) => ({
              ...one,
              quote: '',
            }),
          ),
          ended: { ...report.ended, text: '' },
        })),
      },
    ]),
  )
}
