// What arrives at the door: every kind of delivery gets its answer and one line, and only what is good is stored, once.
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { copyDatabase } from '../databases.ts'
import type { SimulatedRepository } from '../simulators/github/index.ts'
import { addressed, harmed, type Post, post, type Sent } from './deliveries.ts'
import { type House, openHouse, webhooksOf } from './house.ts'
import { findsNothing, openScene } from './scene.ts'

// Patient, since the machine may be busy; undisturbed, each takes a second or two.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 })

const previous = 'the secret of last month, still about'
const long = process.env.WATCHBILL_TEST_LONG === '1'
const seed = Number(process.env.WATCHBILL_TEST_SEED ?? Math.floor(Date.now() / 86_400_000))
const limit = 25 * 1024 * 1024

let house: House
beforeAll(async () => {
  // As a web process: it answers and dispatches; runs and the look for schedules would be a worker's.
  house = await openHouse({
    reply: findsNothing,
    waitScale: 0.001,
    environment: { WEBHOOK_SECRET_PREVIOUS: previous },
    wrapStore: store => ({
      ...store,
      work: (handlers, options) => store.work(handlers, { ...options, runs: 0 }),
      schedules: { ...store.schedules, turn: async () => false },
    }),
  })
})
afterAll(() => house[Symbol.asyncDispose]())

const secret = () => house.github.app.webhookSecret
const stored = async () => (await house.server.store.deliveries.list(100_000)).length

/** Sends, and shows that there is one line about it with the same status. */
async function answer(sent: Post): Promise<{ id: string; status: number; message: string }> {
  const before = house.lines.length
  const got = await post(webhooksOf(house), sent)
  const lines = house.lines.slice(before).filter(line => 'status' in line)
  expect(lines).toEqual([expect.objectContaining({ status: got.status, sentence: got.message })])
  return got
}
describe('the door', () => {
  it('takes what is signed as it was sent, byte for byte, not as it would be written again', async () => {
    const body = '{ "zen" : "caf\\u00e9 ☕",\r\n  "hook_id":1.0e2 }'
    const { id, status } = await answer({ body, secret: secret() })
    expect(status).toBe(202)
    expect(await house.server.store.deliveries.get(id)).toMatchObject({ name: 'ping', payload: { zen: 'café ☕' } })
  })

  it('takes the previous secret while it is rotated', async () => {
    expect((await answer({ body: '{"zen":"before"}', secret: previous })).status).toBe(202)
  })

  it('knows a delivery by its id, and by its event and body under another id', async () => {
    const body = '{"zen":"once"}'
    const first = await answer({ body, secret: secret() })
    expect(first.status).toBe(202)
    const before = await stored()
    expect((await answer({ body, secret: secret(), id: first.id })).status).toBe(200)
    expect((await answer({ body, secret: secret() })).status).toBe(200)
    expect(await stored()).toBe(before)
    expect((await answer({ body, secret: secret(), event: 'star' })).status).toBe(202)
  })

  const refused: [string, () => Post, number][] = [
    ['signed with another secret', () => ({ body: '{"a":1}', secret: 'somebody else entirely' }), 401],
    ['not signed', () => ({ body: '{"a":2}' }), 401],
    ['signed the old way only', () => ({ body: '{"a":3}', headers: { 'x-hub-signature': 'sha1=00' } }), 401],
    [
      'with a signature of another length',
      () => ({ body: '{"a":4}', headers: { 'x-hub-signature-256': 'sha256=' } }),
      401,
    ],
    ['without a body', () => ({ body: '', secret: secret() }), 401],
    ['that is no JSON', () => ({ body: 'payload=%7B%7D', secret: secret() }), 400],
    ['that is no object', () => ({ body: '[{"a":1}]', secret: secret() }), 400],
    ['with an empty event name', () => ({ body: '{"a":5}', secret: secret(), event: '' }), 400],
    ['with an id that is none', () => ({ body: '{"a":6}', secret: secret(), id: 'a b' }), 400],
    ['with an id of a thousand letters', () => ({ body: '{"a":7}', secret: secret(), id: 'a'.repeat(1000) }), 400],
    ['of an event nobody knows', () => ({ body: '{"a":8}', secret: secret(), event: 'moon_landing' }), 202],
    ['larger than GitHub sends', () => ({ body: Buffer.alloc(limit + 1, 32), secret: secret() }), 413],
    ['larger than it says', () => ({ body: endless() }), 413],
  ]
  it.each(refused)('stores nothing %s', async (_, sent, status) => {
    const before = await stored()
    expect((await answer(sent())).status).toBe(status)
    expect(await stored()).toBe(before)
  })

  it('answers 400 when the headers of a delivery are missing', async () => {
    const response = await fetch(webhooksOf(house), { method: 'POST', body: '{}' })
    expect(response.status).toBe(400)
  })

  it('takes what is just not too large', async () => {
    const body = JSON.stringify({ text: 'x'.repeat(limit - 100) })
    expect((await answer({ body, secret: secret() })).status).toBe(202)
  })
})

