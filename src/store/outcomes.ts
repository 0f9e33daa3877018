// What became of findings once their pull was closed: small rows without code, for the rates.
import type { FindingOutcome } from '../domain/signal.ts'
import type { Rooms } from '../domain/store.ts'
import { type Ground, iso, json, text, within } from './rows.ts'

export function outcomes(ground: Ground): Rooms['outcomes'] {
  return {
    set: all =>
      within(ground, async db => {
        for (const one of all) {
          const key = { repository_id: one.repositoryId, number: one.number, fingerprint: one.fingerprint }
          const value = {
            row_id: one.rowId,
            merged: one.merged,
            head: one.head,
            shown: one.shown,
            refuted: one.refuted,
            dismissed: one.dismissed,
            up: one.up,
            down: one.down,
            acted: one.acted,
            because: text(one.because),
            agents: json(one.agents),
            rule: text(one.rule),
            model: one.model ?? null,
            at: one.at,
          }
          await db
            .insertInto('finding_outcomes')
            .values({ ...key, ...value })
            .onConflict(conflict => conflict.columns(['repository_id', 'number', 'fingerprint']).doUpdateSet(value))
            .execute()
        }
      }),

    async list({ repositoryId }) {
      const rows = await ground.db
        .selectFrom('finding_outcomes')
        .selectAll()
        .$if(repositoryId !== undefined, query => query.where('repository_id', '=', repositoryId!))
        .orderBy('at')
        .orderBy('row_id')
        .execute()
      return rows.map(row => ({
        repositoryId: row.repository_id,
        number: row.number,
        fingerprint: row.fingerprint,
        rowId: row.row_id,
        merged: row.merged,
        head: row.head,
        shown: row.shown,
        refuted: row.refuted,
        dismissed: row.dismissed,
        up: row.up,
        down: row.down,
        acted: row.acted as FindingOutcome['acted'],
        because: row.because,
        agents: row.agents as string[],
        rule: row.rule,
        ...(row.model !== null && { model: row.model }),
        at: iso(row.at),
      }))
    },
  }
}
