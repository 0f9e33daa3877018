// Which routines and agents are about security, and which lenses an agent was asked for.
import { securityLenses, type ToolName } from '../domain/evidence.ts'
import type { Agent, Routine } from '../domain/routine.ts'
import { lensOwners } from './lineup.ts'

/** Agents whose part of a review is security. */
const agentNames = ['security', 'standing-weaknesses']

export function isSecurityAgent({ name }: Pick<Agent, 'name'>): boolean {
  return agentNames.includes(name)
}

/** One that sends such an agent; without agents of its own, the one that owns the lens, or a review that asks for the whole line-up. */
function isSecurityRoutine({ name, kind, agents }: Pick<Routine, 'name' | 'kind' | 'agents'>): boolean {
  if (agents) return agents.some(one => agentNames.includes(typeof one === 'string' ? one : one.name))
  return name === 'security-review' || (kind === 'review' && !lensOwners.includes(name))
}

/** Whose part of a review a tool's findings are: all of them are for security, and what is known of dependencies is for whoever sends their agent too. */
export function asksTool(routine: Pick<Routine, 'name' | 'kind' | 'agents'>, tool: ToolName): boolean {
  const names = (routine.agents ?? []).map(one => (typeof one === 'string' ? one : one.name))
  return isSecurityRoutine(routine) || (tool === 'dependencies' && names.includes('dependencies'))
}

/** Lenses that an agent's instructions name: a repository's own agent may have others. */
export function lensesOf({ instructions }: Pick<Agent, 'instructions'>): string[] {
  const text = instructions.toLowerCase()
  return securityLenses.filter(lens => text.includes(lens.toLowerCase()))
}
