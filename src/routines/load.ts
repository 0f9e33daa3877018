// Files from repository, organisation and house → routines, agents and settings; a broken file is a problem beside the others, never instead of them.
import type { RepositoryFile } from '../domain/host.ts'
import {
  type Agent,
  type Configuration,
  type ConfigurationProblem,
  type RepositorySettings,
  type Routine,
  repositorySettingsSchema,
} from '../domain/routine.ts'
import { nearest } from './command.ts'
import { badExpressions } from './expressions.ts'
import { parseAgent, parseRepositorySettings, parseRoutine, type WrittenRoutine } from './parse.ts'

export interface ConfigurationFiles {
  builtIn: RepositoryFile[]
  organisation: RepositoryFile[]
  repository: RepositoryFile[]
  commit?: string
  organisationCommit?: string
}

interface Sourced extends WrittenRoutine {
  source: Routine['source']
  commit?: string | undefined
}

/** Most files that are read from one place. */
const filesAtMost = 100

/** Precedence by name: repository over organisation over built-in; an organisation's `required: true` routine can be extended, not replaced. */
export function loadConfiguration(files: ConfigurationFiles): Configuration {
  const problems: ConfigurationProblem[] = []
  const keep = <T>(checked: { value?: T; problems: ConfigurationProblem[] }): T[] => {
    problems.push(...checked.problems)
    return checked.value === undefined ? [] : [checked.value]
  }
  const places = [
    { source: 'built-in', files: files.builtIn, commit: undefined },
    { source: 'organisation', files: files.organisation, commit: files.organisationCommit },
    { source: 'repository', files: files.repository, commit: files.commit },
  ] as const
  const written: Sourced[] = []
  const agents = new Map<string, Agent>()
  let settings: RepositorySettings = repositorySettingsSchema.parse({})
  for (const place of places) {
    if (place.files.length > filesAtMost)
      problems.push({
        file: '.github/routines',
        message: `holds ${place.files.length} files; only the first ${filesAtMost} are read.`,
      })
    for (const file of place.files.slice(0, filesAtMost)) {
      if (/routines\/agents\/[^/]+\.md$/.test(file.path))
        for (const agent of keep(parseAgent(file))) agents.set(agent.name, agent)
      else if (/routines\/[^/]+\.md$/.test(file.path))
        written.push(...keep(parseRoutine(file)).map(one => ({ ...one, source: place.source, commit: place.commit })))
      else if (place.source === 'repository' && /watchbill\.ya?ml$/.test(file.path))
        for (const read of keep(parseRepositorySettings(file))) settings = read
    }
  }
  const routines = resolve(written, settings, agents, problems)
  return { routines, agents: [...agents.values()], settings, problems }
}

function resolve(
  written: Sourced[],
  settings: RepositorySettings,
  agents: Map<string, Agent>,
  problems: ConfigurationProblem[],
): Routine[] {
  const chosen = new Map<string, Sourced>()
  for (const one of written) {
    const before = chosen.get(one.name)
    const required = before?.source === 'organisation' && before.front.required && one.source === 'repository'
    if (required && one.front.extends !== one.name)
      problems.push({
        file: one.file.path,
        message: `replaces the organisation's required routine ${one.name}; it can only extend it (\`extends: ${one.name}\`).`,
      })
    else chosen.set(one.name, one)
    if (one.front.required && one.source !== 'organisation')
      problems.push({ file: one.file.path, path: 'required', message: "is for an organisation's files only." })
  }
  const routines: Routine[] = []
  for (const one of chosen.values()) {
    const chain = ancestry(one, written)
    if (typeof chain === 'string') problems.push({ file: one.file.path, path: 'extends', message: chain })
    else {
      const unknown = unknownAgents(chain, agents)
      problems.push(...unknown.map(message => ({ file: one.file.path, path: 'agents', message })))
      const routine = complete(one, chain, settings)
      const bad = badExpressions(routine)
      problems.push(...bad)
      if (unknown.length + bad.length === 0) routines.push(routine)
    }
  }
  const off = (routine: Routine) => !routine.required && (!settings.enabled || settings.disable.includes(routine.name))
  return routines.filter(routine => !off(routine))
}

/** The routine and what it extends, farthest first; or the sentence that says what is wrong. */
function ancestry(one: Sourced, written: Sourced[]): Sourced[] | string {
  const chain = [one]
  for (let current = one; current.front.extends; ) {
    const wanted = current.front.extends
    const parent = written.findLast(
      other => other.name === wanted && !chain.includes(other) && other.source !== 'repository',
    )
    if (!parent) {
      const close = nearest(
        wanted,
        [...new Set(written.map(other => other.name))].filter(name => name !== one.name),
      )
      if (chain.some(other => other.name === wanted) && wanted !== one.name)
        return `extends itself by way of ${wanted}.`
      return `there is no built-in or organisation routine called \`${wanted}\`${close ? `; did you mean \`${close}\`?` : '.'}`
    }
    chain.unshift(parent)
    current = parent
  }
  return chain
}

function complete(one: Sourced, chain: Sourced[], settings: RepositorySettings): Routine {
  const fronts = chain.map(link => link.front)
  const last = <T>(pick: (front: (typeof fronts)[number]) => T | undefined): T | undefined =>
    fronts.map(pick).findLast(value => value !== undefined)
  const required = chain.some(link => link.source === 'organisation' && link.front.required)
  const requirer = chain.find(link => link.source === 'organisation' && link.front.required)
  const on = Object.assign({}, ...fronts.map(front => front.on ?? {})) as Routine['on']
  const severity = Object.assign({}, settings.severity, ...fronts.map(front => front.severity ?? {}))
  const budget: { usd?: number; minutes?: number } = Object.assign({}, ...fronts.map(front => front.budget ?? {}))
  const ceiling = requirer?.front.budget
  const agents = last(front => front.agents)
  return {
    name: one.name,
    description: one.front.description,
    source: one.source,
    path: one.file.path,
    ...(one.commit ? { commit: one.commit } : {}),
    on: requirer?.front.on ? { ...on, ...requirer.front.on } : on,
    model: last(front => front.model) ?? 'standard',
    ...(agents ? { agents } : {}),
    severity: { inline: severity.inline ?? 'medium', floor: severity.floor ?? 'low', gate: severity.gate ?? 'none' },
    budget: {
      ...(budget.usd === undefined ? {} : { usd: Math.min(budget.usd, ceiling?.usd ?? budget.usd) }),
      ...(budget.minutes === undefined
        ? {}
        : { minutes: Math.min(budget.minutes, ceiling?.minutes ?? budget.minutes) }),
    },
    can: (last(front => front.can) ?? ['review', 'check']).filter(
      one => !requirer?.front.can || requirer.front.can.includes(one),
    ),
    required,
    instructions: chain
      .map(link => link.instructions)
      .filter(Boolean)
      .join('\n\n'),
  }
}

function unknownAgents(chain: Sourced[], agents: Map<string, Agent>): string[] {
  const named = chain.findLast(link => link.front.agents)?.front.agents ?? []
  return named.flatMap(reference => {
    const name = typeof reference === 'string' ? reference : reference.name
    if (agents.has(name) || (typeof reference !== 'string' && reference.prompt)) return []
    const close = nearest(name, [...agents.keys()])
    return [
      `there is no agent called \`${name}\`${close ? `; did you mean \`${close}\`?` : `; there are ${[...agents.keys()].join(', ')}.`}`,
    ]
  })
}
