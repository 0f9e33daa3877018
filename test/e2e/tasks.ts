// A work run as dispatch asks for it, and a model that does the task: what tests of work routines are played on.
import { randomUUID } from 'node:crypto'
import type { Event, Repository } from '../../src/domain/event.ts'
import type { Routine } from '../../src/domain/routine.ts'
import type { WorkRun } from '../../src/domain/run.ts'
import type { TaskResult } from '../../src/domain/task.ts'
import { loadConfiguration } from '../../src/routines/index.ts'
import type { GitHubSimulator, SimulatedRepository } from '../simulators/github/index.ts'
import type { MessagesRequest } from '../simulators/model/index.ts'
import type { House } from './house.ts'

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

export function eventOf(repository: Repository, about: Partial<Event> = {}): Event {
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
  const repository = factsOf(github, simulated)
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

export async function ended(house: House, id: string): Promise<WorkRun> {
  const run = await house.until(async () => {
    const now = await house.server.store.runs.get(id)
    return now?.status === 'ended' && now
  })
  if (run.kind !== 'work') throw new Error(`run ${id} is a review`)
  return run
}

export function result(said: Partial<TaskResult> = {}): Omit<TaskResult, never> {
  return {
    did: 'something',
    summary: 'It was looked at.',
    would_do: [],
    looked_at: ['src/price.ts'],
    evidence: [],
    ...said,
  }
}

/** Everything that a request says to the model, as one text. */
export function toldIn(request: MessagesRequest): string {
  return JSON.stringify([request.system, request.messages])
}
