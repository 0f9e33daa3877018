// What ends a running review early: a push, a closed pull, a word, a pause, a stopping server; each says so and pays for nothing more.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { ask } from '../../src/commands/reach.ts'
import type { Run } from '../../src/domain/run.ts'
import type { Store } from '../../src/domain/store.ts'
import { readSettings } from '../../src/settings.ts'
import type { SimulatedRepository } from '../simulators/github/index.ts'
import type { MessagesRequest, RecordedRequest } from '../simulators/model/index.ts'
import { type House, openHouse } from './house.ts'
import { answersIn, conclusions, finds, findsNothing, isReviewed, openScene } from './scene.ts'

// Patient, since the machine may be busy; undisturbed, each takes a second or two.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 })

const within = 2000

/** Estimates as the test sets them; everything else of the store is as it is. */
const estimated = { milliseconds: 60_000 }
/** Happens once somebody has read that no pause holds a repository. */
const afterLook: { work?: () => Promise<unknown> } = {}
function withEstimate(store: Store): Store {
  return {
    ...store,
    pauses: {
      ...store.pauses,
      async holds(repository) {
        const pause = await store.pauses.holds(repository)
        const { work } = afterLook
        afterLook.work = undefined
        await work?.()
        return pause
      },
    },
    transaction: work =>
      store.transaction(rooms =>
        work({
          ...rooms,
          runs: { ...rooms.runs, request: run => rooms.runs.request({ ...run, estimate: estimated.milliseconds }) },
        }),
      ),
  }
}

/** While `slow` holds, an answer takes a minute: long enough to be cut off by anything. */
const pace = { slow: false }
/** Longer than a stop takes, or each new run would look in vain once and put itself off. */
const usual = { quiet: 700, quietAtMost: 2_000 }
const timing = { ...usual }
let house: House

beforeAll(async () => {
  house = await openHouse({
    wrapStore: withEstimate,
    timing,
    reply: (request, context) => {
      const reply = findsNothing(request, context)
      return pace.slow && !(reply instanceof Promise) ? { ...reply, latencyMs: 60_000 } : reply
    },
  })
})
afterAll(() => house[Symbol.asyncDispose]())

/** A pull whose review hangs in its first model call. */
async function underWay() {
  pace.slow = true
  const asked = house.model.requests.length
  const scene = await openScene(house.github)
  await house.until(() => house.model.requests.length > asked && house.model.inFlight > 0)
  return { ...scene, calls: () => house.model.requests.slice(asked), run: (await newestRun(scene.repository))! }
}

const push = (repository: SimulatedRepository, text: string) =>
  repository.commit({ branch: 'feature', files: { 'src/price.ts': `export const cents = ${text}\n` } })
const runsOf = async (repository: SimulatedRepository) =>
  (await house.server.store.runs.list({ repositoryId: repository.id, limit: 50 })).toReversed()
const newestRun = async (repository: SimulatedRepository) => (await runsOf(repository)).at(-1)
const ended = (id: string) => async () => {
  const run = await house.server.store.runs.get(id)
  return run?.status === 'ended' ? run : undefined
}
const allAborted = (calls: RecordedRequest[]) => calls.length > 0 && calls.every(call => call.aborted)
const completed = (repository: SimulatedRepository, head: string) => () =>
  repository.checkRuns(head).length === 2 && repository.checkRuns(head).every(check => check.status === 'completed')

