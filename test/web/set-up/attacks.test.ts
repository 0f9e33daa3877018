// Set-up attacked: whoever has no code, forges a form or a way back, comes second, or asks by another name gets no App in.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSetUpPorts } from '../../../src/commands/set-up.ts'
import type { Store } from '../../../src/domain/store.ts'
import { connectGitHub } from '../../../src/github/index.ts'
import { readSettings, type Settings } from '../../../src/settings.ts'
import { openSetUp, startWeb, type Web } from '../../../src/web/index.ts'
import { type GitHubSimulator, startGitHub } from '../../simulators/github/index.ts'
import { actionOf, fieldOf, newVisitor, pressCreate, type Visitor } from './visitor.ts'

let github: GitHubSimulator
let dataDir: string
let web: Web
let codes: string[]
let taken: Settings[]
let clock: number

beforeEach(async () => {
  github = await startGitHub()
  dataDir = mkdtempSync(join(tmpdir(), 'watchbill-set-up-'))
  clock = Date.parse('2026-11-21T12:00:00Z')
  await open()
})
afterEach(async () => {
  await web.stop()
  await github[Symbol.asyncDispose]()
  rmSync(dataDir, { recursive: true })
})

async function open(environment: Record<string, string> = {}) {
  codes = []
  taken = []
  const { GHE_HOST, GHE_PROTOCOL } = github.environment()
  const given = {
    GHE_HOST,
    GHE_PROTOCOL,
    WATCHBILL_DATA: dataDir,
    HOST: '127.0.0.1',
    PUBLIC_URL: 'https://watch.example.com',
  }
  const settings = readSettings({ ...given, ...environment })
  const now = () => new Date(clock)
  const ports = openSetUpPorts(settings, {
    log: () => {},
    now,
    say: line => codes.push(line.split(' ').at(-1)!),
    async takeUp(made) {
      taken.push(made)
      const { apiUrl } = made.github
      return connectGitHub({ ...made.app!, apiUrl, readCommand: () => undefined })
    },
  })
  web = await startWeb({
    port: 0,
    host: '127.0.0.1',
    setUp: openSetUp(ports),
    store: {} as Store,
    health: { ready: {} },
    local: { token: 'local', commands: {} },
    webhooks: undefined,
  })
}

/** A visitor who has typed the code. */
async function inside(): Promise<Visitor> {
  const visitor = newVisitor(web.url)
  expect(await visitor.post('/set-up/code', { code: codes.at(-1)! })).toMatchObject({ status: 303, location: '/' })
  return visitor
}

const back = (url: URL) => url.pathname + url.search
const nothingMade = () => {
  expect(taken).toEqual([])
  expect(readdirSync(dataDir)).toEqual([])
}

describe('the code of the terminal', () => {
  it('opens set-up once, in one browser, whose cookie no script reads and no other site sends with a form', async () => {
    const [code] = codes
    expect(code).toMatch(/^[2-9A-HJKMNP-TV-Z]{4}(-[2-9A-HJKMNP-TV-Z]{4}){2}$/)
    const visitor = newVisitor(web.url)
    const entered = await visitor.post('/set-up/code', { code: ` ${code!.toLowerCase().replaceAll('-', ' ')} ` })
    expect(String(entered.headers['set-cookie'])).toMatch(/; HttpOnly; SameSite=Lax/)
    expect((await visitor.get('/')).text).toContain('Create the GitHub App')
    expect(codes).toHaveLength(2)
    const second = newVisitor(web.url)
    expect((await second.post('/set-up/code', { code: code! })).status).toBe(403)
    expect((await second.get('/')).text).not.toContain('manifest')
  })

  it('is needed for everything: without it there is no form to GitHub, no choice, and no way back', async () => {
    const stranger = newVisitor(web.url)
    const page = await stranger.get('/')
    expect(page.text).not.toMatch(/manifest|state=/)
    expect(page.text).not.toContain(codes[0])
    expect((await stranger.post('/set-up/choices', { publicUrl: 'https://evil.example' })).status).toBe(403)
    const way = await pressCreate((await (await inside()).get('/')).text)
    expect(await stranger.get(back(way))).toMatchObject({ status: 403 })
    expect((await stranger.get('/set-up/done')).status).toBe(403)
    nothingMade()
  })

  it('can not be tried out: after ten wrong ones nobody gets in for a minute, with the right one neither', async () => {
    const guesser = newVisitor(web.url)
    for (let tries = 0; tries < 10; tries++)
      expect((await guesser.post('/set-up/code', { code: `AAAA-AAAA-AAA${tries}` })).status).toBe(403)
    const stopped = await guesser.post('/set-up/code', { code: codes[0]! })
    expect(stopped).toMatchObject({ status: 429, headers: { 'retry-after': '60' } })
    clock += 60_001
    expect((await guesser.post('/set-up/code', { code: codes[0]! })).status).toBe(303)
  })

  it('opens it for an hour', async () => {
    const visitor = await inside()
    const way = await pressCreate((await visitor.get('/')).text)
    clock += 3_600_000
    expect((await visitor.get(back(way))).status).toBe(403)
    nothingMade()
  })
})

