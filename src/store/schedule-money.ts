// What the clock may still start: what the days and months have cost, and what runs that it started before may still spend.
import { sql } from 'kysely'
import type { Schedule, ScheduleMoney } from '../domain/schedule.ts'
import type { Database } from './tables.ts'

/** How many schedules are due at `now`, those that were put off included. */
export async function countLate(db: Database, now: string): Promise<number> {
  const { count } = await db
    .selectFrom('schedules')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('due', '<=', new Date(now))
    .executeTakeFirstOrThrow()
  return count
}

export interface MoneyOf {
  of(schedule: Schedule): ScheduleMoney
  /** One more was started. */
  promise(schedule: Schedule): void
}

export async function readMoney(db: Database, repositoryIds: number[], now: string): Promise<MoneyOf> {
  const [day, month] = [now.slice(0, 10), now.slice(0, 7)].map(start => new Date(start))
  const spent = await db
    .selectFrom('ledger')
    .select(({ fn }) => fn.coalesce(fn.sum<number>(sql`coalesce(usd, reserved_usd)`), sql<number>`0`).as('month'))
    .select(sql<number>`coalesce(sum(coalesce(usd, reserved_usd)) filter (where at >= ${day}), 0)`.as('day'))
    .where('at', '>=', month!)
    .executeTakeFirstOrThrow()
  const here = await db
    .selectFrom('ledger')
    .select(['repository_id', sql<number>`sum(coalesce(usd, reserved_usd))`.as('usd')])
    .where('repository_id', 'in', repositoryIds)
    .where('at', '>=', day!)
    .groupBy('repository_id')
    .execute()
  const open = await openRuns(db, now)
  return {
    of: ({ repositoryId }) => ({
      serverDay: spent.day,
      serverMonth: spent.month,
      repositoryDay: here.find(row => row.repository_id === repositoryId)?.usd ?? 0,
      promised: total(open),
      promisedHere: total(open.filter(run => run.repositoryId === repositoryId)),
    }),
    promise: ({ repositoryId, usd }) => void open.push({ repositoryId, usd }),
  }
}

interface Open {
  repositoryId: number
  usd: number
}

function total(open: Open[]): number {
  return open.reduce((sum, { usd }) => sum + usd, 0)
}

/** What the newest run of each schedule may still spend: until it has ended, or for an hour where nothing came of it yet. */
async function openRuns(db: Database, now: string): Promise<Open[]> {
  const { rows } = await sql<Open>`
    select schedules.repository_id as "repositoryId",
      greatest(0, schedules.usd - coalesce(
        (select sum(coalesce(ledger.usd, ledger.reserved_usd)) from ledger where ledger.run_id = runs.id), 0))::float8 as usd
    from schedules
    left join occurrences on occurrences.event_id = schedules.last_event and occurrences.routine = schedules.routine
    left join runs on runs.id = occurrences.run_id
    where schedules.last_at > ${now}::timestamptz - interval '7 days'
      and case when occurrences.id is null then schedules.last_at > ${now}::timestamptz - interval '1 hour'
        else runs.status <> 'ended' end`.execute(db)
  return rows
}
