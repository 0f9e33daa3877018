// Watched times of routines: kept as the configuration says, and taken once each, with the event and its job in the same transaction.
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { Event } from '../domain/event.ts'
import { asProblem } from '../domain/problem.ts'
import {
  clock,
  type DecideSchedule,
  eventIdOf,
  missedIdOf,
  type Schedule,
  type ScheduleDecision,
  type TakenSchedule,
} from '../domain/schedule.ts'
import type { Rooms } from '../domain/store.ts'
import { ofThoseHere } from './away.ts'
import { type Ground, json, text, within } from './rows.ts'
import { countLate, readMoney } from './schedule-money.ts'
import { scheduleReads } from './schedule-reads.ts'
import { asSchedule, selectSchedules } from './schedule-rows.ts'
import type { Database } from './tables.ts'

export function schedules(ground: Ground): Rooms['schedules'] {
  const { db } = ground
  return {
    ...scheduleReads(ground),

    async of(repositoryId) {
      const rows = await selectSchedules(db).where('repository_id', '=', repositoryId).orderBy('schedules.id').execute()
      return rows.map(asSchedule)
    },

    async list(limit) {
      const rows = await selectSchedules(db)
        .orderBy('due', order => order.asc().nullsLast())
        .orderBy('schedules.id')
        .limit(limit)
        .execute()
      return rows.map(asSchedule)
    },

    async beginRead() {
      const { rows } = await sql<{ read: number }>`select nextval('configuration_reads') as read`.execute(db)
      return rows[0]!.read
    },

    keep: (repositoryId, entries, at, read) =>
      within(ground, async db => {
        if (read === undefined || (await isNewest(db, repositoryId, read))) await keep(db, repositoryId, entries, at)
      }),

    async takeDue(now, limit, decide) {
      const taken = await within(ground, db => takeDue(ground, db, now, limit, decide))
      if (taken.some(({ eventId }) => eventId !== undefined)) ground.wake()
      return taken
    },

    async untaken(before, limit) {
      const rows = await ofThoseHere(selectSchedules(db))
        .where('not_before', '<', new Date(before))
        .orderBy('not_before')
        .orderBy('schedules.id')
        .limit(limit)
        .execute()
      return rows.map(asSchedule)
    },
  }
}

/** Milliseconds until a schedule that failed is looked at again. */
const failedAgain = 3_600_000

type Kept = Parameters<Rooms['schedules']['keep']>[1]

/** Holds the repository until the transaction is over. False for files that were read before those which were kept last. */
async function isNewest(db: Database, repositoryId: number, read: number): Promise<boolean> {
  const kept = await db
    .insertInto('schedules_kept')
    .values({ repository_id: repositoryId, configuration_read: read })
    .onConflict(conflict =>
      conflict
        .column('repository_id')
        .doUpdateSet({ configuration_read: read })
        .where('schedules_kept.configuration_read', '<=', read),
    )
    .returning('repository_id')
    .executeTakeFirst()
  return kept !== undefined
}

async function keep(db: Database, repositoryId: number, entries: Kept, at: string): Promise<void> {
  const known = await selectSchedules(db).where('repository_id', '=', repositoryId).forUpdate('schedules').execute()
  const wanted = new Set(entries.map(entry => entry.id))
  const gone = known.map(asSchedule).filter(schedule => !wanted.has(schedule.id))
  for (const schedule of gone) {
    if (schedule.due !== undefined && schedule.due <= at)
      await record(db, schedule, schedule.due, 'skipped', 'It was taken out before it could start.', at)
    await db.deleteFrom('schedules').where('id', '=', schedule.id).execute()
  }
  for (const { past, due, ...entry } of entries) {
    const said = { entry: json(entry.entry), usd: entry.usd, day_usd: entry.dayUsd }
    const made = await db
      .insertInto('schedules')
      .values({
        id: entry.id,
        repository_id: repositoryId,
        routine: entry.routine,
        seed: entry.seed,
        due,
        not_before: due,
        ...said,
      })
      .onConflict(conflict => conflict.column('id').doUpdateSet(said))
      .returning(sql<boolean>`xmax = 0`.as('made'))
      .executeTakeFirst()
    if (made?.made && past !== undefined)
      await record(db, entry, past, 'missed', 'Its one time had passed when the file was first read.', at)
  }
}

