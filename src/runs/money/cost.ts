// What a run cost, and each routine's part of it: over all of its attempts, since the ledger remembers what a process that died does not.
import type { AgentReport, Cost, Inspection, Plan } from '../../domain/plan.ts'
import type { Run } from '../../domain/run.ts'
import type { LedgerPart, Rooms } from '../../domain/store.ts'

type Ledger = Pick<Rooms['ledger'], 'parts' | 'spent'>

/** The run's cost, and its reports with what each agent cost in all. */
export async function accountOf(
  ledger: Ledger,
  run: Pick<Run, 'id' | 'startedAt' | 'requestedAt'>,
  { reports }: Pick<Inspection, 'reports'>,
  now: Date,
): Promise<{ cost: Cost; reports: AgentReport[] }> {
  const { usd, calls } = await ledger.spent({ runId: run.id })
  const parts = await ledger.parts(run.id)
  return {
    cost: { usd, calls, milliseconds: now.getTime() - Date.parse(run.startedAt ?? run.requestedAt) },
    reports: reports.map(report => ({
      ...report,
      ended: { ...report.ended, usd: sum(parts.filter(part => part.name === report.assignment)) },
    })),
  }
}

/** US dollars, what finders have set aside included. */
export async function findersUsd(ledger: Pick<Ledger, 'parts'>, runId: string): Promise<number> {
  return sum((await ledger.parts(runId)).filter(part => part.kind === 'finder'))
}

/** US dollars, without what is set aside for calls under way. */
export async function settledUsd(ledger: Pick<Ledger, 'parts'>, runId: string): Promise<number> {
  return (await ledger.parts(runId)).reduce((total, { usd, setAsideUsd }) => total + usd - setAsideUsd, 0)
}

/** US dollars by routine: its agents' calls, of one that several send an equal part, and the shared rest (verifiers) in the same proportion. Adds up to `usd`. */
export function partsOf(usd: number, plan: Plan, reports: AgentReport[]): Map<string, number> {
  const own = new Map<string, number>()
  for (const assignment of plan.assignments) {
    const report = reports.find(one => one.assignment === assignment.id)
    for (const payer of assignment.routines)
      own.set(payer, (own.get(payer) ?? 0) + (report?.ended.usd ?? 0) / assignment.routines.length)
  }
  const total = [...own.values()].reduce((sum, part) => sum + part, 0)
  return new Map([...own].map(([routine, part]) => [routine, total === 0 ? usd / own.size : (usd * part) / total]))
}

function sum(parts: LedgerPart[]): number {
  return parts.reduce((total, { usd }) => total + usd, 0)
}
