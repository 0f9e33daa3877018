// Thresholds of budgets: which a call has passed, each noted once in its period by whichever process comes first.
import type { BudgetWarning, Caps } from '../domain/store.ts'
import { type Purses, purses, rounding } from './caps.ts'
import { iso } from './rows.ts'
import type { Database } from './tables.ts'

const percents = [50, 80, 100]

interface Passed {
  run: { id: string; repositoryId: number; number?: number }
  caps: Caps
  now: Date
  /** With the call. */
  spent: Purses
  /** The cap for which a call was refused, and no other call is under way. */
  refused?: keyof Caps
}

/** Those that were not noted before, in order. */
export async function notePassed(db: Database, passed: Passed): Promise<BudgetWarning[]> {
  const { run, caps, now, spent, refused } = passed
  const warnings: BudgetWarning[] = []
  for (const { cap, scope, period } of scopesOf(passed)) {
    const reached = percents.filter(
      percent => spent[cap] >= (caps[cap] * percent) / 100 - rounding || (percent === 100 && cap === refused),
    )
    if (reached.length === 0) continue
    const key = { cap, scope, period, cap_usd: caps[cap] }
    const noted = await db
      .selectFrom('budget_warnings')
      .select('percent')
      .where(({ and }) => and(key))
      .execute()
    const missing = reached.filter(percent => !noted.some(one => one.percent === percent))
    if (missing.length === 0) continue
    const set_aside_usd = Math.max(0, spent[cap] - (await purses(db, run, now, 'settled'))[cap])
    const about = { ...key, usd: spent[cap], set_aside_usd, run_id: run.id, at: iso(now) }
    const rows = await db
      .insertInto('budget_warnings')
      .values(missing.map(percent => ({ ...about, percent })))
      .onConflict(conflict => conflict.doNothing())
      .returningAll()
      .execute()
    warnings.push(...rows.map(asWarning).sort((a, b) => a.percent - b.percent))
  }
  return warnings
}

export async function warningsOf(db: Database, runId: string): Promise<BudgetWarning[]> {
  const query = db.selectFrom('budget_warnings').selectAll().where('run_id', '=', runId)
  const rows = await query.orderBy('at').orderBy('cap').orderBy('percent').execute()
  return rows.map(asWarning)
}

function scopesOf({ run, now }: Passed): { cap: BudgetWarning['cap']; scope: string; period: string }[] {
  const [day, month] = [iso(now).slice(0, 10), iso(now).slice(0, 7)]
  const pull = { cap: 'pull', scope: `${run.repositoryId}#${run.number}`, period: '' } as const
  return [
    ...(run.number === undefined ? [] : [pull]),
    { cap: 'repositoryDay', scope: String(run.repositoryId), period: day },
    { cap: 'serverDay', scope: '', period: day },
    { cap: 'serverMonth', scope: '', period: month },
  ]
}

interface Row {
  cap: string
  period: string
  percent: number
  cap_usd: number
  usd: number
  set_aside_usd: number
}

function asWarning(row: Row): BudgetWarning {
  return {
    cap: row.cap as BudgetWarning['cap'],
    period: row.period,
    percent: row.percent,
    capUsd: row.cap_usd,
    usd: row.usd,
    setAsideUsd: row.set_aside_usd,
  }
}
