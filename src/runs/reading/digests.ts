// What a review goes by, in digests: a change of any of it makes a pull be reviewed in full again, and is named as the reason.
import { createHash } from 'node:crypto'
import type { Rule } from '../../domain/plan.ts'
import type { Agent, RepositorySettings, Routine } from '../../domain/routine.ts'
import type { Words } from '../../domain/words.ts'

export interface GoneBy {
  rules: Rule[]
  settings: RepositorySettings
  agents: Agent[]
  words: Words
}

/** Of one routine, each under a name that people know it by: the path of a rule, "settings", "routine NAME", "agent NAME", "prompts". */
export function digestsOf({ rules, settings, agents, words }: GoneBy, routine: Routine): Record<string, string> {
  // When something answers, who looks after it and what it may cost says nothing of what it looks for.
  const {
    on: _,
    gates: __,
    budget: ___,
    commit: ____,
    owner,
    review_by,
    description,
    source,
    path,
    ...looked
  } = routine
  const { budget, ceilings, automatic, enable, disable, enabled, readable_by, ...kept } = settings
  return {
    ...Object.fromEntries(rules.map(rule => [rule.path, digest([rule.from, rule.text])])),
    settings: digest(kept),
    [`routine ${routine.name}`]: digest(looked),
    ...Object.fromEntries(agents.map(({ description, ...agent }) => [`agent ${agent.name}`, digest(agent)])),
    prompts: digest(words),
  }
}

/** The names of what is not the same in both, sorted. Rules of a folder come and go with the files that a pull touches: those in both are compared. */
export function changedNames(before: Record<string, string>, now: Record<string, string>): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(now)])
  return [...names]
    .filter(name => before[name] !== now[name] && (!ofFolder(name) || (before[name] && now[name])))
    .sort()
}

function ofFolder(name: string): boolean {
  return name.includes('/') && name.endsWith('.md')
}

function digest(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(value)))
    .digest('hex')
}

/** Keys in one order, so that a file written in another order is the same. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  )
}
