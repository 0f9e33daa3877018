// Files from house, organisation and repository → routines, agents and settings; a broken file is a problem beside the others, never instead of them.
import type { RepositoryFile } from '../domain/host.ts'
import {
  type Agent,
  type Configuration,
  type ConfigurationProblem,
  type RepositorySettings,
  type Routine,
  repositorySettingsSchema,
} from '../domain/routine.ts'
import { defaultTypes } from '../domain/triggers.ts'
import { ancestry, complete, type Link } from './inherit.ts'
import { nearest } from './nearest.ts'
import type { WrittenRoutine } from './parse.ts'
import { holdSettings, protectedAgents, requiredNames, strengthen } from './required.ts'
import { type Broken, isBroken, type Shelf, shelve } from './shelf.ts'

export interface ConfigurationFiles {
  builtIn: RepositoryFile[]
  organisation: RepositoryFile[]
  repository: RepositoryFile[]
  commit?: string
  organisationCommit?: string
  /** Least minutes between two starts by a schedule, as the server says; 5 unless set. */
  leastInterval?: number
}

/**
 * Precedence by name: repository over organisation over built-in. Never throws. A routine that is switched off or whose file is broken is in the list too, with `off` saying why,
 * so that every event gets an answer about it.
 */
export function loadConfiguration(files: ConfigurationFiles): Configuration {
  // In the organisation's own `.github` repository both lists are the same files.
  const same = Boolean(files.commit) && files.commit === files.organisationCommit
  const shelves = [
    shelve('built-in', files.builtIn, undefined, files.leastInterval),
    shelve('organisation', files.organisation, files.organisationCommit, files.leastInterval),
    shelve('repository', same ? [] : files.repository, files.commit, files.leastInterval),
  ]
  const problems = shelves.flatMap(shelf => shelf.problems)
  const settings = readSettings(shelves, problems)
  const agents = readAgents(shelves, problems)
  const routines = readRoutines(shelves, settings, agents, problems)
  for (const [index, name] of settings.disable.entries()) checkDisabled(name, index, routines, shelves, problems)
  problems.sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : (a.line ?? 0) - (b.line ?? 0)))
  return { routines, agents: [...agents.values()], settings, problems: problems.filter(one => !one.note), notes: problems.filter(one => one.note) }
}

/** The organisation's settings hold where the repository says nothing; of two budgets the lower. */
function readSettings(shelves: Shelf[], problems: ConfigurationProblem[]): RepositorySettings {
  let settings = repositorySettingsSchema.parse({})
  for (const { settings: read } of shelves) {
    if (!read?.value) continue
    const written = read.reading?.troubles.length === 0 ? Object.keys(read.reading.value ?? {}) : ['automatic']
    const said = Object.fromEntries(Object.entries(read.value).filter(([key]) => written.includes(key)))
    const { run, pull, day } = read.value.budget
    const { budget } = settings
    settings = {
      ...settings,
      ...said,
      severity: { ...settings.severity, ...read.value.severity },
      budget: {
        ...lower('run', budget.run, run),
        ...lower('pull', budget.pull, pull),
        ...lower('day', budget.day, day),
      },
    }
  }
  const [, organisation, repository] = shelves
  if (!repository) return settings
  const held = holdSettings(settings, repository, requiredNames(organisation))
  problems.push(...held.problems)
  return held.settings
}

function lower(key: 'run' | 'pull' | 'day', one: number | undefined, other: number | undefined) {
  const given = [one, other].filter(value => value !== undefined)
  return given.length === 0 ? {} : { [key]: Math.min(...given) }
}

function readAgents(shelves: Shelf[], problems: ConfigurationProblem[]): Map<string, Agent> {
  const kept = protectedAgents(requiredNames(shelves[1]), shelves)
  const agents = new Map<string, Agent>()
  for (const shelf of shelves) {
    for (const [name, agent] of shelf.agents) {
      if (shelf.source === 'repository' && kept.has(name))
        problems.push({
          file: `.github/routines/agents/${name}.md`,
          message: `would change the agent \`${name}\`, which a routine required by the organisation sends; it is ignored.`,
        })
      else agents.set(name, agent)
    }
  }
  return agents
}