describe('a push while a review runs', () => {
  it('ends it, aborts its calls, says so on its checks and occurrences, and the new head is reviewed', async () => {
    const { repository, head, run, calls } = await underWay()
    const newer = await push(repository, '1')
    await house.until(() => allAborted(calls()), 10_000)
    const old = await house.until(ended(run.id))
    pace.slow = false
    await house.until(completed(repository, head))
    await house.until(() => isReviewed(repository, newer))

    expect(old).toMatchObject({ end: 'superseded' })
    expect(conclusions(repository.checkRuns(head))).toEqual({
      'code-review': 'cancelled',
      'security-review': 'cancelled',
    })
    expect(conclusions(repository.checkRuns(newer))).toEqual({ 'code-review': 'success', 'security-review': 'success' })
    const next = (await newestRun(repository))!
    expect(next.id).not.toBe(run.id)
    for (const occurrence of await house.server.store.occurrences.ofRun(run.id)) {
      expect(occurrence.verdict).toBe('superseded')
      expect(occurrence.because).toContain(`superseded by ${next.id}`)
    }
  })

  it('stops the old run within two seconds of being asked', async () => {
    const { repository, run, calls } = await underWay()
    await push(repository, '2')
    await house.until(async () => (await house.server.store.runs.stops([run.id])).length > 0, 10_000)
    const asked = performance.now()
    await house.until(() => allAborted(calls()))
    expect(performance.now() - asked).toBeLessThan(within)
    pace.slow = false
    await house.until(async () => (await newestRun(repository))?.status === 'ended')
  })

  it('five pushes in a burst are one more run, and no check stays open on any of them', async () => {
    const { repository, run } = await underWay()
    const heads: string[] = []
    Object.assign(timing, { quiet: 4_000, quietAtMost: 60_000 })
    for (const text of ['1', '2', '3', '4', '5']) heads.push(await push(repository, text))
    await house.until(() => heads.every(head => repository.checkRuns(head).length === 2))
    Object.assign(timing, usual)
    await house.until(ended(run.id))
    pace.slow = false
    await house.until(() => heads.every(head => completed(repository, head)()), 30_000)
    await house.until(async () => (await runsOf(repository)).every(one => one.status === 'ended'))

    const runs = await runsOf(repository)
    expect(runs).toHaveLength(2)
    expect(runs[1]).toMatchObject({ head: heads[4], end: 'done' })
    // Told a moment after the run has ended.
    const told = await house.until(async () => {
      const occurrences = await house.server.store.occurrences.list({ repositoryId: repository.id, limit: 50 })
      const verdicts = new Set(occurrences.map(occurrence => occurrence.verdict))
      return verdicts.has('queued') ? undefined : verdicts
    })
    expect(told).toEqual(new Set(['superseded', 'ran', 'coalesced']))
    for (const head of heads.slice(0, 4))
      expect(conclusions(repository.checkRuns(head))).toEqual({
        'code-review': 'cancelled',
        'security-review': 'cancelled',
      })
  })

  it('supersedes two runs in a row at most; the third finishes, and the newest head comes after it', async () => {
    const { repository, run } = await underWay()
    let running: Run = run
    for (const text of ['1', '2']) {
      await push(repository, text)
      await house.until(ended(running.id))
      running = await house.until(async () => {
        const newest = await newestRun(repository)
        return newest?.status === 'running' && newest.id !== running.id && house.model.inFlight > 0 ? newest : undefined
      })
    }
    expect(running.supersededInRow).toBe(2)
    const last = await push(repository, '3')
    const waiting = await house.until(async () => (await runsOf(repository)).find(one => one.status === 'queued'))
    const [occurrence] = await house.server.store.occurrences.ofRun(waiting.id)
    expect(occurrence?.because).toContain(`Waits for run ${running.id}: 2 runs in a row were superseded`)
    expect(await house.server.store.runs.stops([running.id])).toEqual([])

    pace.slow = false
    await house.server.store.runs.stop(running.id, { end: 'stopped', because: 'Enough.' }, new Date().toISOString())
    await house.until(() => isReviewed(repository, last))
    await house.until(async () => (await newestRun(repository))?.end === 'done')
  })

  it('waits for a run that is past half of its estimate', async () => {
    estimated.milliseconds = 20
    const { repository, run } = await underWay()
    await sleep(30)
    const last = await push(repository, '1')
    const waiting = await house.until(async () => (await runsOf(repository)).find(one => one.status === 'queued'))
    estimated.milliseconds = 60_000
    const [occurrence] = await house.server.store.occurrences.ofRun(waiting.id)
    expect(occurrence?.because).toContain(`Waits for run ${run.id}, which is past half of its estimated time.`)
    expect(await house.server.store.runs.stops([run.id])).toEqual([])
    pace.slow = false
    await house.server.store.runs.stop(run.id, { end: 'stopped', because: 'Enough.' }, new Date().toISOString())
    await house.until(() => isReviewed(repository, last))
  })
})

