// kill -9 at every stored step of a review, then a start over the same data: complete, nothing twice, no stored answer bought again.
import { isDeepStrictEqual } from 'node:util'
import { describe, expect, inject, it, vi } from 'vitest'
import type { Turn } from '../../src/domain/conversation.ts'
import { openStore } from '../../src/store/index.ts'
import { copyDatabase, usualDatabase } from '../databases.ts'
import type { MessagesRequest, ModelSimulator, RecordedRequest } from '../simulators/model/index.ts'
import { type Point, type ServerDatabase, type Stage, saysEnd, setStage } from './crash-stage.ts'
import type { Service } from './program.ts'
import { answersIn, conclusions, finds } from './scene.ts'

// Patient, since the machine may be busy; undisturbed, each takes a second or two.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 })

/** Writes of an undisturbed review, as the first test counts them; more fail there, so that the matrix grows with the product. */
const writes = 41
const receipts = 4
const everyPoint: Point[] = [
  ...Array.from({ length: writes }, (_, index): Point => `after:${index + 1}`),
  ...Array.from({ length: receipts }, (_, index): Point => `before-receipt:${index + 1}`),
]
const long = process.env.WATCHBILL_TEST_LONG === '1'

/** Says which point is tried, another one each day, in turn on either database; it stands in the test's name. */
const seed = Number(process.env.WATCHBILL_TEST_SEED ?? Math.floor(Date.now() / 86_400_000))
const onServer = 'socket' in inject('postgres')
const serversTurn = onServer && seed % 2 === 1

describe('a review that is not disturbed', () => {
  it(`stores ${writes} writes and ${receipts} receipts`, { timeout: 90_000 }, async () => {
    await using stage = await setStage(await usualDatabase())
    const service = await stage.start()
    await stage.openPull()
    await stage.reviewed()
    await saysEnd(service)
    const names = (await stage.written()).map(write => write.name)
    expect(names.filter(name => name.startsWith('receipt'))).toHaveLength(receipts)
    expect(names, names.join(', ')).toHaveLength(writes)
    await expectWhole(stage)
  })
})

describe.skipIf(serversTurn && !long).concurrent(`a crash on the embedded database (seed ${seed})`, () => {
  for (const point of long ? everyPoint : [everyPoint[seed % everyPoint.length]!])
    it(`${point} is made good`, { timeout: 300_000 }, () => crashAt(point))
})

describe.skipIf(!onServer || (!serversTurn && !long))(`a crash on PostgreSQL (seed ${seed})`, () => {
  const points: Point[] = ['after:12', 'before-receipt:3', 'after:4', `after:${writes - 2}`, `after:${writes}`]
  for (const point of long ? points : [points[seed % points.length]!])
    it(`${point} is made good`, { timeout: 300_000 }, async () => crashAt(point, await copyDatabase()))
})

describe.runIf(long)('a server that crashes all the time', () => {
  it.each(['after:2', 'after:3'] as const)(
    'at its write %s after every start still comes to the end',
    { timeout: 600_000 },
    async point => {
      await using stage = await crashingOn(point)
      const end = await stage.ended()
      // Each crash loses the calls under way, and a lost call counts in full: it may end over its budget, and says so.
      expect(['done', 'over budget']).toContain(end)
      const pull = stage.repository.pull(1)
      const whole = end === 'done' ? [1, 1] : [expect.toBeOneOf([0, 1]), expect.toBeOneOf([0, 1])]
      expect([pull.reviews.length, pull.reviewComments.length]).toEqual(whole)
      const checks = stage.repository.checkRuns()
      expect(checks).toHaveLength(2)
      if (end !== 'done') expect(checks[0]?.output.summary).toContain('raise `budget.usd`')
      expect(stage.github.refusals).toEqual([])
      expect(stage.model.refusals).toEqual([])
      await stage.stop()
      await using store = await openStore(stage)
      const [run, ...others] = await store.runs.list({ limit: 10 })
      expect(others).toEqual([])
      expect(run).toMatchObject({ status: 'ended', end })
      expect(run?.usd).toBeLessThanOrEqual(1)
    },
  )

  it('before a run stores anything gives it up, and its checks say so', { timeout: 600_000 }, async () => {
    await using stage = await crashingOn('after:1')
    expect(await stage.ended()).toBe('failed')
    expect(stage.model.requests).toEqual([])
    const checks = stage.repository.checkRuns()
    expect(conclusions(checks)).toEqual({ 'code-review': 'neutral', 'security-review': 'neutral' })
    await stage.stop()
    await using store = await openStore(stage)
    const [run] = await store.runs.list({ limit: 10 })
    // Of the run, or of the first fetch that it waits for: whichever was there each time.
    const because = run?.because ?? ''
    const { attempt } = run ?? {}
    expect({ because, attempt }).toEqual({
      because: expect.stringContaining('died 6 times in a row'),
      attempt: because.includes('at the same step') ? 6 : expect.any(Number),
    })
    for (const check of checks) expect(check.output.summary).toContain(because)
    expect(run).toMatchObject({ end: 'failed' })
    expect((await store.occurrences.ofRun(run!.id)).map(one => one.verdict)).toEqual(['ran', 'ran'])
  })
})

