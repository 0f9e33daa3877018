// What a check says while a review goes on: bounded updates, the estimate before, and what was spent after.
import { setImmediate as turn } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Judged } from '../../../src/domain/finding.ts'
import type { CheckUpdate } from '../../../src/domain/host.ts'
import type { AgentReport } from '../../../src/domain/plan.ts'
import type { Store } from '../../../src/domain/store.ts'
import { pauseAfter, reportProgress } from '../../../src/runs/checks/progress.ts'
import { endRun } from '../../../src/runs/ending/end.ts'
import { sayEstimate } from '../../../src/runs/money/estimate.ts'
import type { ReviewPorts } from '../../../src/runs/ports.ts'
import type { Read } from '../../../src/runs/reading/read.ts'
import { codeReview } from '../../agents/cast.ts'
import { type TestDatabase, usual } from '../../databases.ts'
import { factsOf, plan, reportOf } from '../../publish/facts-of.ts'
import { newFinding, newRun, now, pull, repository } from '../../store/samples.ts'

let database: TestDatabase
let store: Store
beforeAll(async () => {
  database = await usual.open()
  store = database.store
})
afterAll(() => database.close())

const head = 'b'.repeat(40)
let repositories = 100

/** A claimed review in a repository of its own, and what GitHub is told of its check; the clock is moved by hand. */
async function started(repositoryId = ++repositories) {
  const updates: CheckUpdate[] = []
  let clock = Date.parse(now())
  const ports = {
    store,
    host: {
      openCheck: async (_: unknown, update: CheckUpdate) => updates.push(update),
      updateCheck: async (_: unknown, __: number, update: CheckUpdate) => void updates.push(update),
    },
    now: () => new Date(clock),
    log: () => {},
    rehearsed: false,
  } as unknown as ReviewPorts
  const routines = [{ routine: codeReview, occurrenceId: 'none' }]
  const { id } = await store.runs.request(newRun({ repository: { ...repository, id: repositoryId }, routines }))
  const run = (await store.runs.claim(id, now()))!
  if (run.kind !== 'review') throw new Error('no review')
  const pass = (milliseconds: number) => {
    clock += milliseconds
  }
  return { ports, run: { ...run, head }, updates, pass, repositoryId }
}
type Started = Awaited<ReturnType<typeof started>>

async function finish({ ports, run }: Started, judged: Judged[] = []) {
  const facts = { ...factsOf(judged), routines: [codeReview], run: { id: run.id, head, asked: false } }
  await endRun(ports, run, { pull: { ...pull, head: { ref: 'thing', sha: head } } } as Read, facts)
}

const back = (): AgentReport => reportOf(plan.assignments[0]!)

it('six hours of an agent a second make fewer than 60 updates', async () => {
  const { ports, run, updates, pass } = await started()
  const progress = reportProgress(ports, run)
  for (let second = 0; second < 6 * 3600; second++) {
    pass(1_000)
    progress.report(back())
  }
  await progress.settled()
  // 12 at 15 s, 12 at 1 min, the rest at 10 min.
  expect(updates).toHaveLength(12 + 12 + 34)
  for (let count = 0; count < 100; count++) expect(pauseAfter(count)).toBeGreaterThanOrEqual(15_000)
  const told = updates.length
  pass(3_600_000)
  progress.report(back())
  expect(updates).toHaveLength(told)
})

it('a burst is one update, with the stage, the agents that are back and the ceiling as the estimate', async () => {
  const { ports, run, updates, pass } = await started()
  const progress = reportProgress(ports, run)
  progress.stage('fleet', plan)
  for (let agent = 0; agent < 50; agent++) progress.report(back())
  await progress.settled()
  expect(updates).toHaveLength(1)

  const again = reportProgress(ports, run)
  pass(15_000)
  again.stage('fleet', plan)
  again.report(back())
  await again.settled()
  const { title, summary } = updates.at(-1)!
  expect(updates).toHaveLength(3)
  expect(title).toContain('Agents are looking')
  expect(summary).toContain('of 2 agents back, $0.00 so far.')
  expect(summary).toContain('Estimate: at most $1.00 and 6 min; too few complete lite reviews')
})