describe('a database that is down', () => {
  it('is answered with 503, so that GitHub lists the delivery as failed', async () => {
    await using dark = await openHouse({ reply: findsNothing })
    await dark.server.store[Symbol.asyncDispose]()
    const before = dark.lines.length
    const { status } = await post(webhooksOf(dark), { body: '{"a":1}', secret: dark.github.app.webhookSecret })
    expect(status).toBe(503)
    expect(dark.lines.slice(before).filter(line => 'status' in line)).toHaveLength(1)
    expect((await fetch(`${dark.server.url}/readyz`)).status).toBe(503)
    expect((await fetch(`${dark.server.url}/healthz`)).status).toBe(200)
  })

  it.skipIf(!('socket' in inject('postgres')))('on PostgreSQL too, when it is gone in the middle', async () => {
    const { url, drop } = await copyDatabase()
    await using dark = await openHouse({
      reply: findsNothing,
      environment: { WATCHBILL_ROLE: 'web', DATABASE_URL: url },
    })
    const send = (body: string) => post(webhooksOf(dark), { body, secret: dark.github.app.webhookSecret })
    expect((await send('{"a":1}')).status).toBe(202)
    await drop()
    expect((await send('{"a":2}')).status).toBe(503)
  })
})

/** What an event may ask of GitHub, by name and action; whatever is not here asks nothing. */
const reading = [
  'apps/create-installation-access-token',
  'apps/list-repos-accessible-to-installation',
  'repos/get',
  'repos/get-branch',
  'git/get-tree',
]
const checking = ['checks/list-for-ref', 'checks/create']
const asking = ['repos/get-collaborator-permission-level', 'pulls/get', 'pulls/list-files']
const settling = [
  'apps/get-installation',
  'apps/create-installation-access-token',
  'apps/list-repos-accessible-to-installation',
]
const mayAsk: Record<string, string[]> = {
  pull_request: [...reading, ...checking, 'pulls/list-files'],
  'pull_request.labeled': [...reading, ...checking, 'repos/get-collaborator-permission-level'],
  'pull_request.closed': reading,
  'check_run.rerequested': [...reading, ...checking, ...asking],
  'check_run.requested_action': ['apps/create-installation-access-token', 'repos/get-collaborator-permission-level'],
  'check_suite.rerequested': [...reading, ...checking, ...asking],
  'merge_group.checks_requested': [...reading, 'pulls/get', ...checking, 'checks/update'],
  // Where the App may be is asked, since such deliveries may come late or twice.
  ...Object.fromEntries(
    [
      'installation',
      'installation_repositories',
      'repository.created',
      'repository.renamed',
      'repository.transferred',
    ].map(name => [name, settling]),
  ),
  // Whether a routine answers them is read from the default branch; none does here.
  ...Object.fromEntries(
    ['push', 'issues', 'release', 'workflow_run', 'check_suite', 'deployment_status'].map(name => [name, reading]),
  ),
}
const nobodyAsks = (name: string, action: string) => (mayAsk[`${name}.${action}`] ?? mayAsk[name] ?? []).length === 0

