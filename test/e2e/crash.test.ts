// kill -9 at every stored step of a review, then a start over the same data: complete, nothing twice, no stored answer bought again.
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { describe, expect, inject, it, vi } from 'vitest'
import type { Turn } from '../../src/domain/conversation.ts'
import { openStore } from '../../src/store/index.ts'
import { copyDatabase } from '../databases.ts'
import { type GitHubSimulator, type SimulatedRepository, startGitHub } from '../simulators/github/index.ts'
import {
  type MessagesRequest,
  type ModelSimulator,
  type RecordedRequest,
  startModel,
} from '../simulators/model/index.ts'
import { newDataDir } from './house.ts'
import { type Service, type ServiceOptions, startService } from './program.ts'
import { answersIn, base, conclusions, finds, isReviewed, longer } from './scene.ts'

// Patient, since the machine may be busy; undisturbed, each takes a second or two.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 })

/** `after:n`: once the nth write is stored; `before-receipt:n`: once the nth effect is carried out, before its receipt is stored. */
type Point = `${'after' | 'before-receipt'}:${number}`

/** Writes of an undisturbed review, as the first test counts them; more fail there, so that the matrix grows with the product. */
const writes = 28
const receipts = 3
const everyPoint: Point[] = [
  ...Array.from({ length: writes }, (_, index): Point => `after:${index + 1}`),
  ...Array.from({ length: receipts }, (_, index): Point => `before-receipt:${index + 1}`),
]
const long = process.env.WATCHBILL_TEST_LONG === '1'

/** A few points, other ones each day of the year; the seed stands in the test's name. */
function sample(count: number, seed: number): Point[] {
  const stride = Math.floor(everyPoint.length / count)
  return Array.from({ length: count }, (_, index) => everyPoint[(seed + index * stride) % everyPoint.length]!)
}
const seed = Number(process.env.WATCHBILL_TEST_SEED ?? Math.floor(Date.now() / 86_400_000))
const onServer = 'socket' in inject('postgres')

describe('a review that is not disturbed', () => {
  it(`stores ${writes} writes and ${receipts} receipts`, { timeout: 90_000 }, async () => {
    await using stage = await setStage()
    const service = await stage.start()
    await stage.openPull()
    await stage.reviewed()
    await saysEnd(service)
    const names = (await stage.written()).map(write => write.name)
    expect(names.filter(name => name.startsWith('receipt'))).toHaveLength(receipts)
    expect(names).toHaveLength(writes)
    await expectWhole(stage)
  })
})

describe.concurrent(`a crash on the embedded database (seed ${seed})`, () => {
  for (const point of long ? everyPoint : sample(2, seed))
    it(`${point} is made good`, { timeout: 120_000 }, () => crashAt(point))
})

describe.skipIf(!onServer)('a crash on PostgreSQL', () => {
  const points: Point[] = ['after:12', 'before-receipt:3', 'after:4', 'after:26', 'after:28']
  for (const point of long ? points : [points[seed % 3]!])
    it(`${point} is made good`, { timeout: 120_000 }, async () => {
      const { url, drop } = await copyDatabase()
      try {
        await crashAt(point, url)
      } finally {
        await drop()
      }
    })
})