describe('a server that is told to stop in the middle', () => {
  const starters = long ? (['start', 'startReal'] as const) : (['start'] as const)
  it.each(starters)('hands the review back, and the next one goes on (%s)', { timeout: 120_000 }, async start => {
    await using stage = await setStage(await usualDatabase())
    let hang = true
    stage.model.setReply((request, context) => {
      const reply = finds(request, context)
      return hang && answersIn(request) === 1 && !(reply instanceof Promise) ? { ...reply, latencyMs: 90_000 } : reply
    })
    const service = await stage[start]()
    await stage.openPull()
    const waits = (model: ModelSimulator) => model.requests.filter(one => answersIn(one.body) === 1).length === 4
    await stage.model.waitFor(waits, 30_000)
    const bought = new Set(stage.model.requests.filter(one => one.answer).map(one => wordsOf(one.body)))
    expect(bought.size).toBe(4)
    expect(await service.stop('SIGTERM')).toBe(0)
    expect(stage.model.inFlight).toBe(0)

    hang = false
    const asked = stage.model.requests.length
    const next = await stage[start]()
    await stage.reviewed()
    await saysEnd(next)
    expect(stage.model.requests.slice(asked).filter(one => bought.has(wordsOf(one.body)))).toEqual([])
    await expectWhole(stage)
  })
})

async function crashAt(point: Point, database?: ServerDatabase): Promise<void> {
  await using stage = await setStage(database)
  const doomed = await stage.start(point)
  await stage.openPull()
  expect(await doomed.exited).toBe(null)

  const turns = await stage.turns()
  const bought = boughtAndStored(stage.model.requests, turns)
  expect(bought.size).toBe(turns.flat().filter(turn => turn.role === 'assistant').length)
  const asked = stage.model.requests.length
  const service = await stage.start()
  await stage.reviewed()
  await saysEnd(service)
  const again = stage.model.requests.slice(asked).filter(request => bought.has(wordsOf(request.body)))
  expect(again.map(request => request.n)).toEqual([])
  await expectWhole(stage)
}

/** Servers that die at the same write of each start, and at last one that does not; the checks are complete. */
async function crashingOn(point: Point): Promise<Stage> {
  const stage = await setStage()
  await stage.start(point)
  await stage.openPull()
  let service: Service | undefined
  for (let starts = 0; starts < 12 && !stage.isReviewed(); starts++) {
    service = await stage.start(point).catch(() => undefined)
    // One that has nothing to write for a while waits for a job that is due later, as after a crash in a look for others.
    if (service) await Promise.race([service.exited, stage.reviewed()])
  }
  await service?.stop('SIGKILL')
  await stage.start()
  await stage.reviewed()
  return stage
}

/** What GitHub shows and what the database says once all is over. */
async function expectWhole(stage: Stage): Promise<void> {
  const pull = stage.repository.pull(1)
  expect(pull.reviews).toHaveLength(1)
  expect(pull.reviewComments).toHaveLength(1)
  expect(pull.issueComments).toEqual([])
  expect(stage.repository.checkRuns()).toHaveLength(2)
  expect(conclusions(stage.repository.checkRuns())).toEqual({ 'code-review': 'neutral', 'security-review': 'success' })
  expect(stage.github.refusals).toEqual([])
  expect(stage.model.refusals).toEqual([])

  await stage.stop()
  await using store = await openStore(stage)
  const [run, ...others] = await store.runs.list({ limit: 10 })
  expect(others).toEqual([])
  expect(run).toMatchObject({ status: 'ended', end: 'done' })
  const occurrences = await store.occurrences.ofRun(run!.id)
  expect(occurrences.map(occurrence => occurrence.verdict)).toEqual(['ran', 'ran'])
  const entries = await store.ledger.entries({ runId: run!.id, limit: 1000 })
  expect(entries.filter(entry => entry.usd === undefined)).toEqual([])
  expect(entries.length).toBeGreaterThanOrEqual(stage.model.requests.filter(request => request.answer).length)
  const effects = await store.effects.ofRun(run!.id)
  expect(effects.every(effect => effect.receipt !== undefined)).toBe(true)
}

const plain = (value: unknown) => JSON.stringify(value, (key, inner) => (key === 'cache_control' ? undefined : inner))
const wordsOf = ({ model, system, messages }: MessagesRequest) => plain([model, system, messages])

/** The requests whose answer stands among the stored turns, right after the turns that the request told. */
function boughtAndStored(requests: RecordedRequest[], conversations: Turn[][]): Set<string> {
  const stored = requests.filter(({ body, answer }) => {
    if (!answer) return false
    const told = [...body.messages.slice(1), answer].map(({ content }) => blocksOf(content))
    return conversations.some(turns =>
      isDeepStrictEqual(
        turns.slice(0, told.length).map(turn => blocksOf(turn.content)),
        told,
      ),
    )
  })
  return new Set(stored.map(request => wordsOf(request.body)))
}

/** What was said, without what the wire and the SDK put around it. */
function blocksOf(content: unknown): unknown {
  if (!Array.isArray(content)) return content
  return content.map(({ type, id, text, name, input, tool_use_id, content }) =>
    JSON.parse(JSON.stringify({ type, id, text, name, input, tool_use_id, content })),
  )
}
