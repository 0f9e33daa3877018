// A pull request that touches configuration files gets a check: whether they are valid, and, for those who may write, what they would have done in the last 30 days. The old ones stay in force.
import type { Event, Pull, Repository } from '../../domain/event.ts'
import type { Host, RepositoryFile } from '../../domain/host.ts'
import { mayAtLeast } from '../../domain/permission.ts'
import { asProblem, meanings } from '../../domain/problem.ts'
import type { Configuration, ConfigurationProblem } from '../../domain/routine.ts'
import type { Store } from '../../domain/store.ts'
import { renderConfiguration, renderUnreadConfiguration } from '../../publish/index.ts'
import { configurationCheck, loadConfiguration, missingGrants, pinnedBy } from '../../routines/index.ts'
import { checkName, setCheck } from '../checks/checks.ts'
import { factsOfNow, replayPast } from '../replay/past.ts'
import { readConfiguration, withPins } from './configuration.ts'

export interface ConfigurationCheckPorts {
  store: Store
  host: Host
  builtIn: RepositoryFile[]
  now: () => Date
  log: (line: object, sentence: string) => void
}

/** Days of events that are replayed. */
const days = 30

/** Whether an event brings a head whose configuration files are to be looked at. */
export function bringsHead({ kind, action, check }: Event): boolean {
  if (kind === 'pull_request') return ['opened', 'reopened', 'synchronize'].includes(action)
  return kind === 'rerun' && (check?.id === 0 || isOurs(check?.externalId))
}

/** Re-run on this check asks for nothing else. */
export function isConfigurationRerun({ kind, check }: Event): boolean {
  return kind === 'rerun' && isOurs(check?.externalId)
}

const isOurs = (externalId: string | undefined) => externalId?.startsWith(`${configurationCheck}:`) ?? false

/** Safe to repeat. What passes by itself is thrown; anything else is said on the check, and holds nothing up. */
export async function checkConfiguration(
  ports: ConfigurationCheckPorts,
  facts: { event: Event; pull: Pull | undefined; configuration: Configuration; paths: string[] | undefined },
): Promise<void> {
  const { event, pull } = facts
  if (!pull || !bringsHead(event)) return
  const paths = event.kind === 'rerun' ? await ports.host.changedPaths(event.repository, pull.number) : facts.paths
  const touched = paths?.filter(path => isConfigurationFile(path))
  if (touched?.length === 0) return
  const { repository } = event
  const name = checkName(configurationCheck)
  const of = {
    repository,
    runId: `${configurationCheck}:${pull.number}`,
    routine: configurationCheck,
    head: pull.head.sha,
  }
  try {
    const update = await lookAt(ports, { ...facts, pull, touched, name })
    if (update) await setCheck(ports, of, update)
  } catch (thrown) {
    const { code, message } = asProblem(thrown)
    if (meanings[code].retry && code !== 'internal') throw thrown
    ports.log({ event: event.id, code, cause: String((thrown as Error)?.cause ?? thrown) }, message)
    await setCheck(ports, of, renderUnreadConfiguration(name, message))
  }
}

/** The sentence for the record. */
export async function recheckConfiguration(ports: ConfigurationCheckPorts, event: Event): Promise<string> {
  const number = Number(event.check?.externalId.slice(configurationCheck.length + 1))
  if (!Number.isSafeInteger(number)) return 'The check does not say which pull request it is about.'
  const pull = await ports.host.pull(event.repository, number)
  const configuration = await readConfiguration(ports, event.repository)
  await checkConfiguration(ports, { event, pull, configuration, paths: undefined })
  return 'The configuration files were looked at again.'
}

function isConfigurationFile(path: string): boolean {
  return /^\.github\/(routines\/|watchbill\.ya?ml$)|^routines\//.test(path)
}

interface About {
  event: Event
  pull: Pull
  configuration: Configuration
  /** Undefined where GitHub does not list all files of the pull. */
  touched: string[] | undefined
  name: string
}

async function lookAt(ports: ConfigurationCheckPorts, about: About) {
  const { host } = ports
  const { event, pull, configuration, touched, name } = about
  const { repository } = event
  const [head, inForce] = await Promise.all([
    host.configurationAt(repository, pull.head.sha),
    host.configuration(repository),
  ])
  if (touched === undefined && sameFiles(head, inForce.repository)) return undefined
  const shared = repository.name.toLowerCase() === '.github'
  if (touched?.every(path => path.startsWith('routines/')) && !shared) return undefined
  const files = {
    organisation: shared ? head : inForce.organisation,
    repository: shared ? [] : head,
    commit: pull.head.sha,
    ...(inForce.organisationCommit ? { organisationCommit: inForce.organisationCommit } : {}),
  }
  // What a fork's files start from elsewhere is not read for whoever wrote them: its words would come out on the check.
  const among = pull.fork ? pinnedBy(inForce) : undefined
  const proposed = loadConfiguration(await withPins(ports, repository, files, among))
  const before = new Set(configuration.problems.map(keyOf))
  const problems = here(proposed.problems, shared)
  const isOld = (one: ConfigurationProblem) => before.has(keyOf(one)) && touched?.includes(one.file) !== true
  return renderConfiguration({
    checkName: name,
    branch: repository.defaultBranch,
    problems: problems.filter(one => !isOld(one)),
    old: problems.filter(isOld),
    notes: [...here(proposed.notes, shared), ...(await newLacks(ports, repository, configuration, proposed))],
    replay: await replayFor(ports, about, proposed),
    days,
  })
}

/** Events that the App does not get start nothing and leave no trace: what routines newly need of it is said where they are proposed. */
async function newLacks(
  { host }: ConfigurationCheckPorts,
  repository: Repository,
  inForce: Configuration,
  proposed: Configuration,
): Promise<ConfigurationProblem[]> {
  const granted = await host.granted(repository)
  const known = new Set(inForce.routines.flatMap(routine => missingGrants(routine, granted)))
  return proposed.routines.flatMap(routine =>
    missingGrants(routine, granted)
      .filter(message => !known.has(message))
      .map(message => {
        const file = routine.source === 'built-in' ? '.github/watchbill.yml' : routine.path
        return { file, path: '', message }
      }),
  )
}

/** Whoever may not write can have nothing worked out for thousands of events: what they propose is only checked. */
async function replayFor(
  ports: ConfigurationCheckPorts,
  { event, pull, configuration }: About,
  proposed: Configuration,
) {
  const { host } = ports
  const { repository } = event
  const { login } = pull.author
  const permission = await host.permission(repository, login)
  if (!mayAtLeast(permission, 'write'))
    return `Not replayed against past events: ${login} has "${permission}" on the repository, and a replay is made for those who have at least "write".`
  const now = await factsOfNow(host, repository, configuration, proposed)
  return replayPast(ports, { repository, before: configuration, after: proposed, days, ...now })
}

/** In the organisation's own repository, its files are those of the pull. */
function here(problems: ConfigurationProblem[], shared: boolean): ConfigurationProblem[] {
  return shared ? problems.map(one => ({ ...one, file: one.file.replace(/^organisation:/, '') })) : problems
}

const keyOf = ({ file, path, message }: ConfigurationProblem) =>
  `${file.replace(/^organisation:/, '')} ${path} ${message}`

function sameFiles(one: RepositoryFile[], other: RepositoryFile[]): boolean {
  const text = (files: RepositoryFile[]) => JSON.stringify(files.toSorted((a, b) => (a.path < b.path ? -1 : 1)))
  return text(one) === text(other)
}
