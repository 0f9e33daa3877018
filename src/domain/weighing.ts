// How grave a weakness is: what is gained by it, and how easily, each for itself; how sure somebody is of it plays no part.
import type { Severity } from './severity.ts'

/** `total`: code runs, everybody's data or money, the service taken over. `serious`: another's data, account or money. `limited`: less than that. */
export const impacts = ['total', 'serious', 'limited'] as const
type Impact = (typeof impacts)[number]

/** `open`: whoever can reach it, any time. `conditional`: an account, somebody else's doing, or luck in time is needed. `hard`: a place of trust, or what rarely is so. */
export const exploitabilities = ['open', 'conditional', 'hard'] as const
type Exploitability = (typeof exploitabilities)[number]

/** The one table; docs/routines.md shows it. */
export const severityTable: Record<Impact, Record<Exploitability, Severity>> = {
  total: { open: 'critical', conditional: 'high', hard: 'medium' },
  serious: { open: 'high', conditional: 'high', hard: 'medium' },
  limited: { open: 'medium', conditional: 'low', hard: 'low' },
}

/** Undefined where one of the two was not given. */
export function weigh(claim: {
  impact?: Impact | undefined
  exploitability?: Exploitability | undefined
}): Severity | undefined {
  const { impact, exploitability } = claim
  return impact && exploitability && severityTable[impact][exploitability]
}
