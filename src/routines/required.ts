// What an organisation requires and caps: a repository can add to it, and nothing a repository writes takes anything away.
import type { ConfigurationProblem, RepositorySettings, Routine, RoutineFront } from '../domain/routine.ts'
import { type Link, stricter } from './inherit.ts'
import { routineRules } from './merging.ts'
import { isBroken, type Shelf } from './shelf.ts'

/** Names of the organisation's routines that say `required: true`, and of those that could not be read, which may say so. */
export function requiredNames(organisation: Shelf | undefined): Set<string> {
  const all = [...(organisation?.routines.values() ?? [])]
  return new Set(
    all.filter(one => (isBroken(one) ? one.file.problem !== undefined : one.front.required)).map(one => one.name),
  )
}

/** The organisation's routine with what a repository's extension adds: instructions, agents, a stricter severity. */
export function strengthen(base: Routine, extension: Link): { routine: Routine; problems: ConfigurationProblem[] } {
  const { front } = extension
  const kept = fixed.filter(key => front[key] !== undefined)
  const problems = kept.map(key =>
    extension.complain([key], `is fixed by the organisation, which requires \`${base.name}\`; it is ignored here.`),
  )
  if (front.agents && !base.agents)
    problems.push(
      extension.complain(
        ['agents'],
        `would replace the agents that the size of a change decides; the organisation requires \`${base.name}\` with those, so it is ignored here.`,
      ),
    )
  const own = new Set(base.agents?.map(nameOf))
  const agents = base.agents ? [...(front.agents ?? []).entries()] : []
  for (const [index, agent] of agents)
    if (own.has(nameOf(agent)) && typeof agent !== 'string')
      problems.push(
        extension.complain(
          ['agents', index],
          `would change the agent \`${agent.name}\`, which the organisation sends; it is ignored here.`,
        ),
      )
  const added = agents.map(([, agent]) => agent).filter(agent => !own.has(nameOf(agent)))
  return {
    problems,
    routine: {
      ...base,
      source: 'repository',
      path: extension.file.path,
      ...(extension.commit ? { commit: extension.commit } : {}),
      ...(base.agents ? { agents: [...base.agents, ...added] } : {}),
      severity: stricter(base.severity, front.severity ?? {}),
      instructions: [base.instructions, extension.instructions].filter(Boolean).join('\n\n'),
    },
  }
}

/** `required` is complained about wherever a repository writes it. */
const fixed = (Object.keys(routineRules) as (keyof RoutineFront)[]).filter(
  key => routineRules[key].required === 'fixed' && key !== 'required',
)

function nameOf(agent: NonNullable<RoutineFront['agents']>[number]): string {
  return typeof agent === 'string' ? agent : agent.name
}

/** Agents that required routines send, and that a repository therefore can not redefine. */
export function protectedAgents(required: Set<string>, shelves: Shelf[]): Set<string> {
  const [builtIn, organisation] = shelves
  const protectedOnes = new Set<string>()
  for (const name of required) {
    const one = organisation?.routines.get(name)
    if (!one || isBroken(one)) continue
    const named = one.front.agents?.map(nameOf) ?? [
      ...(builtIn?.agents.keys() ?? []),
      ...(organisation?.agents.keys() ?? []),
    ]
    const ofFolders = Object.values(one.front.paths ?? {}).flatMap(part => part.agents ?? [])
    for (const agent of [...named, ...ofFolders]) protectedOnes.add(agent)
  }
  return protectedOnes
}

/** The routine under the organisation's ceilings. What its file asks for beyond them is a problem, unless it is a built-in one; the ceiling holds. */
export function underCeilings(
  routine: Routine,
  { ceilings }: RepositorySettings,
  asked: Link,
): { routine: Routine; problems: ConfigurationProblem[] } {
  if (!ceilings) return { routine, problems: [] }
  const problems: ConfigurationProblem[] = []
  const { run, can } = ceilings
  const front = asked.source === 'built-in' ? undefined : asked.front
  const usd = front?.budget?.usd
  if (run !== undefined && usd !== undefined && usd > run)
    problems.push(
      asked.complain(['budget', 'usd'], `is above the organisation's ceiling of $${run} a run; the ceiling holds.`),
    )
  const beyond = can ? (front?.can ?? []).filter(one => !can.includes(one)) : []
  for (const one of beyond)
    problems.push(asked.complain(['can'], `has \`${one}\`, which the organisation's ceiling does not; it is ignored.`))
  return { routine: can ? { ...routine, can: routine.can.filter(one => can.includes(one)) } : routine, problems }
}