describe.runIf(long)('a server that crashes all the time', () => {
  it.each(['after:1', 'after:2', 'after:3'] as const)(
    'at its write %s after every start still comes to the end',
    { timeout: 600_000 },
    async point => {
      await using stage = await setStage()
      await stage.start(point)
      await stage.openPull()
      for (let starts = 0; starts < 12 && !stage.isReviewed(); starts++) {
        const service = await stage.start(point).catch(() => undefined)
        // One that has nothing to write for a while waits for a job that is due later, as after a crash in a look for others.
        if (service) await Promise.race([service.exited, stage.reviewed()])
      }
      await stage.start()
      await stage.reviewed()
      const end = await stage.ended()
      // Each crash loses the calls under way, and a lost call counts in full: it may end over its budget, and says so.
      expect(['done', 'over budget']).toContain(end)
      const pull = stage.repository.pull(1)
      const whole = end === 'done' ? [1, 1] : [expect.toBeOneOf([0, 1]), expect.toBeOneOf([0, 1])]
      expect([pull.reviews.length, pull.reviewComments.length]).toEqual(whole)
      const checks = stage.repository.checkRuns()
      expect(checks).toHaveLength(2)
      if (end !== 'done') expect(checks[0]?.output.summary).toMatch(/over the cap of/)
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
})

describe('a server that is told to stop in the middle', () => {
  const starters = long ? (['start', 'startReal'] as const) : (['start'] as const)
  it.each(starters)('hands the review back, and the next one goes on (%s)', { timeout: 120_000 }, async start => {
    await using stage = await setStage()
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

async function crashAt(point: Point, databaseUrl?: string): Promise<void> {
  await using stage = await setStage(databaseUrl)
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

interface Stage extends AsyncDisposable {
  github: GitHubSimulator
  model: ModelSimulator
  repository: SimulatedRepository
  dataDir: string
  databaseUrl?: string
  start(point?: Point): Promise<Service>
  /** `watchbill serve` as people start it. */
  startReal(): Promise<Service>
  /** Stops the newest server in good order. */
  stop(): Promise<void>
  /** Opens the pull; resolves when its delivery is stored. */
  openPull(): Promise<void>
  isReviewed(): boolean
  reviewed(): Promise<unknown>
  /** Resolves once a server has written down how the run ended; the checks are complete a little before. */
  ended(): Promise<string>
  written(): Promise<{ name: string; value?: unknown }[]>
  /** Stored turns by conversation. */
  turns(): Promise<Turn[][]>
}

async function setStage(databaseUrl?: string): Promise<Stage> {
  const github = await startGitHub()
  const model = await startModel({ reply: finds })
  const dataDir = await newDataDir()
  const repository = await github.createRepository({ owner: 'acme', name: 'shop', private: true, files: base })
  const head = await repository.commit({ branch: 'feature', files: longer })
  await github.settled()
  const services: Service[] = []
  const crashing = join(import.meta.dirname, 'crashing.ts')
  const options: ServiceOptions = { github, model, dataDir, ...(databaseUrl && { databaseUrl }) }
  const written = async () => {
    const lines = await readFile(join(dataDir, 'writes'), 'utf8').catch(() => '')
    return lines.split('\n').flatMap(line => (line ? [JSON.parse(line) as { name: string; value?: unknown }] : []))
  }
  return {
    ...options,
    github,
    model,
    repository,
    written,
    async start(point) {
      const service = await startService({ ...options, command: [crashing, ...(point ? [point] : [])] })
      services.push(service)
      return service
    },
    async startReal() {
      const service = await startService(options)
      services.push(service)
      return service
    },
    async stop() {
      expect(await services.at(-1)?.stop()).toBe(0)
    },
    async openPull() {
      await repository.openPull({ head: 'feature', title: 'Floor the price' })
      await github.waitFor(() => github.deliveries.find(one => one.event === 'pull_request')?.status === 202)
    },
    isReviewed: () => isReviewed(repository, head),
    reviewed: () => github.waitFor(() => isReviewed(repository, head), 60_000),
    ended: () => Promise.any(services.map(saysEnd)),
    async turns() {
      const turns = new Map<string, Turn[]>()
      for (const { name, value } of await written())
        if (name.startsWith('turn:')) turns.set(name, [...(turns.get(name) ?? []), value as Turn])
      return [...turns.values()]
    },
    async [Symbol.asyncDispose]() {
      for (const service of services) if (service.child.exitCode === null) await service.stop('SIGKILL')
      await github[Symbol.asyncDispose]()
      await model[Symbol.asyncDispose]()
      await rm(dataDir, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

/** Resolves to the end that the server logs. */
function saysEnd(service: Service): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no end was said:\n${service.output().slice(-4000)}`)), 30_000)
    const look = () => {
      const end = /"end":"([^"]+)","msg"/.exec(service.output())?.[1]
      if (end === undefined) return
      clearTimeout(timer)
      service.child.stdout?.off('data', look)
      resolve(end)
    }
    service.child.stdout?.on('data', look)
    look()
  })
}
