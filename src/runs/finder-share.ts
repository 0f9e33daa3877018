// Finders leave something in the purse for those who judge: a claim that nobody can afford to verify is worth nothing.
import type { Meter } from '../domain/conversation.ts'
import { Problem } from '../domain/problem.ts'

/** Share of a run's money after which no finder's call is begun. */
const finderShare = 0.7

/** As `meter`, of a run that may cost `usd`; finders get `over_budget` once they have used their share. */
export function keepForJudging(meter: Meter, usd: number): Meter {
  const finders = new Set<string>()
  let spent = 0
  return {
    async reserve(call) {
      if (call.kind !== 'finder') return meter.reserve(call)
      if (spent >= usd * finderShare) throw enough(spent, usd)
      const reservation = await meter.reserve(call)
      finders.add(reservation)
      return reservation
    },
    async settle(reservation, outcome) {
      if (finders.delete(reservation)) spent += outcome.usd
      await meter.settle(reservation, outcome)
    },
  }
}

function enough(spent: number, usd: number): Problem {
  return new Problem(
    'over_budget',
    `Finders have used $${spent.toFixed(2)} of the $${usd.toFixed(2)} that this run may cost, and the rest is kept for verifying what they found; raise \`budget.usd\` in the routine, or make the change smaller.`,
  )
}
