// Finders leave something in the purse for those who judge: a claim that nobody can afford to verify is worth nothing.
import type { Meter } from '../../domain/conversation.ts'
import { dollars } from '../../domain/money.ts'
import { Problem } from '../../domain/problem.ts'

/** Share of a run's money after which no finder's call is begun. */
const finderShare = 0.7

/** As `meter`, of a run that may cost `usd`; finders get `over_budget` while they have used their share, what they have set aside included (`findersUsd`, of all attempts). */
export function keepForJudging(meter: Meter, usd: number, findersUsd: () => Promise<number>): Meter {
  return {
    ...meter,
    async reserve(call) {
      if (call.kind === 'finder') {
        const spent = await findersUsd()
        if (spent >= usd * finderShare) throw enough(spent, usd)
      }
      return meter.reserve(call)
    },
    settle: (reservation, outcome) => meter.settle(reservation, outcome),
  }
}

function enough(spent: number, usd: number): Problem {
  return new Problem(
    'over_budget',
    `Finders have used ${dollars(spent)} of the ${dollars(usd)} that this run may cost, and the rest is kept for verifying what they found; raise \`budget.usd\` in the routine, or make the change smaller.`,
  )
}
