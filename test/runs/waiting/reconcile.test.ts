// Deliveries that never came: what GitHub lists as failed or made to somebody else is asked for again, each attempt once, by one process.
import { createHash, randomUUID } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { DeliveryAttempt, Host } from '../../../src/domain/host.ts'
import type { Store } from '../../../src/domain/store.ts'
import { connectGitHub } from '../../../src/github/index.ts'
import { type ReconcilePorts, reconcile } from '../../../src/runs/waiting/reconcile.ts'
import { compare } from '../../../src/runs/waiting/redeliver.ts'
import { watchDeliveries } from '../../../src/runs/waiting/watch-deliveries.ts'
import { databases, type TestDatabase } from '../../databases.ts'
import { type GitHubSimulator, startGitHub } from '../../simulators/github/index.ts'
import { newDelivery } from '../../store/samples.ts'

describe('what is asked for again', () => {
  const attempt = (id: string, status: number, change: Partial<DeliveryAttempt> = {}): DeliveryAttempt => {
    return { id, delivery: 'd', event: 'push', at: '2026-11-21T10:00:00.000Z', status, ...change }
  }
  const asked = (id: string, taken = true) => ({ attempt: id, delivery: 'd', taken })
  const decide = (change: Partial<Parameters<typeof compare>[0]>) => {
    const watchedSince = '2026-11-21T09:00:00.000Z'
    const knowsEvent = (name: string) => name === 'push'
    const { again, left } = compare({
      attempts: [],
      known: new Set(),
      asked: [],
      watchedSince,
      knowsEvent,
      ...change,
    })
    return [again.map(one => `${one.kind} ${one.attempt.id}`).join(), left]
  }

  it.each([
    ['a failed one', { attempts: [attempt('1', 500)] }, 'failed 1'],
    ['one that got no answer', { attempts: [attempt('1', 0)] }, 'failed 1'],
    ['nothing of what is here', { attempts: [attempt('1', 500)], known: new Set(['d']) }, ''],
    ['nothing of an event that nobody here knows', { attempts: [attempt('1', 500, { event: 'x' })] }, ''],
    ['one that somebody else answered', { attempts: [attempt('1', 200)] }, 'missing 1'],
    [
      'none that was answered before this database watched',
      { attempts: [attempt('1', 202, { at: '2026-11-21T08:59:59.000Z' })] },
      '',
    ],
    ['none that is on its way', { attempts: [attempt('1', 500)], asked: [asked('1')] }, ''],
    ['one whose wish may be lost', { attempts: [attempt('1', 500)], asked: [asked('1', false)] }, 'failed 1'],
    ['the newest attempt', { attempts: [attempt('2', 503), attempt('1', 500)], asked: [asked('1')] }, 'failed 2'],
    ['one that was refused again', { attempts: [attempt('2', 401)], asked: [asked('1')] }, 'failed 2'],
    ['the oldest first', { attempts: [attempt('2', 0, { delivery: 'e' }), attempt('1', 0)] }, 'failed 1,failed 2'],
  ])('is %s', (_, change, expected) => {
    expect(decide(change)).toEqual([expected, 0])
  })

  it.each([
    ['answered by somebody else a second time', { attempts: [attempt('2', 200)], asked: [asked('1')] }],
    [
      'tried ten times',
      { attempts: [attempt('99', 0)], asked: Array.from({ length: 10 }, (_, index) => asked(String(index))) },
    ],
  ])('is none that was %s, which is counted', (_, change) => {
    expect(decide(change)).toEqual(['', 1])
  })
})

