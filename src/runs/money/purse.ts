// The purse of a run that no server keeps: set aside and settled in memory, under one cap.
import type { Meter, Usage } from '../../domain/conversation.ts'
import { dollars } from '../../domain/money.ts'
import { Problem } from '../../domain/problem.ts'

export interface Purse extends Meter {
  spent(): { usd: number; calls: number; usage: Usage }
  /** What finders have spent and set aside. */
  findersUsd(): Promise<number>
}

/** Never holds more than `usd`, spent and set aside. */
export function openPurse(usd: number): Purse {
  const reserved = new Map<string, { usd: number; finder: boolean }>()
  const total = { usd: 0, calls: 0, usage: { input: 0, cacheWrite: 0, cacheRead: 0, output: 0 } }
  let finders = 0
  let next = 0
  return {
    async reserve(call) {
      const aside = [...reserved.values()].reduce((sum, { usd }) => sum + usd, 0)
      const room = usd - total.usd - aside
      if (room < (call.leastUsd ?? call.usd))
        throw new Problem(
          'over_budget',
          `The run's cap of ${dollars(usd)} does not hold another call, which may cost ${dollars(call.usd)} (${dollars(total.usd)} spent, ${dollars(aside)} set aside); raise \`budget.usd\` in the routine, \`budget.run\` in .github/watchbill.yml or WATCHBILL_BUDGET_USD_RUN, whichever set it.`,
        )
      const id = String(next++)
      const held = Math.min(call.usd, room)
      reserved.set(id, { usd: held, finder: call.kind === 'finder' })
      return { id, usd: held }
    },
    async settle({ id }, outcome) {
      const finder = reserved.get(id)?.finder
      if (!reserved.delete(id)) return
      total.usd += outcome.usd
      if (finder) finders += outcome.usd
      total.calls++
      for (const kind of ['input', 'cacheWrite', 'cacheRead', 'output'] as const)
        total.usage[kind] += outcome.usage[kind]
    },
    spent: () => structuredClone(total),
    findersUsd: async () =>
      [...reserved.values()].reduce((sum, { usd, finder }) => (finder ? sum + usd : sum), finders),
  }
}
