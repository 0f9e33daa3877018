// The purses that one model call is paid from, and the sentence for the one that is empty. Days and months are UTC's.
import { sql } from 'kysely'
import { dollars } from '../domain/money.ts'
import { Problem } from '../domain/problem.ts'
import type { Caps } from '../domain/store.ts'
import type { Database } from './tables.ts'

/** US dollars spent or set aside. */
export interface Purses {
  run: number
  pull: number
  repositoryDay: number
  serverDay: number
  serverMonth: number
}

export async function purses(
  db: Database,
  run: { id: string; repositoryId: number; number?: number },
  now: Date,
  counted: 'settled' | 'set aside too' = 'set aside too',
): Promise<Purses> {
  const day = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate())).toISOString()
  const month = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1)).toISOString()
  const spent = counted === 'settled' ? sql`coalesce(sum(usd), 0)` : sql`coalesce(sum(coalesce(usd, reserved_usd)), 0)`
  const { rows } = await sql<Purses>`select
    (select ${spent} from ledger where run_id = ${run.id}) as run,
    (select ${spent} from ledger where repository_id = ${run.repositoryId} and number = ${run.number ?? null}::bigint) as pull,
    (select ${spent} from ledger where repository_id = ${run.repositoryId} and at >= ${day}::timestamptz) as "repositoryDay",
    (select ${spent} from ledger where at >= ${day}::timestamptz) as "serverDay",
    (select ${spent} from ledger where at >= ${month}::timestamptz) as "serverMonth"`.execute(db)
  return rows[0]!
}

/** Sums of binary fractions miss by less than this. */
export const rounding = 1e-9

/** US dollars that the fullest of all caps still holds. */
export function roomUnder(caps: Caps, spent: Purses): number {
  return Math.min(...limits.map(({ cap, of }) => caps[cap] - spent[of]))
}

/** The first cap that the call would pass, and the Problem `over_budget` that names it. */
export function fullCap(spent: Purses, caps: Caps, usd: number): { cap: keyof Caps; problem: Problem } | undefined {
  const full = limits.find(({ cap, of }) => spent[of] + usd > caps[cap] + rounding)
  if (!full) return undefined
  const { cap, of, what, raise } = full
  const because = `The next model call may cost ${dollars(usd)}, and with ${dollars(spent[of])} already spent or set aside that is over the cap of ${dollars(caps[cap])} ${what}; ${raise}.`
  return { cap, problem: new Problem('over_budget', because) }
}

const limits: { cap: keyof Caps; of: keyof Purses; what: string; raise: string }[] = [
  {
    cap: 'run',
    of: 'run',
    what: 'for this run',
    raise:
      'raise `budget.usd` in the routine or `budget.run` in .github/watchbill.yml, whichever set it, or make the change smaller',
  },
  {
    cap: 'serverRun',
    of: 'run',
    what: 'that the server sets for a run',
    raise: 'the operator can raise WATCHBILL_BUDGET_USD_RUN',
  },
  {
    cap: 'pull',
    of: 'pull',
    what: 'for the life of this pull request',
    raise: 'raise `budget.pull` in .github/watchbill.yml',
  },
  {
    cap: 'repositoryDay',
    of: 'repositoryDay',
    what: 'for this repository today (UTC)',
    raise: 'wait until tomorrow, or raise `budget.day` in .github/watchbill.yml',
  },
  {
    cap: 'serverDay',
    of: 'serverDay',
    what: 'for the whole server today (UTC)',
    raise: 'wait until tomorrow, or let the operator raise WATCHBILL_BUDGET_USD_DAY',
  },
  {
    cap: 'serverMonth',
    of: 'serverMonth',
    what: 'for the whole server this month (UTC)',
    raise: 'wait until next month, or let the operator raise WATCHBILL_BUDGET_USD_MONTH',
  },
]
