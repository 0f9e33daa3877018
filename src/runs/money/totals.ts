// What reviews have cost beside this one: of the pull request in its life, of the repository in the month.
import { dollars } from '../../domain/money.ts'
import type { Run } from '../../domain/run.ts'
import type { Rooms } from '../../domain/store.ts'

/** A sentence; this run is among what it counts. */
export async function sayTotals(
  ledger: Pick<Rooms['ledger'], 'spent'>,
  { repository, number }: Pick<Run, 'repository' | 'number'>,
  now: Date,
): Promise<string> {
  const month = now.toISOString().slice(0, 7)
  const { usd } = await ledger.spent({ repositoryId: repository.id, since: `${month}-01T00:00:00.000Z` })
  const all = `${dollars(usd)} in this repository in ${month} (UTC)`
  if (number === undefined) return `Spent so far: ${all}.`
  const pull = await ledger.spent({ repositoryId: repository.id, number })
  return `Spent so far: ${dollars(pull.usd)} on this pull request, ${all}.`
}
