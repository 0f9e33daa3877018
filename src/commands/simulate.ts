// `watchbill simulate`: what the configuration files of a tree would have done in the last days, against the events that the server kept; nothing is executed.
import { existsSync, readFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { z } from 'zod'
import { readBuiltIns } from '../builtins.ts'
import type { Repository } from '../domain/event.ts'
import type { Host, RepositoryFile } from '../domain/host.ts'
import { dollars } from '../domain/money.ts'
import { Problem } from '../domain/problem.ts'
import type { Replay, RoutineReplay } from '../domain/replay.ts'
import type { Configuration, ConfigurationProblem } from '../domain/routine.ts'
import type { Store } from '../domain/store.ts'
import { sayReplay } from '../publish/index.ts'
import { itsTime, loadConfiguration } from '../routines/index.ts'
import { readConfiguration, withPins } from '../runs/configuration/configuration.ts'
import { factsOfNow, replayPast } from '../runs/replay/past.ts'
import type { Settings } from '../settings.ts'
import { openWorkspaces } from '../workspace/index.ts'
import { configurationAtBase } from './base-files.ts'
import { findRepository, readInput } from './input.ts'
import { plain, table } from './print.ts'

export interface Simulated {
  repository: string
  days: number
  /** What the files were held against, in words. */
  against: string
  /** What is taken for granted where nothing was stored yet, in words. */
  assumed?: string
  problems: ConfigurationProblem[]
  notes: ConfigurationProblem[]
  replay: Replay
}

interface SimulatePorts {
  store: Store
  now: () => Date
  /** Where a server answers, GitHub can be asked what is in force. */
  host?: Host
  builtIn?: RepositoryFile[]
}

const files = z.array(z.object({ path: z.string(), text: z.string() })).max(500)
const asked = z.object({
  repo: z.string(),
  days: z.number().int().min(1).max(90),
  files,
  /** In place of what is in force, where nobody can ask GitHub. */
  base: files.optional(),
})

/** Problems: `not_found` for a repository that no delivery has come from. */
export async function simulate(ports: SimulatePorts, input: unknown): Promise<Simulated> {
  const { repo, days, files, base } = readInput(asked, input)
  const repository = await findRepository(ports.store, repo)
  const { before, after, against } = await bothOf(ports, repository, files, base)
  const known = ports.host ? await factsOfNow(ports.host, repository, before, after) : {}
  const replay = await replayPast(ports, { repository, before, after, days, ...known })
  return { repository: repo, days, against, problems: after.problems, notes: after.notes, replay }
}

/** Before a server was ever started: nothing is known to have happened, and what the clock starts is told all the same. */
export async function simulateAlone(
  { dataDir }: Pick<Settings, 'dataDir'>,
  dir: string,
  { repo = basename(resolve(dir)), ...input }: { repo?: string | undefined } & Record<string, unknown>,
  until = new Date(),
): Promise<Simulated> {
  const { days, files, base } = readInput(asked, { repo, ...input })
  const { before, after, against } = alone(readBuiltIns(), files, base)
  const store = { events: { since: async () => [] }, runs: { list: async () => [] } }
  const replay = await replayPast({ store, now: () => until }, { repository: unseen, before, after, days })
  const assumed = `There is no database under ${dataDir} yet: no past event, earlier run or pause is known, and none is assumed. Only what the clock starts is counted; its scattered times (\`nightly\` and the like) will be others. \`watchbill replay EVENT PAYLOAD.json\` tells what one delivery would start; events are kept from the first start of the server on (\`watchbill serve\`), or set WATCHBILL_DATA or DATABASE_URL to where they are.`
  return { repository: repo, days, against, assumed, problems: after.problems, notes: after.notes, replay }
}

/** No event names it. */
const unseen: Repository = {
  id: 0,
  owner: '',
  ownerId: 0,
  ownerType: 'User',
  name: '',
  private: true,
  defaultBranch: 'main',
  installationId: 0,
}

interface Both {
  before: Configuration
  after: Configuration
  against: string
}

async function bothOf(
  { host, builtIn = readBuiltIns(), now }: SimulatePorts,
  repository: Repository,
  files: RepositoryFile[],
  base: RepositoryFile[] | undefined,
): Promise<Both> {
  if (host) {
    const ports = { host, builtIn, now }
    const { organisation, organisationCommit } = await host.configuration(repository)
    const proposed = { repository: files, organisation, ...(organisationCommit && { organisationCommit }) }
    return {
      before: await readConfiguration(ports, repository),
      after: loadConfiguration(await withPins(ports, repository, proposed)),
      against: `what is on ${repository.defaultBranch} now`,
    }
  }
  return alone(builtIn, files, base)
}

function alone(builtIn: RepositoryFile[], files: RepositoryFile[], base: RepositoryFile[] | undefined): Both {
  const load = (repository: RepositoryFile[]) => loadConfiguration({ builtIn, organisation: undefined, repository })
  return {
    before: load(base ?? []),
    after: load(files),
    against: `${base ? 'where the branch begins' : 'the built-in routines alone'}; the organisation's files are not known without a server`,
  }
}

/** As `originOf`. Problem `bad_input` when there is none. */
export function repositoryOf(dir: string): string {
  const name = originOf(dir)
  if (name) return name
  throw new Problem('bad_input', `Which repository of GitHub ${dir} is can not be told; give --repo OWNER/NAME.`)
}

/** OWNER/NAME, from the address of the remote called origin. */
export function originOf(dir: string): string | undefined {
  const config = join(dir, '.git/config')
  const text = existsSync(config) ? readFileSync(config, 'utf8') : ''
  const [, origin = ''] = /^\[remote "origin"\]([^[]*)/m.exec(text) ?? []
  const [, name] = /^\s*url\s*=\s*\S*?[:/]([^/:\s]+\/[^/\s]+?)(?:\.git)?\/?\s*$/m.exec(origin) ?? []
  return name
}

/** Configuration files where the branch of this tree begins; undefined outside of git. */
export async function baseFiles(settings: Settings, dir: string): Promise<RepositoryFile[] | undefined> {
  const workspaces = openWorkspaces({ dataDir: settings.dataDir, environment: settings.proxy })
  const signal = new AbortController().signal
  for (const branch of ['origin/HEAD', 'main', 'master'])
    try {
      await using checkout = await workspaces.openLocal({ dir, range: `${branch}...HEAD`, signal })
      return await configurationAtBase(checkout)
    } catch (thrown) {
      if (!(thrown instanceof Problem)) throw thrown
    }
  return undefined
}

export function showSimulated({ repository, days, against, assumed, problems, notes, replay }: Simulated): string {
  const said = ({ file, line, path, message }: ConfigurationProblem) =>
    plain(`${file}${line ? `:${line}` : ''}  ${path ? `${path}: ` : ''}${message}`)
  const shown = replay.routines.filter(
    ({ changed, before, after }) => changed || before?.fired !== after?.fired || (after?.fired ?? 0) > 0,
  )
  return [
    ...problems.map(said),
    ...notes.map(note => `note: ${said(note)}`),
    ...(assumed === undefined ? [] : [plain(assumed)]),
    `${plain(repository)}, against ${against}. ${plain(sayReplay(replay, days))}`,
    table(
      ['routine', 'fires', 'was', 'about', 'was', 'over its cap', 'unknown', 'cost of a run'],
      shown.map(row),
      'No routine fires in either.',
    ),
    ...shown.flatMap(examples),
    'Nothing was executed; what an event lacks that a routine asks for counts as unknown, and pauses of that time are left out of account.',
  ].join('\n')
}

function row({ routine, before, after, basis }: RoutineReplay): string[] {
  const count = (value: number | undefined) => (value === undefined ? '–' : String(value))
  const money = (value: number | undefined) => (value === undefined ? '–' : dollars(value))
  return [
    routine,
    count(after?.fired),
    count(before?.fired),
    money(after?.usd),
    money(before?.usd),
    count(after?.overCap),
    count(after?.unknown),
    basis,
  ]
}

function examples({ routine, changed, fires, lost }: RoutineReplay): string[] {
  const list = (heading: string, given: RoutineReplay['fires']) =>
    given.length === 0
      ? []
      : [
          `${routine} ${heading}`,
          ...given.map(({ at, what, because }) =>
            plain(`  ${at.slice(0, 16)}  ${because === itsTime ? what : `${what}: ${because}`}`),
          ),
        ]
  return [...(changed ? list('fires', fires) : []), ...list('no longer fires', lost)]
}
