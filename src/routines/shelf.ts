// What one place (the house, the organisation, the repository) holds: its files sorted, read, and each counted once.
import type { RepositoryFile } from '../domain/host.ts'
import type { Agent, ConfigurationProblem, RepositorySettings, Routine } from '../domain/routine.ts'
import type { Checked } from './fields.ts'
import { once } from './once.ts'
import { parseAgent, parseRepositorySettings, parseRoutine, unreadable, type WrittenRoutine } from './parse.ts'
import type { Reading } from './yaml.ts'

/** A routine's file that could not be read, with the first thing that is wrong. */
export interface Broken {
  name: string
  file: RepositoryFile
  because: ConfigurationProblem
  /** What is right about it, and all of its problems: what else is wrong with it is told with them. */
  rest?: WrittenRoutine
  known?: ConfigurationProblem[]
}

export interface Shelf {
  source: Routine['source']
  commit?: string | undefined
  routines: Map<string, WrittenRoutine | Broken>
  agents: Map<string, Agent>
  settings?: Checked<RepositorySettings> & { reading?: Reading }
  problems: ConfigurationProblem[]
}

/** Most files that are read from one place. */
const filesAtMost = 100

export function shelve(
  source: Routine['source'],
  files: RepositoryFile[],
  commit?: string,
  leastInterval?: number,
): Shelf {
  const shelf: Shelf = { source, commit, routines: new Map(), agents: new Map(), problems: [] }
  const known = files.flatMap(file => {
    const kind = kindOf(file.path, source)
    return kind ? [{ kind, file: source === 'organisation' ? organisationFile(file) : file }] : []
  })
  if (known.length > filesAtMost)
    shelf.problems.push({
      file: known[filesAtMost]?.file.path ?? '',
      message: `is one of ${known.length} configuration files; only the first ${filesAtMost} are read, so take some out.`,
    })
  for (const { kind, file } of known.slice(0, filesAtMost))
    if (file.problem === undefined) put[kind](shelf, file, leastInterval)
    else putUnread(shelf, kind, file, file.problem)
  return shelf
}

export function isBroken(one: WrittenRoutine | Broken): one is Broken {
  return 'because' in one
}

const renamed = new WeakMap<RepositoryFile, RepositoryFile>()

/** The same one each time, so that it is read once. */
function organisationFile(file: RepositoryFile): RepositoryFile {
  const named = renamed.get(file) ?? { ...file, path: `organisation:${file.path}` }
  renamed.set(file, named)
  return named
}

type Kind = 'routine' | 'agent' | 'settings'

/** Undefined for files that are none of ours, such as a README beside the routines. */
function kindOf(path: string, source: Routine['source']): Kind | undefined {
  if (/(^|\/)README\.md$/i.test(path)) return undefined
  if (source !== 'built-in' && /^\.github\/watchbill\.ya?ml$/.test(path)) return 'settings'
  const [, folder, kind] = /^(.*?)routines\/(agents\/)?[^/]+\.md$/.exec(path) ?? []
  const right = source === 'repository' ? folder === '.github/' : folder === '' || folder === '.github/'
  return right ? (kind ? 'agent' : 'routine') : undefined
}

const put: Record<Kind, (shelf: Shelf, file: RepositoryFile, leastInterval?: number) => void> = {
  routine(shelf, file, leastInterval) {
    const { value, problems, rest } = once(file, `routine, ${leastInterval}`, () => parseRoutine(file, leastInterval))
    const name = file.path.split('/').at(-1)?.replace(/\.md$/, '') ?? file.path
    if (shelf.routines.has(name)) return refuseSecond(shelf, file, shelf.routines.get(name)?.file.path)
    shelf.problems.push(...problems)
    const because = problems.find(problem => !problem.note)
    if (value) shelf.routines.set(name, value)
    else if (because) shelf.routines.set(name, { name, file, because, ...(rest && { rest, known: problems }) })
  },
  agent(shelf, file) {
    const { value, problems } = once(file, 'agent', () => parseAgent(file))
    shelf.problems.push(...problems)
    if (value && shelf.agents.has(value.name)) refuseSecond(shelf, file)
    else if (value) shelf.agents.set(value.name, value)
  },
  settings(shelf, file) {
    if (shelf.settings) return refuseSecond(shelf, file)
    if (file.path.endsWith('.yaml'))
      return void shelf.problems.push({ file: file.path, message: 'is not read; call it `.github/watchbill.yml`.' })
    shelf.settings = once(file, 'settings', () => parseRepositorySettings(file))
    shelf.problems.push(...shelf.settings.problems)
  },
}

/** A routine stands in for its name, as one that is broken does; of the rest only the problem is left. */
function putUnread(shelf: Shelf, kind: Kind, file: RepositoryFile, message: string): void {
  const because = { file: file.path, message }
  shelf.problems.push(because)
  if (kind === 'settings') shelf.settings ??= { value: unreadable(), problems: [] }
  if (kind !== 'routine') return
  const name = file.path.split('/').at(-1)?.replace(/\.md$/, '') ?? file.path
  if (!shelf.routines.has(name)) shelf.routines.set(name, { name, file, because })
}

function refuseSecond(shelf: Shelf, file: RepositoryFile, first?: string): void {
  shelf.problems.push({
    file: file.path,
    message: `is a second file of that name${first ? ` beside ${first}` : ''}, and is not read; remove one.`,
  })
}
