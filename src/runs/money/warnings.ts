// What people are told of a budget that is being used up: the log of every one, a check of those that its pull or repository has.
import { dollars } from '../../domain/money.ts'
import type { BudgetWarning, Rooms } from '../../domain/store.ts'

/** As it happens: "80 % of this pull request's $8.00 is spent: $6.42." */
export function sayWarning(warning: BudgetWarning): string {
  const { percent, capUsd, usd, setAsideUsd } = warning
  const aside = setAsideUsd < 0.01 ? '' : `, of it ${dollars(setAsideUsd)} set aside for calls under way`
  if (percent === 100 && usd < capUsd) return full(warning, `${dollars(usd)} is spent${aside}`)
  return `${percent} % of ${budgetOf(warning)} is spent: ${dollars(usd)}${aside}.`
}

/**
 * For a run's checks at its end: of each budget the last threshold that its calls passed, with what is spent by now. What the whole
 * server spends is the operator's to know.
 */
export async function warningLines(
  ledger: Pick<Rooms['ledger'], 'warnings' | 'spent'>,
  run: { id: string; repository: { id: number }; number?: number },
): Promise<string[]> {
  const last = new Map((await ledger.warnings(run.id)).map(warning => [`${warning.cap} ${warning.period}`, warning]))
  const lines: string[] = []
  for (const warning of last.values()) {
    if (warning.cap !== 'pull' && warning.cap !== 'repositoryDay') continue
    const of = warning.cap === 'pull' ? { number: run.number } : { since: `${warning.period}T00:00:00.000Z` }
    lines.push(sayAtEnd(warning, (await ledger.spent({ repositoryId: run.repository.id, ...of })).usd))
  }
  return lines
}

/** Money that was set aside has mostly come back by then. */
function sayAtEnd(warning: BudgetWarning, usd: number): string {
  const { percent, capUsd } = warning
  if (percent === 100 && warning.usd < capUsd) return full(warning, `${dollars(usd)} is spent`)
  if (usd >= (capUsd * percent) / 100) return `${percent} % of ${budgetOf(warning)} is spent: ${dollars(usd)}.`
  return `${percent} % of ${budgetOf(warning)} was spent or set aside for a while; ${dollars(usd)} is spent.`
}

function full(warning: BudgetWarning, rest: string): string {
  const budget = budgetOf(warning)
  return `${budget.charAt(0).toUpperCase()}${budget.slice(1)} holds no further call: ${rest}.`
}

function budgetOf({ cap, period, capUsd }: BudgetWarning): string {
  return `${owners[cap]} ${dollars(capUsd)}${period === '' ? '' : ` for ${period} (UTC)`}`
}

const owners: Record<BudgetWarning['cap'], string> = {
  pull: "this pull request's",
  repositoryDay: "this repository's",
  serverDay: "the server's",
  serverMonth: "the server's",
}
