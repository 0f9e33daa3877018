// Routines with tasks of their own and the real program: what GitHub sends starts them, one after the other or in place of each other.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Occurrence } from '../../src/domain/event.ts'
import type { SimulatedRepository } from '../simulators/github/index.ts'
import { say } from '../simulators/model/index.ts'
import { type House, openHouse } from './house.ts'
import { base } from './scene.ts'
import { worker } from './tasks.ts'

// Patient, since the machine may be busy; undisturbed, each takes a few seconds.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 })

const within = 2000

/** While `slow` holds, an answer takes a minute: long enough to be cut off by anything. */
const pace = { slow: false }
const doing = worker()
let house: House
beforeAll(async () => {
  house = await openHouse({
    reply: (request, context) => {
      const reply = doing(request, context)
      return pace.slow ? { ...say('Late.'), latencyMs: 60_000 } : reply
    },
  })
})
afterAll(async () => {
  expect(house.github.refusals).toEqual([])
  await house[Symbol.asyncDispose]()
})

let repositories = 0
const open = (more: string) =>
  house.github.createRepository({
    owner: 'acme',
    name: `shelf-${++repositories}`,
    private: true,
    files: {
      ...base,
      '.github/routines/prices.md': `---\ndescription: Looks after prices\nkind: work\n${more}\n---\nSee whether prices are rounded.\n`,
    },
  })
const push = (repository: SimulatedRepository, text: string) =>
  repository.commit({ branch: 'main', files: { 'src/price.ts': `export const cents = ${text}\n` } })
const metIn = async (repository: SimulatedRepository): Promise<Occurrence[]> =>
  (await house.server.store.occurrences.list({ repositoryId: repository.id, limit: 50 })).toReversed()
/** The occurrence that comes next, once it is there. */
const nth = (repository: SimulatedRepository, index: number) =>
  house.until(async () => (await metIn(repository))[index])
const runOf = (one: Occurrence) => house.server.store.runs.get(one.runId!)
const ended = (one: Occurrence) =>
  house.until(async () => {
    const run = await runOf(one)
    return run?.status === 'ended' && run
  })
const told = (one: Occurrence, verdict: Occurrence['verdict']) =>
  house.until(async () => {
    const now = await house.server.store.occurrences.get(one.id)
    return now?.verdict === verdict && now
  })
/** A run hangs in its first model call. */
const hangs = () => house.until(() => house.model.inFlight > 0)

describe('a push starts a task', () => {
  it('that says on its commit what became of it', async () => {
    const repository = await open('on: { push: {} }')
    const head = await push(repository, '1')
    const occurrence = await nth(repository, 0)
    expect((await ended(occurrence)).end).toBe('done')
    expect((await told(occurrence, 'ran')).because).toMatch(
      /^The branch main was pushed to\. It starts now\. The run ended as done: /,
    )
    expect(repository.checkRuns(head)).toMatchObject([{ name: 'Watchbill / prices', status: 'completed' }])
  })

  it('which a newer push supersedes: stopped within two seconds, its check completed, and the newer one done', async () => {
    const repository = await open('on: { push: {} }\nconcurrency: supersede')
    pace.slow = true
    const old = await push(repository, '1')
    const first = await nth(repository, 0)
    await hangs()
    const newer = await push(repository, '2')
    await house.until(async () => (await house.server.store.runs.stops([first.runId!])).length > 0)
    const asked = performance.now()
    pace.slow = false
    await house.until(() => house.model.inFlight === 0)
    expect(performance.now() - asked).toBeLessThan(within)
    const second = await nth(repository, 1)
    expect(await ended(first)).toMatchObject({ end: 'superseded', because: `Superseded by run ${second.runId}.` })
    expect(await ended(second)).toMatchObject({ end: 'done', head: newer })
    expect((await told(first, 'superseded')).because).toContain(`It was superseded by ${second.runId}.`)
    await told(second, 'ran')
    expect(repository.checkRuns(old)).toMatchObject([{ status: 'completed', conclusion: 'cancelled' }])
    expect(repository.checkRuns(newer)).toMatchObject([{ status: 'completed', conclusion: 'success' }])
  })

  it('which a newer push waits for, unless it says otherwise', async () => {
    const repository = await open('on: { push: {} }')
    pace.slow = true
    await push(repository, '1')
    const first = await nth(repository, 0)
    await hangs()
    await push(repository, '2')
    const second = await nth(repository, 1)
    expect(second.because).toContain(`It waits for run ${first.runId}`)
    // Its job is taken meanwhile, and it puts itself off.
    await house.until(async () => {
      const run = await runOf(second)
      return run?.status === 'queued' && run.notBefore > run.requestedAt
    })
    pace.slow = false
    const stop = { end: 'stopped', because: 'Enough.' } as const
    await house.server.store.runs.stop(first.runId!, stop, new Date().toISOString())
    expect((await ended(first)).end).toBe('stopped')
    const run = await ended(second)
    expect(run.end).toBe('done')
    expect(run.startedAt! >= (await runOf(first))!.endedAt!).toBe(true)
  })

  it('once for a burst, with the newest commit, and every commit has its check completed', async () => {
    const repository = await open('on: { push: {} }\ndebounce: 3s')
    const heads = [await push(repository, '1'), await push(repository, '2'), await push(repository, '3')]
    const last = await nth(repository, 2)
    expect(await ended(last)).toMatchObject({ end: 'done', head: heads[2] })
    await told(await nth(repository, 0), 'ran')
    expect((await metIn(repository)).map(one => one.runId)).toEqual([last.runId, last.runId, last.runId])
    const conclusions = heads.map(head => repository.checkRuns(head).map(check => check.conclusion))
    expect(conclusions).toEqual([['cancelled'], ['cancelled'], ['success']])
  })
})
