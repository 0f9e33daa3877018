// What an organisation requires: a repository can add to it, and nothing a repository writes takes anything away.
import type { ConfigurationProblem, RepositorySettings, Routine, RoutineFront } from '../domain/routine.ts'
import { type Link, stricter } from './inherit.ts'
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
  const added = base.agents ? (front.agents ?? []).filter(agent => !own.has(nameOf(agent))) : []
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

const fixed = ['on', 'model', 'budget', 'can'] as const satisfies (keyof RoutineFront)[]

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
    for (const agent of named) protectedOnes.add(agent)
  }
  return protectedOnes
}

/** A repository's settings without what would blind or silence a required routine. */
export function holdSettings(
  settings: RepositorySettings,
  repository: Shelf,
  required: Set<string>,
): { settings: RepositorySettings; problems: ConfigurationProblem[] } {
  const written = repository.settings
  if (required.size === 0 || !written?.value) return { settings, problems: [] }
  const problems: ConfigurationProblem[] = []
  const held = { ...settings }
  const names = [...required].map(name => `\`${name}\``).join(', ')
  const complain = (key: 'skip' | 'automatic' | 'enabled', what: string) =>
    problems.push({
      file: '.github/watchbill.yml',
      ...written.reading?.placeOf([key]),
      path: key,
      message: `${what} the organisation requires ${names}.`,
    })
  if (written.value.skip.length > 0) {
    complain('skip', 'is ignored:')
    held.skip = []
  }
  if (written.value.automatic === false) {
    complain('automatic', 'can not be false:')
    held.automatic = undefined
  }
  if (!written.value.enabled) complain('enabled', 'switches the others off, not these:')
  return { settings: held, problems }
}
