// What a run cost, and each routine's part of it.
import type { AgentReport, Cost, Plan } from '../domain/plan.ts'
import type { Run } from '../domain/run.ts'
import type { Store } from '../domain/store.ts'

export async function costOf(store: Store, run: Run, now: Date): Promise<Cost> {
  const spent = await store.ledger.spent({ runId: run.id })
  return {
    usd: spent.usd,
    calls: spent.calls,
    milliseconds: now.getTime() - Date.parse(run.startedAt ?? run.requestedAt),
  }
}

/** US dollars by routine: its own agents' calls, and the shared rest (verifiers) in the same proportion. Adds up to `usd`. */
export function partsOf(usd: number, plan: Plan, reports: AgentReport[]): Map<string, number> {
  const own = new Map<string, number>()
  for (const assignment of plan.assignments) {
    const payer = assignment.routines[0]
    const report = reports.find(one => one.assignment === assignment.id)
    if (payer) own.set(payer, (own.get(payer) ?? 0) + (report?.ended.usd ?? 0))
  }
  const total = [...own.values()].reduce((sum, part) => sum + part, 0)
  return new Map([...own].map(([routine, part]) => [routine, total === 0 ? usd / own.size : (usd * part) / total]))
}