function readRoutines(
  shelves: Shelf[],
  settings: RepositorySettings,
  agents: Map<string, Agent>,
  problems: ConfigurationProblem[],
): Routine[] {
  const required = requiredNames(shelves[1])
  const names = new Set(shelves.flatMap(shelf => [...shelf.routines.keys()]))
  return [...names].map(name => {
    const shelf = shelves.findLast(one => one.routines.has(name))!
    const top = shelf.routines.get(name)!
    if (!isBroken(top) && top.front.required !== undefined && shelf.source !== 'organisation')
      problems.push(top.complain(['required'], "is for an organisation's files only, and is ignored."))
    const routine = required.has(name) ? readRequired(name, top) : read(top, shelf)
    if (routine.required || routine.off) return routine
    const off = switchedOff(name, settings)
    return off ? { ...routine, off } : routine
  })

  function read(one: WrittenRoutine | Broken, { source, commit }: Shelf): Routine {
    if (isBroken(one)) return broken({ ...one, source, commit }, one.because)
    const link: Link = { ...one, source, commit }
    const chain = ancestry(link, shelves)
    if (typeof chain === 'string') return fail(link, link.complain(['extends'], chain))
    const routine = complete(link, chain, settings)
    const unknown = unknownAgents(chain.findLast(each => each.front.agents) ?? link, agents)
    if (unknown[0]) return fail(link, ...unknown)
    if (Object.keys(routine.on).length === 0)
      problems.push(link.complain(['on'], 'is missing, so nothing ever starts it; give it a trigger.'))
    return routine
  }

  function readRequired(name: string, top: WrittenRoutine | Broken): Routine {
    const organisation = shelves[1]!
    const own = organisation.routines.get(name)!
    const base = read(own, organisation)
    if (top === own || isBroken(top) || base.off) return base
    const link: Link = { ...top, source: 'repository', commit: shelves[2]?.commit }
    if (top.front.extends !== name) {
      const message = `would replace \`${name}\`, which the organisation requires; it can only extend it (\`extends: ${name}\`), so it is ignored.`
      problems.push(link.complain(top.front.extends === undefined ? [] : ['extends'], message))
      return base
    }
    const unknown = unknownAgents(link, agents)
    const stronger = strengthen(base, unknown[0] ? { ...link, front: { ...link.front, agents: undefined } } : link)
    problems.push(...unknown, ...stronger.problems)
    return stronger.routine
  }

  function fail(link: Link, ...because: [ConfigurationProblem, ...ConfigurationProblem[]] | ConfigurationProblem[]) {
    problems.push(...because)
    return broken(link, because[0]!)
  }
}

/** It stands in for its name: what it was to change about the routine below it is not known. */
function broken(
  one: { name: string; file: RepositoryFile; source: Routine['source']; commit?: string | undefined },
  { file, line, message }: ConfigurationProblem,
): Routine {
  return {
    name: one.name,
    description: 'Its file has problems.',
    source: one.source,
    path: one.file.path,
    ...(one.commit ? { commit: one.commit } : {}),
    kind: 'review',
    on: { pull_request: { types: defaultTypes } },
    gates: {},
    repositories: [],
    reads: [],
    model: 'standard',
    severity: { inline: 'medium', floor: 'nit', gate: 'none' },
    budget: {},
    // Its check is where people read what is wrong with it, and one that is required must come to an end.
    can: ['check'],
    required: false,
    off: `Its file has a problem that must be mended first: ${file}${line ? ` line ${line}` : ''}: ${message}`,
    instructions: '',
  }
}

function switchedOff(name: string, settings: RepositorySettings): string | undefined {
  if (!settings.enabled) return 'Every routine is switched off by `enabled: false` in .github/watchbill.yml.'
  return settings.disable.includes(name) ? 'It is switched off by `disable` in .github/watchbill.yml.' : undefined
}

function unknownAgents(link: Link, agents: Map<string, Agent>): ConfigurationProblem[] {
  return (link.front.agents ?? []).flatMap((reference, index) => {
    const name = typeof reference === 'string' ? reference : reference.name
    if (agents.has(name) || (typeof reference !== 'string' && reference.prompt)) return []
    const close = nearest(name, [...agents.keys()])
    const hint = close ? `did you mean \`${close}\`?` : `there are ${[...agents.keys()].join(', ') || 'none'}.`
    return [link.complain(['agents', index], `there is no agent called \`${name}\`; ${hint}`)]
  })
}

function checkDisabled(
  name: string,
  index: number,
  routines: Routine[],
  shelves: Shelf[],
  problems: ConfigurationProblem[],
): void {
  const routine = routines.find(one => one.name === name)
  if (routine && !routine.required) return
  const reading = shelves.findLast(shelf => shelf.settings)?.settings?.reading
  const close = nearest(
    name,
    routines.map(one => one.name),
  )
  problems.push({
    file: '.github/watchbill.yml',
    ...reading?.placeOf(['disable', index]),
    path: `disable[${index}]`,
    message: routine
      ? `\`${name}\` is required by the organisation and can not be switched off.`
      : `there is no routine called \`${name}\`${close ? `; did you mean \`${close}\`?` : '.'}`,
  })
}