describe('every published example', () => {
  let repository: SimulatedRepository
  let all: Sent[]
  beforeAll(async () => {
    const scene = await openScene(house.github)
    repository = scene.repository
    await house.dispatched()
    all = addressed(repository, house.github.app.id, scene.head)
  })
  const send = (sent: Sent) =>
    post(webhooksOf(house), { event: sent.name, body: JSON.stringify(sent.payload), secret: secret() })

  it('is answered, and those that concern no routine ask nothing of GitHub', { timeout: 60_000 }, async () => {
    expect(all).toHaveLength(329)
    const silent = all.filter(({ name, payload }) => nobodyAsks(name, payload.action))
    const before = house.github.requests.length
    const answers = await Promise.all(silent.map(send))
    expect(answers.filter(answer => answer.status !== 202 && answer.status !== 200)).toEqual([])
    await house.dispatched(answers.filter(answer => answer.status === 202).map(answer => answer.id))
    const asked = house.github.requests.slice(before).map(request => `${request.method} ${request.path}`)
    expect(asked).toEqual([])
  })

  it('asks of GitHub what it may, and nothing else', { timeout: 120_000 }, async () => {
    const asking = all.filter(({ name, payload }) => !nobodyAsks(name, payload.action))
    const kinds = Map.groupBy(asking, ({ name, payload }) => `${name}.${payload.action}`)
    expect(kinds.size).toBeGreaterThan(40)
    // Of each kind, by default, another example every day.
    const chosen = long ? asking : [...kinds.values()].map(examples => examples[seed % examples.length]!)
    for (const one of chosen) {
      const before = house.github.requests.length
      const { id, status } = await send(one)
      // Some examples differ only in what was replaced above.
      if (status === 200) continue
      await house.dispatched([id])
      const asked = new Set(house.github.requests.slice(before).map(request => request.operation ?? request.path))
      const may = mayAsk[`${one.name}.${one.payload.action}`] ?? mayAsk[one.name] ?? []
      expect([one.name, one.payload.action, [...asked].filter(call => !may.includes(call))]).toEqual([
        one.name,
        one.payload.action,
        [],
      ])
      expect((await house.server.store.deliveries.get(id))?.status).not.toBe('stored')
    }
    expect(house.github.refusals).toEqual([])
  })

  it(`is harmed, and harms nobody (seed ${seed})`, { timeout: 900_000 }, async () => {
    const sent = harmed(all, long ? 5_000 : 250, seed)
    const known = new Set(Object.values(mayAsk).flat())
    const asked = house.github.requests.length
    const lines = house.lines.length
    const begun = performance.now()
    const waiting = [...sent]
    const ids: string[] = []
    const lane = async () => {
      for (let one = waiting.pop(); one; one = waiting.pop()) {
        const { id, status } = await send(one)
        expect(status).toBe(202)
        ids.push(id)
      }
    }
    await Promise.all(Array.from({ length: 16 }, lane))
    const taken = performance.now() - begun
    await house.dispatched(ids)
    const seconds = (since: number) => ((performance.now() - since) / 1000).toFixed(1)
    console.log(
      `${sent.length} harmed deliveries, taken in ${(taken / 1000).toFixed(1)} s, dispatched in ${seconds(begun)} s`,
    )
    const bugs = house.lines.slice(lines).filter(line => line.code === 'internal')
    expect(bugs).toEqual([])
    const unexpected = house.github.requests.slice(asked).filter(request => !known.has(request.operation ?? ''))
    expect(unexpected.map(request => `${request.method} ${request.path}`.slice(0, 200))).toEqual([])
    expect((await fetch(`${house.server.url}/readyz`)).status).toBe(200)
  })
})

/** 26 MB without saying so beforehand. */
function endless(): ReadableStream {
  let left = 26
  const block = new Uint8Array(1024 * 1024).fill(32)
  return new ReadableStream({
    pull(controller) {
      if (left-- > 0) controller.enqueue(block)
      else controller.close()
    },
  })
}