describe('the way back from GitHub', () => {
  it('needs the state that this browser was given', async () => {
    const [mine, other] = [await inside(), await inside()]
    const way = await pressCreate((await mine.get('/')).text)
    expect((await other.get(back(way))).status).toBe(403)
    for (const state of ['', 'x', actionOf((await other.get('/')).text).split('state=')[1]!])
      expect((await mine.get(`/set-up/made?code=${way.searchParams.get('code')}&state=${state}`)).status).toBe(403)
    nothingMade()
    expect(await mine.get(back(way))).toMatchObject({ status: 303, location: '/set-up/done' })
  })

  it('is good once: sent again it makes nothing, and set-up is closed for every browser', async () => {
    const [mine, other] = [await inside(), await inside()]
    const otherPage = (await other.get('/')).text
    const way = await pressCreate((await mine.get('/')).text)
    await mine.get(back(way))
    expect((await mine.get(back(way))).status).toBe(409)
    const second = await other.get(back(await pressCreate(otherPage)))
    expect(second).toMatchObject({ status: 409, text: expect.stringContaining('closed for good') })
    expect((await newVisitor(web.url).post('/set-up/code', { code: codes.at(-1)! })).status).toBe(409)
    expect((await other.get('/set-up/done')).status).toBe(403)
    expect(taken).toHaveLength(1)
  })

  it('brings a code that GitHub does not know: nothing is made, and it can be begun again', async () => {
    const visitor = await inside()
    const state = actionOf((await visitor.get('/')).text).split('state=')[1]
    const refused = await visitor.get(`/set-up/made?code=made-up&state=${state}`)
    expect(refused).toMatchObject({ status: 502, text: expect.stringContaining('GitHub does not know this code') })
    nothingMade()
    const way = await pressCreate((await visitor.get('/')).text)
    expect((await visitor.get(back(way))).status).toBe(303)
  })

  it('by two browsers at once lets one of them in', async () => {
    const visitors = [await inside(), await inside(), await inside()]
    const ways = await Promise.all(visitors.map(async one => pressCreate((await one.get('/')).text)))
    const answers = await Promise.all(visitors.map((one, at) => one.get(back(ways[at]!))))
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 409, 409])
    expect(taken).toHaveLength(1)
  })

  it('never writes over an App that another process has kept meanwhile', async () => {
    const visitor = await inside()
    const way = await pressCreate((await visitor.get('/')).text)
    writeFileSync(join(dataDir, 'app.json'), 'theirs')
    expect((await visitor.get(back(way))).status).toBe(409)
    expect(readFileSync(join(dataDir, 'app.json'), 'utf8')).toBe('theirs')
    expect(taken).toEqual([])
  })
})