describe('a review is ended by people', () => {
  it('closing the pull stops it', async () => {
    const { repository, number, head, run, calls } = await underWay()
    await repository.closePull(number)
    expect(await house.until(ended(run.id))).toMatchObject({ end: 'stopped', because: 'The pull request was closed.' })
    expect(allAborted(calls())).toBe(true)
    expect(conclusions(repository.checkRuns(head))).toEqual({
      'code-review': 'cancelled',
      'security-review': 'cancelled',
    })
    expect(repository.pull(number).reviews).toEqual([])
  })

  it('pause over loopback stops it within two seconds and says so; resume goes on', async () => {
    const { repository, head, run, calls } = await underWay()
    const name = `${repository.owner}/${repository.name}`
    const settings = readSettings(house.environment)
    const asked = performance.now()
    expect(await ask(settings, 'pause', { scope: name, by: 'olive' })).toMatchObject({ stopped: [run.id] })
    await house.until(() => allAborted(calls()))
    expect(performance.now() - asked).toBeLessThan(within)
    await house.until(completed(repository, head))
    expect(repository.checkRuns(head)[0]?.output.summary).toContain('Paused by olive')

    const pushed = await push(repository, '1')
    const held = await house.until(async () => {
      const newest = await newestRun(repository)
      return newest?.id !== run.id && newest?.because ? newest : undefined
    })
    expect(held).toMatchObject({ status: 'queued', because: expect.stringContaining('Paused by olive since') })
    const checks = () => repository.checkRuns(pushed)
    await house.until(() => checks().length === 2 && checks().every(check => check.output.title?.includes('Paused')))
    for (const { status, output } of checks()) {
      expect(status).toBe('queued')
      expect(output.summary).toContain('`watchbill resume` ends that pause')
    }
    const [occurrence] = await house.server.store.occurrences.ofRun(held.id)
    expect(occurrence).toMatchObject({ verdict: 'queued', because: expect.stringContaining('Paused by olive') })

    pace.slow = false
    const spent = house.model.requests.length
    expect(await ask(settings, 'resume', { scope: name })).toMatchObject({ resumed: true, started: [held.id] })
    await house.until(async () => (await newestRun(repository))?.end === 'done')
    expect(await newestRun(repository)).toMatchObject({ id: held.id, head: pushed })
    expect(house.model.requests.length).toBeGreaterThan(spent)
    await house.until(completed(repository, pushed))
  })

  it('a pause that comes while an event is dispatched holds its run too', async () => {
    pace.slow = false
    const settings = readSettings(house.environment)
    const { repository, number, head } = await openScene(house.github)
    repository.setCollaborator('wendy', 'write')
    await house.until(async () => (await newestRun(repository))?.end === 'done')
    const asked = house.model.requests.length
    afterLook.work = () => ask(settings, 'pause', { scope: 'all', by: 'olive' })
    repository.comment(number, '@watchbill review', 'wendy')
    const paused = () => repository.checkRuns(head).filter(check => check.output.title?.includes('Paused'))
    await house.until(() => paused().length === 2)
    const run = (await newestRun(repository))!
    expect(run).toMatchObject({ status: 'queued', attempt: 0, because: expect.stringContaining('Paused by olive') })
    const [occurrence] = await house.server.store.occurrences.ofRun(run.id)
    expect(occurrence?.because).not.toContain('Paused')
    expect(house.model.requests.length).toBe(asked)

    expect(await ask(settings, 'resume', { scope: 'all' })).toMatchObject({ started: [run.id] })
    await house.until(() => isReviewed(repository, head))
    expect(house.model.requests.length).toBeGreaterThan(asked)
  })

  it('a run that was stopped before it started still completes its checks and tells its occurrences', async () => {
    estimated.milliseconds = 20
    const { repository, head, run } = await underWay()
    await sleep(30)
    const waitingHead = await push(repository, '1')
    estimated.milliseconds = 60_000
    await house.until(() => repository.checkRuns(waitingHead).length === 2)
    expect((await newestRun(repository))?.status).toBe('queued')
    await repository.closePull(1)
    await house.until(completed(repository, head))
    await house.until(completed(repository, waitingHead))
    await house.until(async () => (await runsOf(repository)).every(one => one.end === 'stopped'))
    const waited = (await runsOf(repository)).find(one => one.id !== run.id)!
    await house.until(async () =>
      (await house.server.store.occurrences.ofRun(waited.id)).every(occurrence => occurrence.verdict === 'skipped'),
    )
  })
})

describe('the server stops', () => {
  it('hands the review back, and goes on after the start without paying for a stored answer again', async () => {
    pace.slow = false
    let hang = true
    house.model.setReply((request, context) => {
      const reply = finds(request, context)
      return hang && answersIn(request) === 1 && !(reply instanceof Promise) ? { ...reply, latencyMs: 60_000 } : reply
    })
    const asked = house.model.requests.length
    const { repository, number, head } = await openScene(house.github)
    await house.until(() => house.model.requests.slice(asked).some(call => answersIn(call.body) === 1))
    const stored = house.model.requests.slice(asked).filter(call => call.answer)
    await house.restart(50)
    const again = house.model.requests.length
    hang = false
    await house.until(() => isReviewed(repository, head), 30_000)
    const words = (body: MessagesRequest) => JSON.stringify([body.system, body.messages])
    const bought = new Set(stored.map(call => words(call.body)))
    expect(bought.size).toBeGreaterThan(0)
    expect(house.model.requests.slice(again).filter(call => bought.has(words(call.body)))).toEqual([])
    expect(repository.pull(number).reviewComments).toHaveLength(1)
    expect(repository.checkRuns(head)).toHaveLength(2)
    expect((await newestRun(repository))?.attempt).toBe(2)
  })
})

describe('a merge queue', () => {
  it("gets the pull's conclusions on its own commit", async () => {
    pace.slow = false
    house.model.setReply(finds)
    const { repository, number, head } = await openScene(house.github)
    await house.until(() => isReviewed(repository, head))
    const merged = await repository.enqueueMerge(number)
    await house.until(completed(repository, merged))
    expect(conclusions(repository.checkRuns(merged))).toEqual(conclusions(repository.checkRuns(head)))
    expect(repository.checkRuns(merged)[0]?.output.summary).toContain(`As on #${number} at ${head.slice(0, 7)}`)
  })

  it('is not held up by a review that is under way', async () => {
    house.model.setReply((request, context) => {
      const reply = findsNothing(request, context)
      return reply instanceof Promise ? reply : { ...reply, latencyMs: 60_000 }
    })
    const { repository, number, run } = await underWay()
    const merged = await repository.enqueueMerge(number)
    await house.until(completed(repository, merged))
    expect(conclusions(repository.checkRuns(merged))).toEqual({
      'code-review': 'neutral',
      'security-review': 'neutral',
    })
    await repository.closePull(number)
    await house.until(ended(run.id))
  })
})
