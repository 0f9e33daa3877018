// A run that met a problem ends, or is tried again, or is left to whoever has it now; never is it left running with nobody.
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Problem } from '../../../src/domain/problem.ts'
import type { Store } from '../../../src/domain/store.ts'
import { endWithProblem, settleEnded } from '../../../src/runs/ending/end.ts'
import { storeEnds } from '../../../src/runs/ending/part.ts'
import type { ReviewPorts } from '../../../src/runs/ports.ts'
import { openStore } from '../../../src/store/index.ts'
import { codeReview } from '../../agents/cast.ts'
import { copyTemplate } from '../../databases.ts'
import { newRun, now } from '../../store/samples.ts'

let directory: string
let store: Store
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'watchbill-end-'))
  await copyTemplate(join(directory, 'database'))
  store = await openStore({ dataDir: directory })
})
afterAll(async () => {
  await store[Symbol.asyncDispose]()
  await rm(directory, { recursive: true })
})

const ports = () => ({ store, rehearsed: false, now: () => new Date(), log: () => {} }) as unknown as ReviewPorts
const never = new AbortController().signal

async function claimed() {
  const { id } = await store.runs.request(newRun())
  return (await store.runs.claim(id, now()))!
}

it('a conflict of whatever kind ends the run, with its sentence', async () => {
  const run = await claimed()
  await endWithProblem(ports(), run, new Problem('conflict', 'That is in the database already.'), never)
  expect(await store.runs.get(run.id)).toMatchObject({ status: 'ended', end: 'failed' })
})

it('one that another worker has is left to that worker', async () => {
  const run = await claimed()
  await store.runs.claim(run.id, now())
  const lost = await store.runs.head(run.id, run.attempt, 'c'.repeat(40)).catch((thrown: unknown) => thrown)
  await endWithProblem(ports(), run, lost, never)
  expect(await store.runs.get(run.id)).toMatchObject({ status: 'running', attempt: 2 })
})

it('what a worker that was thought dead failed of is said on no check of its successor', async () => {
  const told: string[] = []
  const host = { openCheck: async (_: unknown, { title }: { title: string }) => told.push(title) }
  const logged: string[] = []
  const log = (_: object, sentence: string) => void logged.push(sentence)
  const { id } = await store.runs.request(newRun({ routines: [{ routine: codeReview, occurrenceId: 'none' }] }))
  const first = (await store.runs.claim(id, now()))!
  const second = (await store.runs.claim(id, now()))!
  const failed = new Problem('bad_input', 'The diff can not be read.')
  await endWithProblem({ ...ports(), host, log } as unknown as ReviewPorts, first, failed, never)
  expect(told).toEqual([])
  expect(logged).toContain('Another worker has it by now; this one would say: The diff can not be read.')
  expect(await store.runs.get(id)).toMatchObject({ status: 'running' })
  await endWithProblem({ ...ports(), host, log } as unknown as ReviewPorts, second, failed, never)
  expect(told).toHaveLength(1)
  expect(await store.runs.get(id)).toMatchObject({ status: 'ended', end: 'failed' })
})

it('a worker that dies at the very end leaves each routine its own part, which is told by the next', async () => {
  const occurrence = (routine: string) => ({ id: randomUUID(), eventId: 'event-of-parts', repositoryId: 11, routine })
  const told = [occurrence('code-review'), occurrence('security-review')]
  const id = randomUUID()
  for (const one of told)
    await store.occurrences.record({ ...one, verdict: 'queued', because: 'It was opened.', runId: id, at: now() })
  await store.runs.request(newRun({ id }))
  const run = (await store.runs.claim(id, now()))!
  const own = { 'code-review': { end: 'done' as const, because: '0 findings stand.' } }
  await storeEnds(store.steps, run, own, new Date())
  await store.runs.end(id, run.attempt, 'partial', 'Not everything was looked at.', now())
  await settleEnded(ports(), id)
  const because = Object.fromEntries((await store.occurrences.ofRun(id)).map(one => [one.routine, one.because]))
  expect(because).toEqual({
    'code-review': 'It was opened. The run ended as done: 0 findings stand.',
    'security-review': 'It was opened. The run ended as partial: Not everything was looked at.',
  })
})
