// The purse of a run that no server keeps: set aside and settled in memory, under one cap.
import type { Meter, Usage } from '../domain/conversation.ts'
import { Problem } from '../domain/problem.ts'

export interface Purse extends Meter {
  spent(): { usd: number; calls: number; usage: Usage }
}

/** Problem `over_budget` from `reserve` when what is spent, set aside and asked for is more than `usd`. */
export function openPurse(usd: number): Purse {
  const reserved = new Map<string, number>()
  const total = { usd: 0, calls: 0, usage: { input: 0, cacheWrite: 0, cacheRead: 0, output: 0 } }
  let next = 0
  return {
    async reserve(call) {
      const aside = [...reserved.values()].reduce((sum, one) => sum + one, 0)
      if (total.usd + aside + call.usd > usd)
        throw new Problem(
          'over_budget',
          `The run's cap of $${usd.toFixed(2)} does not hold another call ($${total.usd.toFixed(4)} spent, $${aside.toFixed(4)} set aside); raise WATCHBILL_BUDGET_USD_RUN to go on.`,
        )
      const id = String(next++)
      reserved.set(id, call.usd)
      return id
    },
    async settle(id, outcome) {
      if (!reserved.delete(id)) return
      total.usd += outcome.usd
      total.calls++
      for (const kind of ['input', 'cacheWrite', 'cacheRead', 'output'] as const)
        total.usage[kind] += outcome.usage[kind]
    },
    spent: () => structuredClone(total),
  }
}