it('the completed check has the estimate, and what the pull and the month have cost', async () => {
  const scene = await started()
  const progress = reportProgress(scene.ports, scene.run)
  progress.stage('fleet', plan)
  await progress.settled()
  const { run } = scene
  const meter = store.ledger.meter(
    { id: run.id, attempt: run.attempt, repositoryId: run.repository.id, number: run.number },
    { run: 9, pull: 9, repositoryDay: 9, serverRun: 9, serverDay: 99, serverMonth: 999 },
  )
  const usage = { input: 1, output: 1, cacheRead: 0, cacheWrite: 0 }
  const call = { name: 'correctness', kind: 'finder', model: 'm', usd: 0.5 } as const
  await meter.settle(await meter.reserve(call), { usage, usd: 0.25, status: 'ok', milliseconds: 1 })
  await finish(scene)
  const { summary } = scene.updates.at(-1)!
  expect(summary).toContain('Estimate: at most $1.00 and 6 min')
  expect(summary).toContain('Spent so far: $0.25 on this pull request, $0.25 in this repository in ')
})

it('later reviews of the same size are estimated by those before', async () => {
  const first = await started()
  for (const scene of [first, await started(first.repositoryId), await started(first.repositoryId)]) {
    const progress = reportProgress(scene.ports, scene.run)
    progress.stage('fleet', plan)
    await progress.settled()
    await finish(scene)
  }
  const { ports, run } = await started(first.repositoryId)
  const progress = reportProgress(ports, run)
  progress.stage('fleet', plan)
  await progress.settled()
  const [step] = await store.steps.list(run.id, 'estimate')
  expect(step!.value).toContain('as the last 3 complete lite reviews of this repository; at most $1.00 and 6 min.')
  expect(await store.runs.costs(first.repositoryId, 'full', 10)).toEqual([])
})

it('says medians, which one odd review does not move', () => {
  const past = [0.2, 0.4, 30].map(usd => ({ usd, milliseconds: usd * 300_000 }))
  expect(sayEstimate(plan, past)).toContain('about $0.40 and 2 min, as the last 3')
})

it('a worker that was thought dead shows nothing once another has its run', async () => {
  const { ports, run, updates, pass } = await started()
  const progress = reportProgress(ports, run)
  progress.stage('fleet', plan)
  await progress.settled()
  const told = updates.length
  await store.runs.claim(run.id, now())
  const late = reportProgress(ports, run)
  pass(15_000)
  late.stage('judge')
  await late.settled()
  expect(updates).toHaveLength(told)
  const successor = reportProgress(ports, { ...run, attempt: run.attempt + 1 })
  await successor.settled()
  expect(updates).toHaveLength(told + 1)
})

it('what is decided while the check waits for its turn is on it', async () => {
  const scene = await started()
  const { ports, run, updates } = scene
  const judged = [newFinding('one'), newFinding('two')]
  await store.findings.save(run, run.attempt, judged, now())
  await reportProgress(ports, run).settled()
  const [begun, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const { updateCheck } = ports.host
  ports.host.updateCheck = async (...update) => {
    begun.resolve()
    await held.promise
    return updateCheck(...update)
  }
  const progress = reportProgress(ports, run)
  await begun.promise
  const ended = finish(scene, judged)
  while ((await store.steps.list(run.id, 'drawn')).length === 0) await turn()
  const stored = await store.findings.ofRun(run.id)
  const at = { head, runId: run.id, at: now() }
  await store.findings.mark(stored.find(one => one.fingerprint === 'print of one')!.rowId, 'dismissed', 'ada', at)
  held.resolve()
  await Promise.all([ended, progress.settled()])
  expect(updates.at(-1)!.title).toContain('1 high')
})
