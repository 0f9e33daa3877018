// Files from house, organisation and repository → routines, agents and settings; a broken file is a problem beside the others, never instead of them.
import type { RepositoryFile } from '../domain/host.ts'
import type { Agent, Configuration, ConfigurationProblem, RepositorySettings, Routine } from '../domain/routine.ts'
import { defaultTypes } from '../domain/triggers.ts'
import { ancestry, complete, type Link, type NoParent } from './inherit.ts'
import { nearest } from './nearest.ts'
import { notesOn, reliable } from './notes.ts'
import type { WrittenRoutine } from './parse.ts'
import { type PinnedFiles, pinsIn } from './pinned.ts'
import { unknownPlaceholders } from './placeholders.ts'
import { protectedAgents, requiredNames, strengthen, underCeilings } from './required.ts'
import { type HeldSettings, holdSettings } from './settings.ts'
import { type Broken, isBroken, type Shelf, shelve } from './shelf.ts'

export interface ConfigurationFiles {
  builtIn: RepositoryFile[]
  /** undefined: not at hand, as in a tree on a disk; what only these files can tell is a note then. */
  organisation: RepositoryFile[] | undefined
  repository: RepositoryFile[]
  commit?: string
  organisationCommit?: string
  /** Least minutes between two starts by a schedule, as the server says; 5 unless set. */
  leastInterval?: number
  /** Files of other repositories that these start from, by `owner/repo/path.md@ref`. */
  pinned?: PinnedFiles
  /** "2026-11-21"; without it no date is past. */
  today?: string
}

/** `owner/repo/path.md@ref` of every file that is to be read before these can be loaded. */
export function pinnedBy(files: Pick<ConfigurationFiles, 'organisation' | 'repository'>): string[] {
  return pinsIn([...(files.organisation ?? []), ...files.repository])
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
    shelve('organisation', files.organisation ?? [], files.organisationCommit, files.leastInterval),
    shelve('repository', same ? [] : files.repository, files.commit, files.leastInterval),
  ]
  const problems = shelves.flatMap(shelf => shelf.problems)
  const [, organisation, repository] = shelves as [Shelf, Shelf, Shelf]
  const held = holdSettings(organisation, repository, same ? organisation : repository)
  problems.push(...held.problems)
  const agents = readAgents(shelves, problems)
  const routines = readRoutines(files, shelves, held, agents, problems)
  const { settings } = held
  for (const [index, name] of settings.disable.entries()) checkDisabled(name, index, routines, shelves, problems)
  for (const [index, name] of settings.enable.entries()) checkEnabled(name, index, shelves, problems)
  problems.sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : (a.line ?? 0) - (b.line ?? 0)))
  const isNote = (one: ConfigurationProblem) => one.note === true || (!files.organisation && ofOrganisation(one))
  return {
    routines,
    agents: [...agents.values()],
    settings,
    ...((same ? organisation : repository).settings && { ownSettings: true as const }),
    problems: problems.filter(one => !isNote(one)),
    notes: problems.filter(isNote),
  }
}

