// A work run as dispatch asks for it, and a model that does the task: what tests of work routines are played on.
import { randomUUID } from 'node:crypto'
import type { Event, Repository } from '../../src/domain/event.ts'
import type { Routine } from '../../src/domain/routine.ts'
import type { WorkRun } from '../../src/domain/run.ts'
import type { TaskResult } from '../../src/domain/task.ts'
import { loadConfiguration } from '../../src/routines/index.ts'
import type { GitHubSimulator, SimulatedRepository } from '../simulators/github/index.ts'
import { call, type MessagesRequest, type Reply, say } from '../simulators/model/index.ts'
import type { House } from './house.ts'
import { answersIn, isVerifier } from './scene.ts'

export function factsOf(github: GitHubSimulator, simulated: SimulatedRepository): Repository {
  const { id, owner, name, defaultBranch, installationId } = simulated
  const { id: ownerId } = github.createUser(owner)
  return { id, owner, ownerId, ownerType: 'Organization', name, private: true, defaultBranch, installationId }
}

/** A routine from its file, as the repository's default branch would give it. */
export function routineFrom(name: string, text: string): Routine {
  const file = { path: `.github/routines/${name}.md`, text }
  const { routines, problems } = loadConfiguration({ builtIn: [], organisation: [], repository: [file] })
  if (problems.length > 0) throw new Error(JSON.stringify(problems))
  return routines[0]!
}

/** The file of a routine of kind work. */
export function workFile(more = '', instructions = 'See whether prices are rounded as the README says.'): string {
  return `---\ndescription: Looks after prices\nkind: work\non: { schedule: nightly, api: true }\n${more}\n---\n${instructions}\n`
}

function eventOf(repository: Repository, about: Partial<Event> = {}): Event {
  return {
    id: randomUUID(),
    kind: 'schedule',
    action: 'due',
    at: '2026-11-21T02:00:00.000Z',
    repository,
    actor: { id: 1, login: 'olive', type: 'User' },
    own: false,
    ...about,
  }
}

/** Asks for the run and resolves to its id. */
export async function startTask(
  { github, server }: Pick<House, 'github' | 'server'>,
  simulated: SimulatedRepository,
  routine: Routine,
  about: Partial<Event> = {},
): Promise<string> {
  const repository = about.repository ?? factsOf(github, simulated)
  const event = eventOf(repository, about)
  const now = new Date().toISOString()
  const id = randomUUID()
  const occurrence = {
    id: randomUUID(),
    eventId: event.id,
    repositoryId: repository.id,
    routine: routine.name,
    at: now,
  }
  await server.store.transaction(async ({ occurrences, runs }) => {
    await occurrences.record({ ...occurrence, verdict: 'queued', because: 'It was asked for.', runId: id })
    await runs.request({
      id,
      kind: 'work',
      repository,
      ...(event.number === undefined ? {} : { number: event.number }),
      ...(event.pull ? { pull: event.pull } : {}),
      event,
      key: `routine:${routine.name}`,
      routines: [{ routine, occurrenceId: occurrence.id }],
      asked: false,
      eventId: event.id,
      requestedAt: now,
      notBefore: now,
      estimate: 60_000,
      supersededInRow: 0,
      expireInSeconds: 3600,
    })
  })
  return id
}

/** The run once it is over and its occurrences were told. */
export async function ended(house: House, id: string): Promise<WorkRun> {
  const run = await house.until(async () => {
    const now = await house.server.store.runs.get(id)
    const told = house.lines.some(line => line.run === id && 'end' in line && !('agent' in line))
    return now?.status === 'ended' && told && now
  })
  if (run.kind !== 'work') throw new Error(`run ${id} is a review`)
  return run
}

export async function done(
  house: House,
  repository: SimulatedRepository,
  routine: Routine,
  about: Partial<Event> = {},
): Promise<WorkRun> {
  return ended(house, await startTask(house, repository, routine, about))
}

export function result(said: Partial<TaskResult> = {}): TaskResult {
  return {
    did: 'something',
    summary: 'It was looked at.',
    would_do: [],
    looked_at: ['src/price.ts'],
    evidence: [],
    ...said,
  }
}

/** Reads one file, does what `then` says, hands in the result, and ends. */
export function worker(said: Partial<TaskResult> = {}, findings: object[] = [], path = 'src/price.ts'): Reply {
  const turns = [
    call('read', { path }),
    ...findings.map(one => call('report_finding', one)),
    call('report_result', result(said)),
  ]
  return request => {
    if (isVerifier(request)) return confirms(request)
    return turns[answersIn(request)] ?? say('Done.')
  }
}

/** A verifier that finds every claim to hold, by the line it is about. */
export function confirms(request: MessagesRequest) {
  if (answersIn(request) > 0) return say('Done.')
  const told = toldIn(request)
  const [, path = '', text = ''] = /<untrusted source="quote from ([^"]+)">\n([\s\S]*?)\n<\/untrusted>/.exec(told) ?? []
  return call('report_verdict', {
    verdict: 'VALID',
    because: 'It holds.',
    cited: [{ path, text }],
  })
}

export function claim(more: object = {}): object {
  return {
    file: 'src/price.ts',
    quote: '  return Math.round(Number(text) * 100)',
    title: 'Text that is no number becomes NaN cents',
    claim: 'cents("free") is NaN, and nothing that calls it looks.',
    severity: 'medium',
    confidence: 'high',
    origin: 'pre_existing',
    category: 'correctness',
    ...more,
  }
}

/** Everything that a request says to the model, as one text. */
export function toldIn({ system, messages }: MessagesRequest): string {
  const blocks = [system, ...messages.map(message => message.content)].flat() as (
    | string
    | { text?: string }
    | undefined
  )[]
  return blocks.map(block => (typeof block === 'string' ? block : (block?.text ?? ''))).join('\n\n')
}
