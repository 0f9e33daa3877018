// Runs that stand in line behind another: woken by its end, whatever end it is, and looking by themselves only seldom.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Problem } from '../../../src/domain/problem.ts'
import type { Routine } from '../../../src/domain/routine.ts'
import type { Store } from '../../../src/domain/store.ts'
import { waitForOther } from '../../../src/runs/waiting/wait.ts'
import { databases, type TestDatabase } from '../../databases.ts'
import { routine } from '../../routines/samples.ts'
import { newRun, repository } from '../../store/samples.ts'
import { type Ground, openGround } from '../requests/meeting.ts'

const work = (yaml: string): Routine => routine(`kind: work\non: { push: {}, issues: {} }\n${yaml}`)

describe.each(databases)('a line on $name', ({ open }) => {
  let database: TestDatabase
  let store: Store
  let ground: Ground
  beforeAll(async () => {
    database = await open({ retryAfterSeconds: [0] })
    store = database.store
  })
  beforeEach(() => {
    ground = openGround(store, new Date(Math.floor(Date.now() / 1000) * 1000).toISOString())
  })
  afterAll(() => database.close())

  const now = () => new Date(ground.clock.now)
  const runHere = (change: Parameters<typeof newRun>[0]) =>
    newRun({ repository: { ...repository, id: ground.repositoryId }, ...change })
  const push = async () => (await ground.meet(ground.push(), [work('')]))[0]!
  const waits = (runId: string | undefined) => waitForOther({ store, now }, runId!)
  const dueJobs = async () => (await store.queueDepth()).find(({ queue }) => queue === 'run')?.waiting

  it('goes on at once when a run ends, without anybody asking meanwhile', async () => {
    const ids = [await push(), await push(), await push()].map(({ runId }) => runId!)
    const inLine = Promise.withResolvers<void>()
    const done = Promise.withResolvers<void>()
    const looks: string[] = []
    const ended: string[] = []
    const ports = { store, now: () => new Date() }
    const working = await store.work(
      {
        async dispatch() {},
        async fetch() {},
        async run({ runId }) {
          if (await waitForOther(ports, runId)) {
            looks.push(runId)
            if (looks.length === 2) inLine.resolve()
            return
          }
          const run = await store.runs.claim(runId, new Date().toISOString())
          if (!run) return
          if (runId === ids[0]) await inLine.promise
          await store.runs.end(runId, run.attempt, 'done', 'Done.', new Date().toISOString())
          if (ended.push(runId) === 3) done.resolve()
        },
      },
      { runs: 3, runsPerRepository: 3, place: 1 },
    )
    await done.promise
    await working.stop(5000)
    const runs = await Promise.all(ids.map(async id => (await store.runs.get(id))!))
    for (const [index, run] of runs.slice(1).entries())
      expect(Date.parse(run.startedAt!)).toBeGreaterThanOrEqual(Date.parse(runs[index]!.endedAt!))
    expect(looks.length).toBeLessThan(6)
    // Before anybody in it would have looked by itself.
  }, 12_000)

  it('is looked at by those in it ever less often, ten minutes apart at most', async () => {
    const first = await push()
    await ground.start(await ground.runOf(first))
    const { runId } = await push()
    const apart = async () => {
      expect(await waits(runId)).toBe(true)
      return (Date.parse((await store.runs.get(runId!))!.notBefore) - ground.clock.now) / 1000
    }
    expect(await apart()).toBe(15)
    ground.minutes(4)
    expect(await apart()).toBeCloseTo(240, 1)
    ground.minutes(60)
    expect(await apart()).toBe(600)
  })

  const stopped = 'that is stopped before it starts'
  const ends: Record<string, (runId: string, at: string) => Promise<unknown>> = {
    'that is done': (runId, at) => store.runs.end(runId, 1, 'done', 'Done.', at),
    'that its sixth worker died of': async (runId, at) => {
      for (let deaths = 1; deaths < 6; deaths++) await store.runs.claim(runId, at)
      expect(await store.runs.claim(runId, at)).toBeUndefined()
    },
    [stopped]: (runId, at) => store.runs.stop(runId, { end: 'stopped', because: 'No.' }, at),
  }
  it.each(Object.keys(ends))('behind a review %s wakes the next', async how => {
    const at = now().toISOString()
    const first = await store.runs.request(runHere({ requestedAt: at, notBefore: at }))
    const second = await store.runs.request(runHere({ requestedAt: now().toISOString(), notBefore: at }))
    const elsewhere = await store.runs.request(runHere({ number: 6 }))
    if (how !== stopped) await store.runs.claim(first.id, at)
    for (const { id } of [second, elsewhere])
      await store.runs.putOff(id, new Date(ground.clock.now + 1).toISOString(), at)
    const before = (await dueJobs())!
    await ends[how]!(first.id, at)
    // A stopped one sends a job of its own, too, which says so.
    expect(await dueJobs()).toBe(before + (how === stopped ? 2 : 1))
  })

  it.each(['a failure that no second try helps', 'a fetch that failed'])(
    'behind a review that ends by %s wakes the next',
    async how => {
      const at = new Date().toISOString()
      const later = new Date(Date.now() + 600_000).toISOString()
      const failing = how === 'a fetch that failed'
      const first = await store.runs.request(runHere({ requestedAt: at, notBefore: failing ? later : at }))
      const second = await store.runs.request(runHere({ notBefore: later }))
      await store.runs.putOff(second.id, later, at)
      if (failing) await store.fetches.wait(first.id, 1, later)
      const woken = Promise.withResolvers<void>()
      const fails = async (): Promise<void> => {
        throw new Problem('bad_input', 'It can not be done.')
      }
      const working = await store.work(
        {
          async dispatch() {},
          fetch: fails,
          async run({ runId }) {
            if (runId === second.id) return woken.resolve()
            if (await store.runs.claim(runId, new Date().toISOString())) await fails()
          },
        },
        { runs: 1, runsPerRepository: 1, place: 1 },
      )
      await woken.promise
      await working.stop(1000)
      expect(await store.runs.get(first.id)).toMatchObject({ end: 'failed', because: 'It can not be done.' })
      expect(await store.runs.get(second.id)).toMatchObject({ status: 'queued' })
    },
  )

  it('does not bring forward a run that waits for its own time', async () => {
    const at = now().toISOString()
    const later = new Date(ground.clock.now + 60_000).toISOString()
    const first = await store.runs.request(runHere({ requestedAt: at, notBefore: at }))
    await store.runs.claim(first.id, at)
    const quiet = await store.runs.request(runHere({ notBefore: later }))
    const before = await dueJobs()
    await store.runs.end(first.id, 1, 'done', 'Done.', at)
    expect(await dueJobs()).toBe(before)
    expect(await waits(quiet.id)).toBe(false)
    expect((await store.runs.get(quiet.id))?.notBefore).toBe(later)
  })

  it('of a hundred is full: the next is refused with a time, until one has ended', async () => {
    const first = await push()
    await ground.start(await ground.runOf(first))
    for (let count = 0; count < 100; count++) expect((await push()).verdict).toBe('queued')
    expect(await push()).toMatchObject({
      verdict: 'refused',
      because: expect.stringMatching(/^It happened\. concurrency: 100 runs wait for the branch main already, .* UTC, /),
      retryAt: new Date(ground.clock.now + 600_000).toISOString(),
    })
    const other = ground.push({ ref: 'refs/heads/next', branch: 'next' })
    expect((await ground.meet(other, [work('')]))[0]?.verdict).toBe('queued')
    const last = (await store.runs.list({ repositoryId: ground.repositoryId, limit: 200 })).find(
      run => run.status === 'queued',
    )!
    await store.runs.stop(last.id, { end: 'stopped', because: 'No.' }, now().toISOString())
    expect((await push()).verdict).toBe('queued')
  }, 30_000)
})