describe('forms', () => {
  it('of another site change nothing, with the cookie neither', async () => {
    const visitor = await inside()
    const token = fieldOf((await visitor.get('/')).text, 'token')
    const evil = { publicUrl: 'https://evil.example', organisation: '', keep: 'file' }
    for (const headers of [{ origin: 'https://evil.example' }, { origin: 'null' }])
      expect((await visitor.post('/set-up/choices', { ...evil, token }, headers)).status).toBe(403)
    expect((await visitor.post('/set-up/choices', evil)).status).toBe(403)
    expect((await visitor.post('/set-up/choices', { ...evil, token: 'x' })).status).toBe(403)
    const [code] = codes.slice(-1)
    expect(
      (await newVisitor(web.url).post('/set-up/code', { code: code! }, { origin: 'https://evil.example' })).status,
    ).toBe(403)
    expect((await visitor.get('/')).text).not.toContain('evil.example')
  })

  it('of ours do, and what is no address or no organisation is refused with a sentence', async () => {
    const visitor = await inside()
    const token = fieldOf((await visitor.get('/')).text, 'token')
    const choose = (more: object) =>
      visitor.post('/set-up/choices', {
        token,
        publicUrl: 'https://new.example/',
        organisation: 'acme',
        keep: 'file',
        ...more,
      })
    for (const publicUrl of ['javascript:alert(1)', 'https://a:b@new.example', 'https://new.example/?x', 'new.example'])
      expect(await choose({ publicUrl })).toMatchObject({
        status: 400,
        text: expect.stringContaining('The address has to begin'),
      })
    expect((await choose({ organisation: '../evil' })).text).toContain('letters, digits and hyphens')
    expect((await choose({})).status).toBe(303)
    const { text } = await visitor.get('/')
    expect(actionOf(text)).toContain(`${github.url}/organizations/acme/settings/apps/new?state=`)
    expect(JSON.parse(fieldOf(text, 'manifest'))).toMatchObject({
      public: false,
      hook_attributes: { url: 'https://new.example/api/github/webhooks' },
      redirect_url: `${web.url}/set-up/made`,
      setup_url: 'https://new.example/installed',
    })
  })

  it('larger than any of ours are not read', async () => {
    const huge = await newVisitor(web.url).post('/set-up/code', { code: codes[0]!, more: 'x'.repeat(5_000) })
    expect(huge.status).toBe(403)
  })
})

describe('names', () => {
  it('by which nobody calls this server are refused: a page elsewhere whose name leads here learns nothing', async () => {
    const visitor = await inside()
    for (const host of ['evil.example', 'evil.example:3000', 'localhost.evil.example'])
      for (const path of ['/', '/set-up/done', '/set-up/made?code=a&state=b'])
        expect(await visitor.get(path, { host })).toMatchObject({
          status: 421,
          text: expect.not.stringContaining('manifest'),
        })
    const posted = await newVisitor(web.url).post(
      '/set-up/code',
      { code: codes.at(-1)! },
      { host: 'evil.example', origin: 'http://evil.example' },
    )
    expect(posted.status).toBe(421)
  })

  it('of its own are taken: localhost, numbers, and PUBLIC_URL, to which GitHub then leads back', async () => {
    for (const host of ['localhost:3000', '192.168.1.7:3000', '[::1]:3000'])
      expect((await newVisitor(web.url).get('/', { host })).status).toBe(200)
    const proxied = newVisitor(web.url)
    const outside = { origin: 'https://watch.example.com', host: 'watch.example.com' }
    const entered = await proxied.post('/set-up/code', { code: codes.at(-1)! }, outside)
    expect(String(entered.headers['set-cookie'])).toContain('Secure')
    const { text } = await proxied.get('/', { host: 'watch.example.com' })
    expect(JSON.parse(fieldOf(text, 'manifest')).redirect_url).toBe('https://watch.example.com/set-up/made')
  })

  it('with a path: behind a proxy that takes it off, pages and GitHub lead to below it', async () => {
    await web.stop()
    await open({ PUBLIC_URL: 'https://example.com/watchbill' })
    const visitor = newVisitor(web.url)
    const outside = { origin: 'https://example.com', host: 'example.com' }
    expect((await visitor.get('/', outside)).text).toContain('action="/watchbill/set-up/code"')
    const entered = await visitor.post('/set-up/code', { code: codes[0]! }, outside)
    expect(entered).toMatchObject({ status: 303, location: '/watchbill/' })
    expect(String(entered.headers['set-cookie'])).toContain('Path=/watchbill;')
    const { text } = await visitor.get('/', outside)
    expect(JSON.parse(fieldOf(text, 'manifest'))).toMatchObject({
      redirect_url: 'https://example.com/watchbill/set-up/made',
      hook_attributes: { url: 'https://example.com/watchbill/api/github/webhooks' },
    })
  })

  it('of Probot’s own set-up are nothing here', async () => {
    for (const path of ['/probot', '/probot/setup', '/probot/import', '/probot/success'])
      for (const visit of [newVisitor(web.url).get(path), newVisitor(web.url).post(path, {})])
        expect((await visit).status).toBe(404)
  })
})