/** A tree does not tell whether it is the organisation's own `.github` repository. */
function ofOrganisation({ path }: ConfigurationProblem): boolean {
  return path === 'required' || path === 'ceilings'
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
  files: ConfigurationFiles,
  shelves: Shelf[],
  { settings, house }: HeldSettings,
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
    const off = routine.required || required.has(name) ? undefined : switchedOff(name, settings)
    if (off === undefined) return routine
    // What is switched off waits for no mending.
    const { broken: _, ...rest } = routine
    return { ...rest, off }
  })

  function read(one: WrittenRoutine | Broken, { source, commit }: Shelf): Routine {
    const written = isBroken(one) ? one.rest : one
    if (isBroken(one) && !written) return broken({ ...one, source, commit }, one.because)
    const link: Link = { ...written!, source, commit }
    const found = ancestry(link, shelves, files.pinned)
    const orphan = 'message' in found ? [noParent(link, found)] : []
    const chain = 'message' in found ? [link] : found
    const whole = complete(link, chain, settings, house)
    const { routine: ready, problems: beyond } = underCeilings(whole, settings, link)
    problems.push(...beyond)
    const sending = chain.findLast(each => each.front.agents) ?? link
    const wrong = [
      ...orphan,
      ...unknownAgents(sending, agents),
      ...chain.flatMap(each => unknownOfFolders(each, agents)),
      ...unknownPlaceholders(link.file),
    ]
    const known = [...(isBroken(one) ? (one.known ?? []) : []), ...wrong]
    problems.push(...wrong, ...reliable(notesOn(ready, link, files.today), known))
    const because = isBroken(one) ? one.because : wrong[0]
    if (because) return broken(link, because)
    const waits = link.front.standby && !ready.required && !settings.enable.includes(link.name)
    return waits ? { ...ready, on: {}, standby: ready.on } : ready
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
    problems.push(...unknown, ...unknownPlaceholders(link.file), ...stronger.problems)
    return stronger.routine
  }

  function noParent(link: Link, { message, suggestion, elsewhere }: NoParent): ConfigurationProblem {
    const note = elsewhere && !files.organisation
    return { ...link.complain(['extends'], message), ...(suggestion && { suggestion }), ...(note && { note }) }
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
    broken: true,
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
    return [unknownAgent(link, ['agents', index], name, agents)]
  })
}

/** Agents of folders may also be those that the routine's own list defines by a prompt. */
function unknownOfFolders(link: Link, agents: Map<string, Agent>): ConfigurationProblem[] {
  const defined = (link.front.agents ?? []).flatMap(one => (typeof one !== 'string' && one.prompt ? [one.name] : []))
  return Object.entries(link.front.paths ?? {}).flatMap(([glob, part]) =>
    [...(part.agents ?? []).entries()]
      .filter(([, name]) => !agents.has(name) && !defined.includes(name))
      .map(([index, name]) => unknownAgent(link, ['paths', glob, 'agents', index], name, agents)),
  )
}

function unknownAgent(link: Link, path: PropertyKey[], name: string, agents: Map<string, Agent>): ConfigurationProblem {
  const close = nearest(name, [...agents.keys()])
  const hint = close ? `did you mean \`${close}\`?` : `there are ${[...agents.keys()].join(', ') || 'none'}.`
  const said = link.complain(path, `there is no agent called \`${name}\`; ${hint}`)
  return close ? { ...said, suggestion: close } : said
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
    ...(!routine && close ? { suggestion: close } : {}),
    message: routine
      ? `\`${name}\` is required by the organisation and can not be switched off.`
      : `there is no routine called \`${name}\`${close ? `; did you mean \`${close}\`?` : '.'}`,
  })
}

function checkEnabled(name: string, index: number, shelves: Shelf[], problems: ConfigurationProblem[]): void {
  const found = shelves.flatMap(shelf => shelf.routines.get(name) ?? [])
  if (found.some(one => isBroken(one) || one.front.standby)) return
  const standby = shelves.flatMap(shelf =>
    [...shelf.routines.values()].filter(one => !isBroken(one) && one.front.standby),
  )
  const names = [...new Set(standby.map(one => one.name))]
  const close = nearest(name, names)
  problems.push({
    file: '.github/watchbill.yml',
    ...shelves.findLast(shelf => shelf.settings)?.settings?.reading?.placeOf(['enable', index]),
    path: `enable[${index}]`,
    ...(found.length === 0 && close ? { suggestion: close } : {}),
    message:
      found.length > 0
        ? `\`${name}\` is not on standby: it answers already, and needs no \`enable\`.`
        : `there is no routine called \`${name}\` on standby${close ? `; did you mean \`${close}\`?` : `; there are ${names.join(', ')}.`}`,
  })
}