describe.each(databases)('the comparison on $name', ({ open }) => {
  let database: TestDatabase
  let store: Store
  let github: GitHubSimulator
  let host: Host
  let hook: Server
  /** Status; undefined: it takes the delivery as the server does. */
  let answers: number | undefined
  let clock: number
  let lines: Record<string, unknown>[]
  const now = () => new Date(clock)
  const ports = (): ReconcilePorts => ({
    store,
    host,
    now,
    newId: randomUUID,
    log: (line, sentence) => lines.push({ ...line, sentence }),
  })
  const connect = (now?: () => number) =>
    connectGitHub({
      appId: github.app.id,
      privateKey: github.app.privateKey,
      webhookSecrets: [github.app.webhookSecret],
      apiUrl: `${github.url}/api/v3`,
      webUrl: github.url,
      readCommand: () => undefined,
      waitScale: 0.001,
      ...(now && { now }),
    })
  const look = (unlessSince = now()) => reconcile(ports(), unlessSince.toISOString(), new AbortController().signal)
  const asks = () => github.requests.filter(one => one.operation === 'apps/redeliver-webhook-delivery')
  const deliver = async (status: number | undefined) => {
    answers = status
    const { id } = await github.deliver('push', { ref: randomUUID() })
    answers = undefined
    return id
  }
  const isHere = async (id: string) => (await store.deliveries.known([id])).has(id)

  beforeAll(async () => {
    database = await open()
    github = await startGitHub()
    host = await connect()
    hook = createServer(async (request, response) => {
      if (answers === 0) return request.destroy()
      const payload = await json(request)
      const id = String(request.headers['x-github-delivery'])
      const bodyHash = createHash('sha256').update(JSON.stringify(payload)).digest('hex')
      if (answers === undefined)
        await store.deliveries.accept(newDelivery({ id, name: 'push', payload, bodyHash, at: now().toISOString() }))
      response.writeHead(answers ?? 202).end()
    })
    await new Promise<void>(resolve => hook.listen(0, '127.0.0.1', resolve))
    github.deliverTo(`http://127.0.0.1:${(hook.address() as AddressInfo).port}/`)
    store = database.store
    clock = Date.now()
    lines = []
    await look()
  })
  beforeEach(() => {
    clock += 3_600_000
    github.now = now
    lines = []
    github.requests.length = 0
    github.faults.clear()
  })
  afterAll(async () => {
    hook.closeAllConnections()
    hook.close()
    await github[Symbol.asyncDispose]()
    await database.close()
    expect(github.refusals).toEqual([])
  })

  it('asks for what failed and what never came, once each, and says so', async () => {
    const here = await deliver(undefined)
    const failed = await deliver(502)
    const missing = await deliver(200)
    const outcome = await look()
    await github.settled()
    expect(outcome).toMatchObject({ complete: true, failed: 1, missing: 1, asked: 2 })
    expect([await isHere(here), await isHere(failed), await isHere(missing)]).toEqual([true, true, true])
    expect(asks()).toHaveLength(2)
    expect(lines.map(({ delivery, redelivery }) => [delivery, redelivery])).toEqual([
      [failed, 'failed'],
      [missing, 'missing'],
      [undefined, undefined],
    ])
    expect(lines[0]?.sentence).toBe('A delivery of push was answered with 502; GitHub is asked to deliver it again.')
    expect(lines[2]?.sentence).toContain('1 failed and 1 never came, 2 of which GitHub delivers again')
    clock += 1
    expect(await look()).toMatchObject({ complete: true, asked: 0 })
    expect(asks()).toHaveLength(2)
    expect((await store.reconciliation.last())?.ended).toMatchObject({ complete: true, asked: 0 })
  })

  it('asks again for an attempt that failed in its turn, and counts what is still not here', async () => {
    const id = await deliver(0)
    answers = 503
    await look()
    await github.settled()
    const [before, after] = [new Date(clock - 1).toISOString(), new Date(clock + 1).toISOString()]
    expect(await store.reconciliation.missing(before, after)).toEqual([id])
    clock += 3_600_000
    answers = undefined
    expect(await look()).toMatchObject({ failed: 1, asked: 1 })
    await github.settled()
    expect(await isHere(id)).toBe(true)
    expect(await store.reconciliation.missing(before, now().toISOString())).toEqual([])
  })

  it('reads all pages back to the last comparison, and no further', async () => {
    for (let index = 0; index < 101; index++) await deliver(500)
    clock += 11 * 60_000
    expect(await look()).toMatchObject({ complete: true, failed: 101, asked: 101 })
    const lists = () => github.requests.filter(one => one.operation === 'apps/list-webhook-deliveries')
    expect(lists().length).toBe(2)
    await github.settled()
    clock += 3_600_000
    github.requests.length = 0
    expect(await look()).toMatchObject({ complete: true, asked: 0 })
  })

  it('comes back to what GitHub took and did not answer, and ends where GitHub holds it up', async () => {
    const id = await deliver(500)
    github.faults.add({ match: { operation: 'apps/redeliver-webhook-delivery' }, kind: 'cut' })
    expect(await look()).toMatchObject({ complete: false, failed: 1, asked: 0 })
    expect(lines.at(-1)).toMatchObject({ problem: expect.stringContaining("Of 1, GitHub's answer was lost") })
    expect(await isHere(id)).toBe(false)
    expect(await look()).toMatchObject({ complete: true, failed: 1, asked: 1 })
    await github.settled()
    expect(await isHere(id)).toBe(true)
    clock += 1
    github.faults.add({ match: { operation: 'apps/list-webhook-deliveries' }, kind: '403' })
    expect(await look()).toMatchObject({ complete: false, because: expect.stringContaining('forbids') })
  })

  it('misses nothing where our clock is ahead of that of GitHub, which lists by its own', async () => {
    const ahead = 2 * 3_600_000
    const oursNow = () => new Date(clock + ahead)
    const host = await connect(() => oursNow().getTime())
    const look = () =>
      reconcile({ ...ports(), host, now: oursNow }, oursNow().toISOString(), new AbortController().signal)
    clock += 1
    expect(await look()).toMatchObject({ complete: true })
    clock += 600_000
    const id = await deliver(500)
    clock += 3_000_000
    expect(await look()).toMatchObject({ complete: true, failed: 1, asked: 1 })
    await github.settled()
    expect(await isHere(id)).toBe(true)
    clock += ahead
  })

  it('takes a list that is longer than what is read of it as far as it is read, once, and says how far', async () => {
    await deliver(500)
    const cut: Pick<Host, 'attempts'> = { attempts: async (...of) => ({ ...(await host.attempts(...of)), all: false }) }
    const at = now().toISOString()
    const outcome = await reconcile({ ...ports(), host: { ...host, ...cut } }, at, new AbortController().signal)
    expect(outcome).toMatchObject({ complete: true, cut: true, asked: 1 })
    expect(lines.at(-1)).toMatchObject({ problem: expect.stringContaining('is longer than what is read of it') })
    expect((await store.reconciliation.last())?.reached).toBe(at)
    clock += 1
    const stopped = reconcile({ ...ports(), host: { ...host, ...cut } }, now().toISOString(), AbortSignal.abort())
    expect(await stopped).toMatchObject({ complete: false })
    await github.settled()
  })

  it('is made by one process at a time, of which a dead one is succeeded', async () => {
    const at = now().toISOString()
    const turn = { at, unlessSince: at }
    expect(await store.reconciliation.begin({ holder: 'first', ...turn })).toBeDefined()
    expect(await look()).toBeUndefined()
    clock += 10_000
    expect(await store.reconciliation.hold('first', now().toISOString())).toBe(true)
    clock += 10_000
    expect(await look()).toBeUndefined()
    clock += 10_000
    expect(await look()).toMatchObject({ complete: true })
    expect(await store.reconciliation.hold('first', now().toISOString())).toBe(false)
  })

  it('happens at the start, and of many starts at one time once', async () => {
    await deliver(500)
    const told = Promise.withResolvers<void>()
    const log = (line: object) => 'reconciled' in line && told.resolve()
    const watches = Array.from({ length: 3 }, () => watchDeliveries({ ...ports(), log }, 0.001))
    await told.promise
    await Promise.all(watches.map(watch => watch.stop()))
    await github.settled()
    expect(asks()).toHaveLength(1)
  })

  it('is free at once where only one process can have the database', async () => {
    if (store.engine !== 'PGlite') return
    const at = now().toISOString()
    await store.reconciliation.begin({ holder: 'killed', at, unlessSince: at })
    store = await database.reopen()
    expect(await look()).toMatchObject({ complete: true })
  })
})
