// A run that is followed: what its agents and verifiers come to is told while others are still at work, once, after a restart too, and by a process that does not run it.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { makeToken } from '../../src/commands/tokens.ts'
import { startServer } from '../../src/main.ts'
import { readSettings } from '../../src/settings.ts'
import { copyDatabase, databases } from '../databases.ts'
import { call, type MessagesRequest, type Reply, say } from '../simulators/model/index.ts'
import { type House, openHouse } from './house.ts'
import { answersIn, isReviewed, isVerifier, longer, openScene, quote } from './scene.ts'

// Patient, since the machine may be busy; undisturbed, it takes two or three seconds.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 })

/** The correctness agent claims two things; security waits for `security`, and the verifier of the second for `verifier`. */
function replies(waits: { security: Promise<void>; verifier: Promise<void> }): Reply {
  const claims = ['Rounding down loses a cent', 'No text is refused']
  const turns = [
    call('read', { path: 'src/price.ts' }),
    ...claims.map((title, index) =>
      call('report_finding', {
        file: 'src/price.ts',
        quote: index === 0 ? quote : 'export function cents(text: string): number {',
        title,
        claim: index === 0 ? 'cents("0.29") is 28.' : 'cents("free") is NaN, which nobody looks for.',
        severity: 'high',
        confidence: 'high',
        origin: 'introduced',
        category: 'correctness',
      }),
    ),
  ]
  return async request => {
    const said = JSON.stringify(request.messages)
    if (isVerifier(request)) {
      if (said.includes('No text is refused')) await waits.verifier
      return answersIn(request) > 0 ? say('Done.') : refutes(request)
    }
    if (/Lens: security/.test(said)) await waits.security
    if (!/Lens: (correctness|generalist)/.test(said) && answersIn(request) > 0) return say('Nothing.')
    return turns[answersIn(request)] ?? say('Done.')
  }
}

function refutes(_: MessagesRequest) {
  const cited = [{ path: 'src/price.ts', line: 2, text: quote }]
  return call('report_verdict', { verdict: 'INVALID', because: 'It is rounded elsewhere.', cited })
}

interface Told {
  id: string
  event: string
  data: Record<string, unknown>
}

let house: House
let token: string
const [security, verifier] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
beforeAll(async () => {
  house = await openHouse({ reply: replies({ security: security.promise, verifier: verifier.promise }) })
  token = (await makeToken({ store: house.server.store, now: () => new Date() }, { scope: 'read' })).text
})
afterAll(() => house[Symbol.asyncDispose]())

/** Reads a stream as it comes. */
function follow(id: string, last?: string, from = { url: house.server.url, token }) {
  const told: Told[] = []
  let text = ''
  const over = (async () => {
    const response = await fetch(`${from.url}/api/runs/${id}/events`, {
      headers: { authorization: `Bearer ${from.token}`, ...(last !== undefined && { 'last-event-id': last }) },
    })
    for await (const bytes of response.body!.pipeThrough(new TextDecoderStream())) {
      text += bytes
      const blocks = text.split('\n\n')
      text = blocks.pop()!
      for (const block of blocks) {
        const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? ''
        if (field('event')) told.push({ id: field('id'), event: field('event'), data: JSON.parse(field('data')) })
      }
    }
  })()
  return { told, over: over.catch(() => {}) }
}

const ends = (told: Told[]) => told.filter(one => one.event === 'agent' && one.data.did === 'ended')
const verified = (told: Told[]) => told.filter(one => one.event === 'finding' && one.data.did === 'verified')
const stages = (told: Told[]) => told.filter(one => one.event === 'stage').map(one => one.data.stage)
const costs = (told: Told[]) => told.filter(one => one.event === 'cost').map(one => Number(one.data.usd))

