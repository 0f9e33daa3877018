// A run's row, with what it has cost so far, as the Run that the stories know.
import { sql } from 'kysely'
import type { Event, Pull, Repository } from '../domain/event.ts'
import type { ReviewRun, Run, RunEnd, RunRoutine, WorkRun } from '../domain/run.ts'
import { iso, isoIf } from './rows.ts'
import type { Database } from './tables.ts'

/** What is reserved counts as spent until it is settled. `current`: what the repository is called now, and of which installation it is. */
export function selectRuns(db: Database) {
  return db
    .selectFrom('runs')
    .selectAll('runs')
    .select(
      sql<number>`(select coalesce(sum(coalesce(ledger.usd, ledger.reserved_usd)), 0)
        from ledger where ledger.run_id = runs.id)`.as('spent_usd'),
    )
    .select(({ selectFrom }) =>
      selectFrom('repositories')
        .select('repositories.repository')
        .whereRef('repositories.id', '=', 'runs.repository_id')
        .as('current'),
    )
}

type Row = Awaited<ReturnType<ReturnType<typeof selectRuns>['executeTakeFirstOrThrow']>>

export function asRun(row: Row): Run {
  return row.kind === 'work' ? asWork(row) : asReview(row)
}

export function asReview(row: Row): ReviewRun {
  return { ...asRecord(row), kind: 'review', number: row.number ?? 0, pull: row.pull as Pull }
}

export function asWork(row: Row): WorkRun {
  return {
    ...asRecord(row),
    kind: 'work',
    number: row.number ?? undefined,
    pull: (row.pull ?? undefined) as Pull | undefined,
    event: row.event as Event,
    key: row.key ?? '',
    report: row.report ?? undefined,
  }
}

/** As it was when the run was asked for, where it was not seen since. */
export function repositoryOf({ repository, current }: Pick<Row, 'repository' | 'current'>): Repository {
  return (current ?? repository) as Repository
}

function asRecord(row: Row): Omit<ReviewRun, 'kind' | 'number' | 'pull'> {
  return {
    id: row.id,
    repository: repositoryOf(row),
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
    waitsFor: (row.waits_for ?? undefined) as Repository | undefined,
    supersededInRow: row.superseded_in_row,
    stop: (row.stop ?? undefined) as Run['stop'],
    usd: row.spent_usd,
  }
}
