// Rows of watched times, as the rest of the house sees them.
import type { Selectable } from 'kysely'
import type { Repository } from '../domain/event.ts'
import type { Schedule } from '../domain/schedule.ts'
import type { ScheduleEntry } from '../domain/triggers.ts'
import { iso, isoIf } from './rows.ts'
import type { Database, Tables } from './tables.ts'

/** With what the repository is called now; only repositories that were seen are watched. */
export function selectSchedules(db: Database) {
  return db
    .selectFrom('schedules')
    .innerJoin('repositories', 'repositories.id', 'schedules.repository_id')
    .selectAll('schedules')
    .select('repositories.repository')
}

type Row = Selectable<Tables['schedules']> & { repository: unknown }

export function asSchedule(row: Row): Schedule {
  const { last_event: eventId, last_due: due, last_at: at } = row
  return {
    id: row.id,
    repositoryId: row.repository_id,
    repository: row.repository as Repository,
    routine: row.routine,
    entry: row.entry as ScheduleEntry,
    seed: row.seed,
    usd: row.usd,
    dayUsd: row.day_usd,
    ...(row.due && { due: iso(row.due) }),
    ...(row.not_before && { notBefore: isoIf(row.not_before) }),
    ...(row.put_off !== null && { putOff: row.put_off }),
    ...(eventId !== null && due && at && { last: { eventId, due: iso(due), at: iso(at) } }),
  }
}
