// Findings: one row for each that a run judged, and one identity across pushes that keeps what people decided.
import { type SelectQueryBuilder, sql } from 'kysely'
import type { Judged } from '../domain/finding.ts'
import type { Rooms, StoredFinding } from '../domain/store.ts'
import { enterState, lives } from './finding-states.ts'
import { type Ground, iso, json, text, within } from './rows.ts'
import { holdRun } from './runs.ts'
import type { Database } from './tables.ts'

export function findings(ground: Ground): Rooms['findings'] {
  const { db } = ground

  return {
    ...lives(ground),

    save: (run, attempt, judged, at) =>
      within(ground, async db => {
        const held = await holdRun(db, { id: run.id, attempt })
        const head = held ?? run.head ?? run.pull?.head.sha ?? ''
        const pull = { repository_id: run.repository.id, number: run.number ?? 0 }
        for (const [place, finding] of judged.entries()) {
          await db
            .insertInto('findings')
            .values({
              ...pull,
              row_id: `${run.id}-${finding.id}`,
              run_id: run.id,
              fingerprint: finding.fingerprint,
              judged: json(finding),
              head,
              at,
              place,
              merged: finding.verdict.verdict === 'merged into',
            })
            .onConflict(conflict =>
              conflict.column('row_id').doUpdateSet(({ ref }) => ({
                fingerprint: ref('excluded.fingerprint'),
                judged: ref('excluded.judged'),
                head: ref('excluded.head'),
                at: ref('excluded.at'),
                place: ref('excluded.place'),
                merged: ref('excluded.merged'),
                quotes_code: true,
              })),
            )
            .execute()
          const { fingerprint } = finding
          const entered = await db
            .insertInto('finding_identities')
            .values({ ...pull, fingerprint: finding.fingerprint, state: 'open', state_because: 'It was found.', at })
            .onConflict(conflict =>
              conflict
                .columns(['repository_id', 'number', 'fingerprint'])
                .doUpdateSet({ state: 'open', state_because: `It came back in ${head.slice(0, 7)}.`, at })
                .where('finding_identities.state', 'in', ['fixed', 'stale']),
            )
            .returning('state_because')
            .executeTakeFirst()
          if (entered)
            await enterState(db, pull, {
              fingerprint,
              state: 'open',
              because: entered.state_because,
              head,
              runId: run.id,
              at,
            })
        }
      }),

    async ofRun(runId) {
      const rows = await selectFindings(db).where('findings.run_id', '=', runId).orderBy('place').execute()
      return rows.map(asFinding)
    },

    async ofPull(repositoryId, number) {
      // Of the same claim the newest row; within one run the one that others were merged into.
      const rows = await selectFindings(db)
        .distinctOn('findings.fingerprint')
        .where('findings.repository_id', '=', repositoryId)
        .where('findings.number', '=', number)
        .orderBy('findings.fingerprint')
        .orderBy('findings.at', 'desc')
        .orderBy('merged')
        .orderBy('place')
        .execute()
      return rows.map(asFinding).sort(newestFirst)
    },

    async ofComment(repositoryId, number, commentId) {
      const row = await selectFindings(db)
        .where('findings.repository_id', '=', repositoryId)
        .where('findings.number', '=', number)
        .where('identity.comment_id', '=', commentId)
        .orderBy('findings.at', 'desc')
        .orderBy('merged')
        .limit(1)
        .executeTakeFirst()
      return row && asFinding(row)
    },

    async get(id) {
      const row = await selectFindings(db).where('findings.row_id', '=', id).executeTakeFirst()
      return row && asFinding(row)
    },

    async called(beginning) {
      const rows = await selectFindings(db)
        .distinctOn(['findings.repository_id', 'findings.number', 'findings.fingerprint'])
        .where(sql`left(findings.fingerprint, ${beginning.length}::int)`, '=', beginning)
        .orderBy('findings.repository_id')
        .orderBy('findings.number')
        .orderBy('findings.fingerprint')
        .orderBy('findings.at', 'desc')
        .orderBy('merged')
        .orderBy('place')
        .execute()
      return rows.map(asFinding).sort(newestFirst).slice(0, 10)
    },

    mark: (id, state, because, when) =>
      within(ground, async db => {
        const row = await db
          .selectFrom('findings')
          .select(['repository_id', 'number', 'fingerprint', 'head'])
          .where('row_id', '=', id)
          .executeTakeFirst()
        if (!row) return
        const { outOfGate = false, ...seen } = when ?? {}
        const changed = await updateIdentity(db, id, {
          state,
          state_because: text(because),
          out_of_gate: outOfGate,
        })
        if (!changed) return
        const { fingerprint, head, ...pull } = row
        await enterState(db, pull, { fingerprint, state, because, head, at: ground.now().toISOString(), ...seen })
      }),

    async placed(id, where, commentId) {
      await updateIdentity(db, id, { stands: text(where), comment_id: commentId ?? null })
    },
  }
}

function newestFirst(a: StoredFinding, b: StoredFinding): number {
  return a.at < b.at ? 1 : a.at > b.at ? -1 : 0
}

async function updateIdentity(
  db: Database,
  rowId: string,
  set: { state: string; state_because: string; out_of_gate: boolean } | { stands: string; comment_id: number | null },
): Promise<boolean> {
  const changed = await db
    .updateTable('finding_identities')
    .from('findings')
    .set(set)
    .where('findings.row_id', '=', rowId)
    .whereRef('finding_identities.repository_id', '=', 'findings.repository_id')
    .whereRef('finding_identities.number', '=', 'findings.number')
    .whereRef('finding_identities.fingerprint', '=', 'findings.fingerprint')
    .$if('state' in set, query => {
      const { state, state_because, out_of_gate } = set as Extract<typeof set, { state: string }>
      return query.where(
        sql<boolean>`(state, state_because, out_of_gate) is distinct from (${state}, ${state_because}, ${out_of_gate})`,
      )
    })
    .returning('finding_identities.fingerprint')
    .executeTakeFirst()
  return changed !== undefined
}

function selectFindings(db: Database) {
  return db
    .selectFrom('findings')
    .innerJoin('finding_identities as identity', join =>
      join
        .onRef('identity.repository_id', '=', 'findings.repository_id')
        .onRef('identity.number', '=', 'findings.number')
        .onRef('identity.fingerprint', '=', 'findings.fingerprint'),
    )
    .select([
      'findings.row_id',
      'findings.run_id',
      'findings.repository_id',
      'findings.number',
      'findings.judged',
      'findings.head',
      'findings.at',
      'identity.state',
      'identity.state_because',
      'identity.out_of_gate',
      'identity.stands',
      'identity.comment_id',
    ])
}

type Row =
  ReturnType<typeof selectFindings> extends SelectQueryBuilder<infer _Db, infer _Tables, infer Output> ? Output : never

function asFinding(row: Row): StoredFinding {
  return {
    ...(row.judged as Judged),
    rowId: row.row_id,
    runId: row.run_id,
    repositoryId: row.repository_id,
    number: row.number,
    state: row.state as StoredFinding['state'],
    stateBecause: row.state_because,
    ...(row.out_of_gate && { outOfGate: true as const }),
    where: row.stands ?? undefined,
    commentId: row.comment_id ?? undefined,
    head: row.head,
    at: iso(row.at),
  }
}
