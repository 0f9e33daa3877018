// Two servers that answer and two that work, under load, one after the other stopped and started, and their secret and key changed: no delivery refused, no run lost.
import { generateKeyPairSync } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import type { Store } from '../../src/domain/store.ts'
import { startServer } from '../../src/main.ts'
import { readSettings } from '../../src/settings.ts'
import { openStore } from '../../src/store/index.ts'
import { copyDatabase } from '../databases.ts'
import { type GitHubSimulator, startGitHub } from '../simulators/github/index.ts'
import { type ModelSimulator, startModel } from '../simulators/model/index.ts'
import { type Front, startFront } from './front.ts'
import { startRole } from './program.ts'
import { finds, isReviewed, openScene } from './scene.ts'

vi.setConfig({ testTimeout: 300_000, hookTimeout: 90_000 })

/** The long run has each server as a process of its own, stopped by SIGTERM, told by SIGHUP. */
const long = process.env.WATCHBILL_TEST_LONG === '1'
const pulls = long ? 5 : 2

interface Server {
  url: string
  stop(): Promise<unknown>
  renew(): Promise<unknown>
}

let github: GitHubSimulator
let model: ModelSimulator
let front: Front
let database: Awaited<ReturnType<typeof copyDatabase>>
const scratch = mkdtempSync(join(tmpdir(), 'watchbill-rolling-'))
const file = (name: string, text: string) => {
  writeFileSync(join(scratch, name), text)
  return join(scratch, name)
}
const servers = new Map<string, Server>()
let held: Promise<void> | undefined
let store: Store

describe.skipIf(!('socket' in inject('postgres')))('two servers that answer and two that work', () => {
  beforeAll(async () => {
    github = await startGitHub()
    model = await startModel({
      reply: async (request, context) => {
        await held
        return finds(request, context)
      },
    })
    database = await copyDatabase()
    front = await startFront()
    github.deliverTo(`${front.url}/api/github/webhooks`)
    for (const name of ['web 1', 'web 2', 'worker 1', 'worker 2']) await start(name)
    await front.sees(2)
    store = await openStore({ databaseUrl: database.url, dataDir: scratch })
  })
  afterAll(async () => {
    await store?.[Symbol.asyncDispose]()
    for (const server of servers.values()) await server.stop()
    await front[Symbol.asyncDispose]()
    await database.drop()
    await github[Symbol.asyncDispose]()
    await model[Symbol.asyncDispose]()
    rmSync(scratch, { recursive: true, force: true, maxRetries: 3 })
  })

  it('are restarted one after the other, and every delivery is stored and every run done once', async () => {
    const hold = Promise.withResolvers<void>()
    held = hold.promise
    const load = startLoad()
    const scenes: Awaited<ReturnType<typeof openScene>>[] = []
    for (let n = 0; n < pulls; n++) scenes.push(await openScene(github))
    // Every one of them is at its first answer, which does not come until all servers are others.
    await until(() => model.requests.length >= pulls)
    for (const name of ['web 1', 'worker 1', 'web 2', 'worker 2']) await restart(name)
    await front.sees(2)
    const inFlight = (await runs()).filter(run => run.status === 'running' || run.attempt > 1)
    hold.resolve()
    held = undefined
    await github.waitFor(() => scenes.every(({ repository, head }) => isReviewed(repository, head)), 240_000)
    expect(await load.end()).toEqual([])
    expect(load.sent()).toBeGreaterThan(20)
    expect(inFlight).toHaveLength(pulls)
    await until(async () => (await runs()).every(run => run.status === 'ended'))
    const all = await runs()
    expect(all.map(run => run.end)).toEqual(scenes.map(() => 'done'))
    // Each was in the hands of a server that was stopped.
    expect(all.every(run => run.attempt > 1)).toBe(true)
    for (const { repository, number } of scenes) expect(repository.pull(number).reviews).toHaveLength(1)
    expect(github.refusals).toEqual([])
  })

  it('are told of another secret and another key, and nothing is refused from the old ones to the new ones', async () => {
    const load = startLoad()
    const before = github.app.webhookSecret
    const next = 'the next secret of the simulated GitHub'
    file('webhook_secret', next)
    file('webhook_secret_previous', before)
    await renewAll()
    github.app.webhookSecret = next
    await load.goesOn()
    expect((await github.deliver('ping', { zen: 'by the previous one' }, { secret: before })).status).toBe(202)

    const key = generateKeyPairSync('rsa', { modulusLength: 2048 })
    github.app.furtherKeys = [key.publicKey]
    file('private_key', key.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString())
    file('webhook_secret_previous', 'nobody knows this one any more')
    await renewAll()
    Object.assign(github.app, { publicKey: key.publicKey, furtherKeys: [] })
    await load.goesOn()
    expect((await github.deliver('ping', { zen: 'too late' }, { secret: before })).status).toBe(401)
    // Of a repository that nobody has a token for yet: by the new key alone.
    const { repository, head } = await openScene(github)
    await github.waitFor(() => isReviewed(repository, head), 240_000)
    expect(await load.end()).toEqual([])
  })

  it('keep what they have when what is there instead can not be used', async () => {
    const load = startLoad()
    file('private_key', 'no key at all')
    await expect(renewAll()).rejects.toThrow(/PRIVATE_KEY must be a private key in PEM form/)
    await load.goesOn()
    expect(await load.end()).toEqual([])
  })
})

