// Each line of `watchbill doctor` that looks outside of the database: once fine, and once wrong with what it then says.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { examineDeliveries } from '../../src/commands/doctor-deliveries.ts'
import { examineGitHub } from '../../src/commands/doctor-github.ts'
import { openInShort } from '../../src/commands/doctor-in-short.ts'
import {
  examineCertificates,
  examineDisk,
  examineModels,
  examineProxy,
  examinePublicUrl,
  type Outside,
  sayDisk,
} from '../../src/commands/doctor-outside.ts'
import { connectGitHub } from '../../src/github/index.ts'
import { type TestDatabase, usual } from '../databases.ts'
import { type GitHubSimulator, startGitHub } from '../simulators/github/index.ts'
import { type ModelSimulator, say, startModel } from '../simulators/model/index.ts'
import { newDelivery } from '../store/samples.ts'

let dir: string
let github: GitHubSimulator
let model: ModelSimulator
let front: Server
let answer = '{"status":"ok"}'
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'doctor-'))
  github = await startGitHub()
  await github.createRepository({ owner: 'acme', name: 'shop', files: { 'a.txt': 'a\n' } })
  model = await startModel({ reply: () => say('Hello.') })
  front = createServer((_, response) => void response.end(answer))
  await new Promise<void>(resolve => front.listen(0, '127.0.0.1', resolve))
})
afterAll(async () => {
  front.close()
  await github[Symbol.asyncDispose]()
  await model[Symbol.asyncDispose]()
  rmSync(dir, { recursive: true, force: true })
})
const frontUrl = () => `http://127.0.0.1:${(front.address() as AddressInfo).port}`
/** Where nobody listens: the discard port, which no ordinary user can open. */
const nobody = 'http://127.0.0.1:9'

const outside = (change: Partial<Outside> = {}): Outside => ({
  anthropic: { apiKey: model.apiKey, baseURL: model.url },
  models: { fast: 'claude-haiku-5-5', standard: 'claude-sonnet-5-5', deep: 'claude-opus-5-5' },
  proxy: {},
  dataDir: dir,
  ...change,
})