describe('pages', () => {
  it('run no script, load nothing, are kept nowhere, and lead to GitHub alone', async () => {
    const visitor = await inside()
    const { headers, text } = await visitor.get('/')
    expect(headers['content-security-policy']).toBe(
      `default-src 'none'; style-src 'sha256-${/sha256-([\w+/=]+)/.exec(String(headers['content-security-policy']))?.[1]}'; form-action 'self' ${github.url}; base-uri 'none'; frame-ancestors 'none'`,
    )
    expect(headers['cache-control']).toBe('no-store')
    expect(text).not.toMatch(/<script|smee\.io|src=|@import|url\(/)
  })

  it('show key and secrets to the browser that made the App, where nothing is to be written, until it is finished', async () => {
    const [visitor, other] = [await inside(), await inside()]
    const token = fieldOf((await visitor.get('/')).text, 'token')
    const publicUrl = 'https://watch.example.com'
    await visitor.post('/set-up/choices', { token, publicUrl, organisation: '', keep: 'environment' })
    await visitor.get(back(await pressCreate((await visitor.get('/')).text)))
    expect(existsSync(join(dataDir, 'app.json'))).toBe(false)
    const { text } = await visitor.get('/set-up/done')
    expect(text).toContain(`WEBHOOK_SECRET=${github.app.webhookSecret}`)
    const shown = Object.fromEntries(
      (/<pre[^>]*>([^<]*)<\/pre>/.exec(text)?.[1] ?? '')
        .split('\n')
        .map(line => [line.split('=')[0], line.slice(line.indexOf('=') + 1)]),
    )
    expect(readSettings(shown).app).toMatchObject({ appId: String(github.app.id), privateKey: github.app.privateKey })
    expect((await other.get('/set-up/done')).text).not.toContain('WEBHOOK_SECRET')
    expect((await visitor.post('/set-up/finish', { token })).text).toContain('Set-up is finished')
    expect((await visitor.get('/set-up/done')).status).toBe(403)
  })
})

describe('what is kept', () => {
  it('is read by the server’s user alone, and the environment wins over it', async () => {
    const visitor = await inside()
    await visitor.get(back(await pressCreate((await visitor.get('/')).text)))
    const file = join(dataDir, 'app.json')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readdirSync(dataDir)).toEqual(['app.json'])
    const { GHE_HOST = '', GHE_PROTOCOL = '' } = github.environment()
    const base = { GHE_HOST, GHE_PROTOCOL, WATCHBILL_DATA: dataDir }
    expect(readSettings(base)).toMatchObject({
      app: {
        appId: String(github.app.id),
        privateKey: github.app.privateKey,
        webhookSecrets: [github.app.webhookSecret],
      },
      oauth: { clientId: github.app.clientId, clientSecret: github.app.clientSecret },
      publicUrl: 'https://watch.example.com',
    })
    const others = {
      ...base,
      APP_ID: '77',
      PRIVATE_KEY: github.app.privateKey,
      WEBHOOK_SECRET: 'another secret, as long',
      PUBLIC_URL: 'https://other.example',
    }
    const own = readSettings(others)
    expect(own).toMatchObject({
      app: { appId: '77', webhookSecrets: ['another secret, as long'] },
      publicUrl: 'https://other.example',
    })
    expect(own.oauth).toBeUndefined()
    // Half an App in the environment is not made whole by the other half of this one.
    expect(() => readSettings({ ...base, APP_ID: '77' })).toThrow('PRIVATE_KEY or PRIVATE_KEY_PATH is not set')
  })

  it('is refused where others can read it, where it is broken, and where it is of another GitHub; with a sentence each', async () => {
    const file = join(dataDir, 'app.json')
    const settings = () => readSettings({ WATCHBILL_DATA: dataDir })
    writeFileSync(file, '{', { mode: 0o600 })
    expect(settings).toThrow('app.json can not be read; restore it from a backup')
    writeFileSync(file, '{"github":"https://git.example.com"}')
    expect(settings).toThrow('is of an App at https://git.example.com, and GHE_HOST says https://github.com')
    rmSync(file)
    writeFileSync(file, '{"github":"https://github.com"}', { mode: 0o644 })
    expect(settings).toThrow('can be read by other users of this machine')
  })

  it('is not read by commands from a directory that nobody named: they run inside repositories that may be hostile', () => {
    const privateKey = github.app.privateKey
    const theirs = { APP_ID: '666', PRIVATE_KEY: privateKey, WEBHOOK_SECRET: 'a secret of somebody else' }
    mkdirSync(join(dataDir, '.watchbill'))
    const file = join(dataDir, '.watchbill/app.json')
    writeFileSync(file, JSON.stringify({ github: 'https://github.com', ...theirs }), { mode: 0o600 })
    expect(readSettings({}, { cwd: dataDir }).app).toBeUndefined()
    expect(readSettings({}, { cwd: dataDir, serves: true }).app?.appId).toBe('666')
  })
})