it('tells each end and each verification while the stage goes on, and nothing twice, whoever reads from wherever', async () => {
  const { repository, head } = await openScene(house.github, { change: longer })
  const id = await house.until(async () => (await house.server.store.runs.list({ limit: 1 }))[0]?.id)
  const before = follow(id)
  await expect.poll(() => ends(before.told).length, { timeout: 60_000 }).toBe(3)
  expect(stages(before.told)).not.toContain('fleet')
  expect(ends(before.told).map(one => one.data.end)).toEqual(['done', 'done', 'done'])
  expect(ends(before.told).find(one => one.data.agent === 'correctness')?.data).toMatchObject({ findings: 2 })
  expect(costs(before.told).at(-1)).toBeGreaterThan(0)

  // The agents that were done are gone on with and say the same: that is told no second time.
  await house.restart()
  await before.over
  const after = follow(id, before.told.findLast(one => one.id)?.id)
  security.resolve()
  await expect.poll(() => verified(after.told).length, { timeout: 60_000 }).toBe(1)
  expect(stages(after.told)).toContain('fleet')
  expect(stages(after.told)).not.toContain('judge')
  expect(verified(after.told)[0]?.data).toMatchObject({
    title: 'Rounding down loses a cent',
    state: 'invalid',
    because: expect.stringContaining('rounded elsewhere'),
  })
  verifier.resolve()
  await after.over
  await house.until(() => isReviewed(repository, head))

  const whole = follow(id)
  await whole.over
  const withIds = (told: Told[]) => told.filter(one => one.id).map(one => one.id)
  expect(withIds(whole.told)).toEqual([...withIds(before.told), ...withIds(after.told)])
  const agents = ['contracts-and-callers', 'correctness', 'rules-and-tests', 'security']
  expect(
    ends(whole.told)
      .map(one => one.data.agent)
      .sort(),
  ).toEqual(agents)
  expect(verified(whole.told)).toHaveLength(2)
  const judged = whole.told.filter(one => one.event === 'finding' && one.data.did === 'judged')
  expect(judged.map(one => one.data.verdict)).toEqual(['refuted', 'refuted'])
  for (const told of [before.told, after.told]) expect(costs(told)).toEqual([...costs(told)].sort((a, b) => a - b))
  expect(whole.told.at(-1)?.event).toBe('end')
})

it.skipIf(!databases.some(({ name }) => name === 'PostgreSQL'))(
  'is told as it happens by a server of the role web, which only answers, while another one runs it',
  async () => {
    const { url: DATABASE_URL, drop } = await copyDatabase()
    const gate = Promise.withResolvers<void>()
    await using stack = new AsyncDisposableStack()
    stack.defer(drop)
    const environment = { DATABASE_URL, WATCHBILL_ROLE: 'worker' }
    const reply = replies({ security: gate.promise, verifier: Promise.resolve() })
    const working = stack.use(await openHouse({ reply, environment, embedded: true }))
    const dataDir = mkdtempSync(join(tmpdir(), 'watchbill-web-'))
    stack.defer(() => rmSync(dataDir, { recursive: true, force: true }))
    const lines: object[] = []
    const settings = readSettings({ ...working.environment, WATCHBILL_ROLE: 'web', WATCHBILL_DATA: dataDir })
    const log = (line: object) => void lines.push(line)
    const web = stack.use(
      await startServer(settings, { timing: { quiet: 50, quietAtMost: 500 }, waitScale: 0.01, log }),
    )
    expect(working.server.url).toBe('')
    working.github.deliverTo(`${web.url}/api/github/webhooks`)

    const { repository, head } = await openScene(working.github, { change: longer })
    const id = await working.until(async () => (await web.store.runs.list({ limit: 1 }))[0]?.id)
    const { text } = await makeToken({ store: web.store, now: () => new Date() }, { scope: 'read' })
    const { told, over } = follow(id, undefined, { url: web.url, token: text })
    await expect.poll(() => ends(told).length, { timeout: 60_000 }).toBe(3)
    expect(stages(told)).not.toContain('fleet')
    expect((await web.store.runs.get(id))?.status).toBe('running')
    gate.resolve()
    await over
    expect(ends(told)).toHaveLength(4)
    expect(verified(told)).toHaveLength(2)
    expect(costs(told).at(-1)).toBeGreaterThan(0)
    expect(told.at(-1)).toMatchObject({ event: 'end', data: { end: 'done' } })
    expect((await web.store.runs.get(id))?.status).toBe('ended')
    await working.until(() => isReviewed(repository, head))
    const ended = (line: object) => 'run' in line && 'end' in line
    expect({ web: lines.some(ended), worker: working.lines.some(ended) }).toEqual({ web: false, worker: true })
  },
)