async function start(name: string): Promise<void> {
  const role = name.split(' ')[0] as 'web' | 'worker'
  const dataDir = join(scratch, name)
  mkdirSync(dataDir, { recursive: true })
  const { PRIVATE_KEY, WEBHOOK_SECRET, ...rest } = github.environment()
  const environment = {
    ...rest,
    ...model.environment(),
    PRIVATE_KEY_FILE: servers.size > 0 ? join(scratch, 'private_key') : file('private_key', PRIVATE_KEY!),
    WEBHOOK_SECRET_FILE: servers.size > 0 ? join(scratch, 'webhook_secret') : file('webhook_secret', WEBHOOK_SECRET!),
    WEBHOOK_SECRET_PREVIOUS_FILE:
      servers.size > 0
        ? join(scratch, 'webhook_secret_previous')
        : file('webhook_secret_previous', 'a secret of last year'),
    WATCHBILL_DATA: dataDir,
    DATABASE_URL: database.url,
    WATCHBILL_ROLE: role,
    WATCHBILL_REHEARSED: 'true',
    WATCHBILL_QUIET_SECONDS: '0',
    WATCHBILL_DRAIN_SECONDS: '0.3',
    OSV_URL: 'off',
    PORT: '0',
    HOST: '127.0.0.1',
  }
  const server = long ? await startRole(environment, dataDir) : await startHere(environment)
  servers.set(name, server)
  if (role === 'web') front.upstreams.add(server.url)
}

async function startHere(environment: Record<string, string>): Promise<Server> {
  const running = await startServer(readSettings(environment), {
    timing: { quiet: 0, quietAtMost: 100 },
    waitScale: 0.01,
    log: () => {},
  })
  return {
    url: running.url,
    stop: () => running.stop(0),
    renew: async () => running.renew(readSettings(environment).app),
  }
}

async function restart(name: string): Promise<void> {
  const { stop, url } = servers.get(name)!
  await stop()
  front.upstreams.delete(url)
  await start(name)
  await front.sees(2)
}

async function renewAll(): Promise<void> {
  for (const server of servers.values()) await server.renew()
}

/** Deliveries all the time, each another one. */
function startLoad() {
  const answers: number[] = []
  let ended = false
  const sending = (async () => {
    while (!ended) {
      answers.push((await github.deliver('ping', { zen: `${Math.random()}` })).status)
      await pause(20)
    }
  })()
  return {
    sent: () => answers.length,
    goesOn: async () => {
      const from = answers.length
      await until(() => answers.length > from + 10)
    },
    /** Resolves to the statuses of those that were not stored, of GitHub's own deliveries too. */
    async end() {
      ended = true
      await sending
      await github.settled()
      return [...answers, ...github.deliveries.map(({ status }) => status)].filter(
        status => status !== 202 && status !== 401,
      )
    },
  }
}

const runs = () => store.runs.list({ limit: 100 })

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await pause(50)
}
