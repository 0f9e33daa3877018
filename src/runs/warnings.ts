// What people are told of a budget that is being used up: the log of every one, a check of those that its pull or repository has.
import { dollars } from '../domain/money.ts'
import type { BudgetWarning, Rooms } from '../domain/store.ts'

/** "80 % of this pull request's $8.00 is spent: $6.42." */
export function sayWarning({ cap, period, percent, capUsd, usd, setAsideUsd }: BudgetWarning): string {
  const budget = `${owners[cap]} ${dollars(capUsd)}${period === '' ? '' : ` for ${period} (UTC)`}`
  const aside = setAsideUsd < 0.01 ? '' : `, of it ${dollars(setAsideUsd)} set aside for calls under way`
  if (percent === 100 && usd < capUsd)
    return `${capital(budget)} holds no further call: ${dollars(usd)} is spent${aside}.`
  return `${percent} % of ${budget} is spent: ${dollars(usd)}${aside}.`
}

const owners: Record<BudgetWarning['cap'], string> = {
  pull: "this pull request's",
  repositoryDay: "this repository's",
  serverDay: "the server's",
  serverMonth: "the server's",
}

/** For a run's checks: of each cap the last threshold that its calls passed. What the whole server spends is the operator's to know. */
export async function warningLines(ledger: Pick<Rooms['ledger'], 'warnings'>, runId: string): Promise<string[]> {
  const warnings = await ledger.warnings(runId)
  const last = new Map(
    warnings
      .filter(({ cap }) => cap === 'pull' || cap === 'repositoryDay')
      .map(warning => [`${warning.cap} ${warning.period}`, warning]),
  )
  return [...last.values()].map(sayWarning)
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1)
}
