// The ledger: money is set aside under every cap before a call, and written down after it.
import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { Meter } from '../domain/conversation.ts'
import type { BudgetWarning, Caps, LedgerEntry, Rooms } from '../domain/store.ts'
import { fullCap, type Purses, purses, roomUnder, rounding } from './caps.ts'
import { type Ground, iso, text, within } from './rows.ts'
import { stale } from './runs.ts'
import { explainedMethods } from './trouble.ts'
import { notePassed, warningsOf } from './warnings.ts'

export function ledger(ground: Ground): Rooms['ledger'] {
  const { db } = ground

  return {
    meter: (run, caps, warn) => explainedMethods(meter(ground, run, caps, warn), ground.guard),

    warnings: runId => warningsOf(db, runId),

    async parts(runId) {
      const rows = await db
        .selectFrom('ledger')
        .select([
          'name',
          'kind',
          sql<number>`sum(coalesce(usd, reserved_usd))`.as('usd'),
          sql<number>`coalesce(sum(reserved_usd) filter (where usd is null), 0)`.as('set_aside'),
        ])
        .where('run_id', '=', runId)
        .groupBy(['name', 'kind'])
        .orderBy('usd', 'desc')
        .orderBy('name')
        .execute()
      return rows.map(({ name, kind, usd, set_aside }) => ({ name, kind, usd, setAsideUsd: set_aside }))
    },

    async entries({ runId, repositoryId, since, limit }) {
      let query = db.selectFrom('ledger').selectAll().orderBy('at', 'desc').orderBy('sequence', 'desc').limit(limit)
      if (runId !== undefined) query = query.where('run_id', '=', runId)
      if (repositoryId !== undefined) query = query.where('repository_id', '=', repositoryId)
      if (since !== undefined) query = query.where('at', '>=', new Date(since))
      const rows = await query.execute()
      return rows.map(
        (row): LedgerEntry => ({
          id: row.id,
          runId: row.run_id,
          repositoryId: row.repository_id,
          number: row.number ?? undefined,
          attempt: row.attempt,
          name: row.name,
          kind: row.kind,
          model: row.model,
          usage: { input: row.input, cacheWrite: row.cache_write, cacheRead: row.cache_read, output: row.output },
          reservedUsd: row.reserved_usd,
          usd: row.usd ?? undefined,
          status: row.status,
          milliseconds: row.milliseconds ?? undefined,
          at: iso(row.at),
        }),
      )
    },

    async spent({ runId, repositoryId, number, since }) {
      let query = db
        .selectFrom('ledger')
        .select(({ fn }) => [
          fn.coalesce(fn.sum<number>(sql`coalesce(usd, reserved_usd)`), sql<number>`0`).as('usd'),
          fn.countAll<number>().as('calls'),
          sql<number>`coalesce(sum(input), 0)::bigint`.as('input'),
          sql<number>`coalesce(sum(cache_write), 0)::bigint`.as('cache_write'),
          sql<number>`coalesce(sum(cache_read), 0)::bigint`.as('cache_read'),
          sql<number>`coalesce(sum(output), 0)::bigint`.as('output'),
        ])
      if (runId !== undefined) query = query.where('run_id', '=', runId)
      if (repositoryId !== undefined) query = query.where('repository_id', '=', repositoryId)
      if (number !== undefined) query = query.where('number', '=', number)
      if (since !== undefined) query = query.where('at', '>=', new Date(since))
      const row = await query.executeTakeFirstOrThrow()
      return {
        usd: row.usd,
        calls: row.calls,
        usage: { input: row.input, cacheWrite: row.cache_write, cacheRead: row.cache_read, output: row.output },
      }
    },
  }
}

function meter(
  ground: Ground,
  run: { id: string; attempt: number; repositoryId: number; number?: number },
  caps: Caps,
  warn: (warning: BudgetWarning) => void = () => {},
): Meter {
  return {
    async reserve(call) {
      const { reservation, refusal, passed } = await within(ground, async db => {
        const at = ground.now()
        // One reservation at a time, whichever process makes it: two that fit alone may not fit together.
        await sql`select pg_advisory_xact_lock(hashtextextended('purse', 0))`.execute(db)
        const spent = await purses(db, run, at)
        const full = fullCap(spent, caps, call.leastUsd ?? call.usd)
        if (full) {
          // While calls of this run are under way, the one that was refused waits for what they give back.
          const { run: settled } = await purses(db, run, at, 'settled')
          const final = spent.run <= settled + rounding
          const about = { run, caps, now: at, spent, refused: full.cap }
          return { refusal: full.problem, passed: final ? await notePassed(db, about) : [] }
        }
        const id = randomUUID()
        const usd = Math.min(call.usd, Math.max(roomUnder(caps, spent), call.leastUsd ?? call.usd))
        const reserved = await sql`
          insert into ledger (id, run_id, repository_id, number, attempt, name, kind, model, reserved_usd, status, at)
          select ${id}, id, ${run.repositoryId}::bigint, ${run.number ?? null}::bigint, attempt, ${text(call.name)}, ${call.kind},
            ${call.model}, ${usd}::float8, 'reserved', ${iso(at)}::timestamptz
          from runs where id = ${run.id} and attempt = ${run.attempt} and status = 'running'
          for share
          returning id`.execute(db)
        if (reserved.rows.length === 0) throw stale(run.id)
        return {
          reservation: { id, usd },
          passed: await notePassed(db, { run, caps, now: at, spent: withCall(spent, usd) }),
        }
      })
      for (const warning of passed) warn(warning)
      if (refusal) throw refusal
      return reservation
    },

    async settle({ id }, { usage, usd, status, milliseconds }) {
      const settled = await ground.db
        .updateTable('ledger')
        .set({
          input: usage.input,
          cache_write: usage.cacheWrite,
          cache_read: usage.cacheRead,
          output: usage.output,
          usd,
          status: text(status),
          milliseconds,
        })
        .where('id', '=', id)
        .where('attempt', '=', run.attempt)
        .where('usd', 'is', null)
        .returning('reserved_usd')
        .executeTakeFirst()
      if (!settled) throw stale(run.id)
      // What was set aside has been warned of already.
      if (usd <= settled.reserved_usd) return
      const now = ground.now()
      const passed = await within(ground, async db =>
        notePassed(db, { run, caps, now, spent: await purses(db, run, now) }),
      )
      for (const warning of passed) warn(warning)
    },
  }
}

function withCall(spent: Purses, usd: number): Purses {
  return Object.fromEntries(Object.entries(spent).map(([purse, sum]) => [purse, sum + usd])) as unknown as Purses
}