describe('what GitHub tells', () => {
  const connect = ({ on = github, ...change }: { on?: typeof github; ahead?: number; apiUrl?: string } = {}) =>
    connectGitHub({
      appId: on.app.id,
      privateKey: on.app.privateKey,
      webhookSecrets: [on.app.webhookSecret],
      apiUrl: change.apiUrl ?? `${on.url}/api/v3`,
      webUrl: on.url,
      readCommand: () => undefined,
      waitScale: 0.001,
      now: () => Date.now() + (change.ahead ?? 0) * 1000,
    })
  const told = async (about: string, publicUrl?: string, change = {}) =>
    (await examineGitHub(await connect(change), publicUrl)).lines.find(line => line.about === about)

  it('is fine where all is', async () => {
    github.deliverTo('https://watch.example.com/api/github/webhooks')
    const { lines, installations } = await examineGitHub(await connect(), 'https://watch.example.com')
    expect(lines.map(({ about, state }) => `${about} ${state}`)).toEqual([
      'GitHub ok',
      'permissions ok',
      'webhook ok',
      'time ok',
    ])
    expect(lines[0]?.says).toBe('it answers, and knows the App as watchbill, installed in one place')
    expect(installations).toBe(1)
  })

  it('GitHub: it does not answer, and what to look at', async () => {
    expect(await told('GitHub', undefined, { apiUrl: `${nobody}/api/v3` })).toEqual({
      about: 'GitHub',
      state: 'wrong',
      says: 'GitHub could not be reached; the work is tried again later. See GHE_HOST, HTTPS_PROXY and the way out of this machine.',
    })
  })

  it('permissions: what is missing, and the page where it is granted', async () => {
    github.setPermissions('acme', {
      metadata: 'read',
      contents: 'read',
      issues: 'read',
      checks: 'read',
      merge_queues: 'read',
    })
    expect(await told('permissions')).toEqual({
      about: 'permissions',
      state: 'wrong',
      says: `The App lacks the permission pull_requests: write, the permission checks: write: add it at ${github.url}/organizations/app-owner/settings/apps/watchbill/permissions; whoever installed the App then accepts it.`,
    })
  })

  it('permissions: an event that nobody tells the App of', async () => {
    const events = parse(readFileSync(new URL('../../app.yml', import.meta.url), 'utf8')).default_events as string[]
    const few = await startGitHub({ events: events.filter(name => name !== 'merge_group') })
    await using _ = few
    await few.createRepository({ owner: 'acme', name: 'shop', files: { 'a.txt': 'a\n' } })
    expect((await told('permissions', undefined, { on: few }))?.says).toMatch(
      /^The App lacks the event merge_group: add it at /,
    )
  })

  it('webhook: the two addresses that differ, or that there is none', async () => {
    github.deliverTo('https://old.example.com/api/github/webhooks')
    expect(await told('webhook', 'https://watch.example.com')).toMatchObject({
      state: 'wrong',
      says: `GitHub delivers to https://old.example.com/api/github/webhooks, and PUBLIC_URL says https://watch.example.com/api/github/webhooks: correct the one at ${github.url}/organizations/app-owner/settings/apps/watchbill, or the other.`,
    })
    github.deliverTo(undefined)
    expect(await told('webhook')).toMatchObject({ state: 'wrong', says: expect.stringContaining('no webhook address') })
  })

  it("time: how far this machine's clock is off, and which way", async () => {
    expect(await told('time', undefined, { ahead: 90 })).toMatchObject({
      state: 'wrong',
      says: expect.stringMatching(/^This machine's clock is (89|90|91) s ahead of GitHub's, .* NTP\.$/),
    })
    expect((await told('time', undefined, { ahead: -45 }))?.says).toMatch(/(44|45|46) s behind GitHub's/)
  })
})

describe('what is around the program', () => {
  it('models: each that can not be asked, with its variable', async () => {
    expect(await examineModels(outside())).toEqual([
      { about: 'models', state: 'ok', says: 'claude-haiku-5-5, claude-sonnet-5-5, claude-opus-5-5 answer' },
    ])
    // Counting is not charged: no message was asked for.
    expect(model.requests).toHaveLength(0)
    const [wrong] = await examineModels(outside({ models: { ...outside().models, deep: 'claude-of-nowhere' } }))
    expect(wrong).toMatchObject({
      state: 'wrong',
      says: expect.stringContaining('claude-of-nowhere (WATCHBILL_MODEL_DEEP)'),
    })
    expect(wrong?.says).not.toContain('haiku')
    const [refused] = await examineModels(outside({ anthropic: { apiKey: 'sk-wrong', baseURL: model.url } }))
    expect(refused?.says).toContain('did not accept the key')
    expect(refused?.says).not.toContain('sk-wrong')
    expect(await examineModels(outside({ anthropic: {} }))).toEqual([])
  })

  it('proxy: the variable that is no address, or leads to nobody', async () => {
    expect(await examineProxy(outside())).toMatchObject({ state: 'ok', says: 'none is set' })
    expect(await examineProxy(outside({ proxy: { HTTPS_PROXY: frontUrl() } }))).toMatchObject({ state: 'ok' })
    expect(await examineProxy(outside({ proxy: { HTTPS_PROXY: nobody } }))).toEqual({
      about: 'proxy',
      state: 'wrong',
      says: 'HTTPS_PROXY names 127.0.0.1, where nobody answers: correct it, or see that it runs.',
    })
    expect((await examineProxy(outside({ proxy: { http_proxy: 'proxy' } }))).says).toContain('http_proxy is no URL')
  })

  it('certificates: a file that is missing, or holds none', () => {
    const none = join(dir, 'none.pem')
    writeFileSync(none, 'nothing')
    const told = (path?: string) => examineCertificates(outside({ proxy: path ? { NODE_EXTRA_CA_CERTS: path } : {} }))
    expect(told()).toMatchObject({ state: 'ok' })
    expect(told(join(dir, 'missing.pem'))).toMatchObject({
      state: 'wrong',
      says: expect.stringContaining('can not be read'),
    })
    expect(told(none)).toMatchObject({ state: 'wrong', says: expect.stringContaining('without a certificate') })
    writeFileSync(none, '-----BEGIN CERTIFICATE-----\nbm9uZQ==\n-----END CERTIFICATE-----\n')
    expect(told(none)).toMatchObject({ state: 'wrong', says: expect.stringContaining('is no certificate') })
  })

  it('way in: PUBLIC_URL leads to nobody, or to somebody else', async () => {
    expect(await examinePublicUrl(outside())).toMatchObject({ state: 'unknown' })
    expect(await examinePublicUrl(outside({ publicUrl: frontUrl() }))).toMatchObject({ state: 'ok' })
    expect((await examinePublicUrl(outside({ publicUrl: nobody }))).says).toBe(
      `${nobody}/healthz does not answer from here: see PUBLIC_URL, its certificate, and the proxy or tunnel in front.`,
    )
    answer = '<h1>Welcome</h1>'
    expect(await examinePublicUrl(outside({ publicUrl: frontUrl() }))).toMatchObject({
      state: 'wrong',
      says: expect.stringContaining('is answered by something else (200)'),
    })
  })

  it('disk: how little is left, and where', async () => {
    expect(sayDisk('/data', 50e9, 100e9)).toEqual({ about: 'disk', state: 'ok', says: '50.0 GB of 100.0 GB are free' })
    expect(sayDisk('/data', 0.5e9, 100e9)).toEqual({
      about: 'disk',
      state: 'wrong',
      says: 'Only 0.5 GB of 100.0 GB are free where WATCHBILL_DATA is (/data): mirrors take up to 20 GB; make room, or move it.',
    })
    expect((await examineDisk({ dataDir: dir })).says).toMatch(/^(Only )?[\d.]+ GB of [\d.]+ GB are free/)
    expect(await examineDisk({ dataDir: join(dir, 'none') })).toMatchObject({ state: 'unknown' })
  })
})

it('what /readyz tells of it is looked up once in a quarter of a minute, however many ask', async () => {
  let clock = 0
  let looks = 0
  const told = openInShort(
    async () => ({ looks: String(++looks) }),
    () => clock,
  )
  expect(await Promise.all([told(), told()])).toEqual([{ looks: '1' }, { looks: '1' }])
  clock = 14_999
  expect(await told()).toEqual({ looks: '1' })
  clock = 15_000
  expect(await told()).toEqual({ looks: '2' })
})

describe('what came', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await usual.open()
  })
  afterAll(() => database.close())
  const now = new Date()
  const later = (minutes: number) => new Date(now.getTime() + minutes * 60_000)
  const told = async (about: string, at: Date, installations?: number) =>
    (await examineDeliveries(database.store, at, installations)).find(line => line.about === about)

  it('last deliveries: none, though the App is installed', async () => {
    expect(await told('last deliveries', now, 1)).toMatchObject({
      state: 'wrong',
      says: expect.stringContaining('see that GitHub reaches PUBLIC_URL'),
    })
    expect(await told('last deliveries', now, 0)).toMatchObject({ state: 'unknown' })
    await database.store.deliveries.accept(newDelivery({ name: 'push', at: now.toISOString() }))
    expect(await told('last deliveries', later(3), 1)).toEqual({
      about: 'last deliveries',
      state: 'ok',
      says: 'push 3 min ago',
    })
  })

  it('missed deliveries: not compared, not all, not lately, and what did not come even then', async () => {
    const { reconciliation } = database.store
    const about = 'missed deliveries'
    expect(await told(about, now)).toMatchObject({ state: 'unknown' })
    const compared = async (complete: boolean, because: string, cut?: true) => {
      const at = now.toISOString()
      await reconciliation.begin({ holder: 'one', at, unlessSince: later(1).toISOString() })
      await reconciliation.end('one', at, {
        complete,
        read: 1,
        failed: 0,
        missing: 0,
        asked: 0,
        because,
        ...(cut && { cut }),
      })
    }
    await compared(false, 'GitHub could not be reached.')
    expect(await told(about, later(1))).toMatchObject({
      state: 'wrong',
      says: "GitHub's list could not all be compared with ours 60 s ago: GitHub could not be reached.",
    })
    await compared(true, 'The list is longer.', true)
    expect(await told(about, later(1))).toMatchObject({
      state: 'wrong',
      says: "The list is longer. Redeliver older ones on the App's page under Advanced; compared 60 s ago.",
    })
    await compared(true, 'All came.')
    expect(await told(about, later(30))).toMatchObject({ state: 'ok', says: 'none; compared 30 min ago' })
    expect(await told(about, later(180))).toMatchObject({ state: 'wrong', says: expect.stringContaining('3 h ago') })
    await reconciliation.ask('1', 'never-came', now.toISOString())
    expect(await told(about, later(4))).toMatchObject({ state: 'ok' })
    expect(await told(about, later(30))).toMatchObject({
      state: 'wrong',
      says: expect.stringMatching(/^1 delivery did not come even when asked for again \(never-came\)/),
    })
  })

  it('clock: not gone yet, and not gone lately', async () => {
    expect(await told('clock', now)).toMatchObject({ state: 'unknown' })
    await database.store.signs.give('tick', now.toISOString())
    expect(await told('clock', later(1))).toMatchObject({ state: 'ok', says: 'it went 60 s ago' })
    expect(await told('clock', later(10))).toEqual({
      about: 'clock',
      state: 'wrong',
      says: 'It went last 10 min ago, so no schedule starts anything: see that a server with WATCHBILL_ROLE all or worker runs.',
    })
  })
})
