// A run's row, with what it has cost so far, as the Run that the stories know.
import { sql } from 'kysely'
import type { Pull, Repository } from '../domain/event.ts'
import type { Run, RunEnd, RunRoutine } from '../domain/run.ts'
import { iso, isoIf } from './rows.ts'
import type { Database } from './tables.ts'

/** What is reserved counts as spent until it is settled. */
export function selectRuns(db: Database) {
  return db
    .selectFrom('runs')
    .selectAll('runs')
    .select(
      sql<number>`(select coalesce(sum(coalesce(ledger.usd, ledger.reserved_usd)), 0)
        from ledger where ledger.run_id = runs.id)`.as('spent_usd'),
    )
}

type Row = Awaited<ReturnType<ReturnType<typeof selectRuns>['executeTakeFirstOrThrow']>>

export function asRun(row: Row): Run {
  return {
    id: row.id,
    kind: row.kind as Run['kind'],
    repository: row.repository as Repository,
    number: row.number,
    pull: row.pull as Pull,
    head: row.head ?? undefined,
    routines: row.routines as RunRoutine[],
    asked: row.asked,
    eventId: row.event_id,
    status: row.status,
    end: (row.ending ?? undefined) as RunEnd | undefined,
    because: row.because ?? undefined,
    attempt: row.attempt,
    requestedAt: iso(row.requested_at),
    notBefore: iso(row.not_before),
    startedAt: isoIf(row.started_at),
    endedAt: isoIf(row.ended_at),
    estimate: row.estimate,
    waits: row.waits ?? undefined,
    supersededInRow: row.superseded_in_row,
    stop: (row.stop ?? undefined) as Run['stop'],
    usd: row.spent_usd,
  }
}