/** Whoever takes holds off the others: what is promised to one is counted by the next. */
async function takeDue(
  ground: Ground,
  db: Database,
  now: string,
  limit: number,
  decide: DecideSchedule,
): Promise<TakenSchedule[]> {
  await sql`select pg_advisory_xact_lock(hashtextextended('schedules', 0))`.execute(db)
  const rows = await ofThoseHere(selectSchedules(db))
    .where('not_before', '<=', new Date(now))
    .orderBy('not_before')
    .orderBy('schedules.id')
    .limit(limit)
    .forUpdate('schedules')
    .skipLocked()
    .execute()
  if (rows.length === 0) return []
  const late = await countLate(db, now)
  const money = await readMoney(
    db,
    rows.map(row => row.repository_id),
    now,
  )
  const taken: TakenSchedule[] = []
  for (const schedule of rows.map(asSchedule)) {
    const last = await lastStart(db, schedule)
    const { decision, eventId } = await takeOne(ground, db, schedule, now, () =>
      decide(schedule, { now: new Date(now), late, money: money.of(schedule), ...(last && { last }) }),
    )
    if (eventId !== undefined) money.promise(schedule)
    taken.push({ schedule, decision, ...(eventId !== undefined && { eventId }) })
  }
  return taken
}

/** Of the routine there, by any of its entries; also those that were taken just now. */
async function lastStart(db: Database, { repositoryId, routine }: Schedule): Promise<Schedule['last']> {
  const row = await selectSchedules(db)
    .where('repository_id', '=', repositoryId)
    .where('routine', '=', routine)
    .where('last_at', 'is not', null)
    .orderBy('last_at', 'desc')
    .orderBy('last_due', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row && asSchedule(row).last
}

/** One that can not be decided about, or written, is put off by itself and holds up no other. */
async function takeOne(
  ground: Ground,
  db: Database,
  schedule: Schedule,
  now: string,
  decide: () => ScheduleDecision,
): Promise<{ decision: ScheduleDecision; eventId?: string | undefined }> {
  await sql`savepoint one_schedule`.execute(db)
  try {
    const decision = decide()
    return { decision, eventId: await carryOut(ground, db, schedule, decision, now) }
  } catch (thrown) {
    await sql`rollback to savepoint one_schedule`.execute(db)
    const until = new Date(Date.parse(now) + failedAgain).toISOString()
    const because = `It could not be started, and is tried again in an hour: ${asProblem(thrown).message}`
    ground.log({ schedule: schedule.id, cause: String(thrown) }, because)
    const due = schedule.due ?? now
    const decision: ScheduleDecision = { behind: { from: due, because }, step: { do: 'put off', due, until, because } }
    await carryOut(ground, db, schedule, decision, now)
    return { decision }
  }
}

async function carryOut(
  ground: Ground,
  db: Database,
  schedule: Schedule,
  { missed, behind, step }: ScheduleDecision,
  now: string,
): Promise<string | undefined> {
  if (missed) await record(db, schedule, missed.from, 'missed', missed.because, now)
  if (behind) {
    const verdict = step.do === 'put off' ? 'queued' : 'coalesced'
    await record(db, schedule, behind.from, verdict, behind.because, now)
  }
  if (step.do === 'put off') {
    await change(db, schedule, { due: step.due, not_before: step.until, put_off: text(step.because) })
    return undefined
  }
  const ahead = { due: step.next ?? null, not_before: step.next ?? null, put_off: null }
  if (step.do === 'wait') {
    await change(db, schedule, ahead)
    return undefined
  }
  const event = eventOf(schedule, step.due, now)
  await change(db, schedule, { ...ahead, last_event: event.id, last_due: step.due.at, last_at: now })
  const inserted = await db
    .insertInto('events')
    .values({ id: event.id, repository_id: schedule.repositoryId, event: json(event), at: now })
    .onConflict(conflict => conflict.column('id').doNothing())
    .returning('id')
    .executeTakeFirst()
  if (inserted) await ground.send({ queue: 'dispatch', data: { eventId: event.id } }, db)
  return event.id
}

function eventOf(schedule: Schedule, due: NonNullable<Event['due']>, now: string): Event {
  return {
    id: eventIdOf(schedule, due.at),
    kind: 'schedule',
    action: 'due',
    at: now,
    repository: schedule.repository,
    actor: clock,
    routine: schedule.routine,
    due,
    own: false,
  }
}

function change(db: Database, { id }: Schedule, set: Record<string, string | null>): Promise<unknown> {
  return db.updateTable('schedules').set(set).where('id', '=', id).execute()
}

/** Of times that became no event: what is said of them last holds. */
async function record(
  db: Database,
  schedule: Pick<Schedule, 'id' | 'routine' | 'repositoryId'>,
  from: string,
  verdict: 'missed' | 'queued' | 'coalesced' | 'skipped',
  because: string,
  at: string,
): Promise<void> {
  const said = { verdict, because: text(because) }
  await db
    .insertInto('occurrences')
    .values({
      id: randomUUID(),
      event_id: missedIdOf(schedule, from),
      routine: schedule.routine,
      repository_id: schedule.repositoryId,
      at,
      ...said,
    })
    .onConflict(conflict => conflict.columns(['event_id', 'routine']).doUpdateSet(said))
    .execute()
}
