// Set-up from nothing to an App on watch, with the whole program: over plain HTTP, and in a real Chromium with and without JavaScript.
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { type Running, startServer } from '../../src/main.ts'
import { readSettings } from '../../src/settings.ts'
import { reasons } from '../../src/web/set-up/reasons.ts'
import { copyDatabase, copyTemplate, usual } from '../databases.ts'
import { type GitHubSimulator, startGitHub } from '../simulators/github/index.ts'
import { fieldOf, newVisitor, pressCreate } from '../web/set-up/visitor.ts'
import { type Chromium, findChromium, startChromium, type Tab } from './chromium.ts'

interface Fresh extends AsyncDisposable {
  github: GitHubSimulator
  server: Running
  dataDir: string
  environment: Record<string, string>
  /** The code that the terminal shows last. */
  code(): string
  lines: string[]
}

/** A server that nobody has set up, and a GitHub without its App. */
async function openFresh(more: Record<string, string> = {}): Promise<Fresh> {
  const github = await startGitHub()
  const dataDir = await mkdtemp(join(tmpdir(), 'watchbill-fresh-'))
  const database = usual.name === 'PGlite' ? undefined : await copyDatabase()
  if (!database) await copyTemplate(join(dataDir, 'database'))
  const { GHE_HOST = '', GHE_PROTOCOL = '' } = github.environment()
  const environment = {
    GHE_HOST,
    GHE_PROTOCOL,
    WATCHBILL_DATA: dataDir,
    ...(database && { DATABASE_URL: database.url }),
    OSV_URL: 'off',
    PORT: '0',
    HOST: 'localhost',
    ...more,
  }
  const codes: string[] = []
  const lines: string[] = []
  const server = await startServer(readSettings(environment), {
    waitScale: 0.01,
    log: (_, sentence) => lines.push(sentence),
    say: line => codes.push(line.split(' ').at(-1)!),
  })
  return {
    github,
    server,
    dataDir,
    environment,
    lines,
    code: () => codes.at(-1)!,
    async [Symbol.asyncDispose]() {
      await server.stop(0)
      await database?.drop()
      await github[Symbol.asyncDispose]()
      await rm(dataDir, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

describe('set-up over HTTP', () => {
  it('makes the App, takes it up without a restart, ends with a delivery that came, and stays closed', async () => {
    await using fresh = await openFresh()
    const { github, server } = fresh
    const hooks = `${server.url}/api/github/webhooks`
    expect((await fetch(hooks, { method: 'POST' })).status).toBe(503)
    const visitor = newVisitor(server.url)
    await visitor.post('/set-up/code', { code: fresh.code() })
    const first = await visitor.get('/')
    expect(first.text).toContain('One thing is missing: the address at which GitHub reaches this server')
    const token = fieldOf(first.text, 'token')
    await visitor.post('/set-up/choices', { token, publicUrl: server.url, organisation: '', keep: 'file' })
    const way = await pressCreate((await visitor.get('/')).text)
    // GitHub tells of the new App before anybody here has its secret.
    await github.settled()
    expect(github.deliveries.map(({ event, status }) => [event, status])).toEqual([['ping', 503]])
    expect(await visitor.get(way.pathname + way.search)).toMatchObject({ status: 303, location: '/set-up/done' })
    expect((await visitor.get('/set-up/done')).text).toContain(`${github.url}/apps/watchbill/installations/new`)
    await github.waitFor(() => github.deliveries[0]?.status === 202 || github.deliveries[0]?.status === 200)
    const done = await visitor.get('/set-up/done')
    expect(done.text).toMatch(/A test delivery \(<code>ping<\/code>\) was received at .* this server/s)
    expect(done.text).not.toContain('http-equiv="refresh"')

    // On watch: a pull request is dispatched, and pages want the server's own token.
    expect((await visitor.get('/')).status).toBe(401)
    const shop = await github.createRepository({ owner: 'acme', name: 'shop', files: { 'a.ts': 'one\n' } })
    await shop.commit({ branch: 'feature', files: { 'a.ts': 'two\n' } })
    await shop.openPull({ head: 'feature', title: 'Two' })
    await github.waitFor(() => shop.checkRuns.length > 0)
    expect(github.refusals).toEqual([])

    // Finished, and started again: nothing of set-up answers any more.
    await visitor.post('/set-up/finish', { token })
    expect((await visitor.get('/set-up/done')).status).toBe(403)
    await server.stop(0)
    const said: string[] = []
    const again = await startServer(readSettings(fresh.environment), { log: () => {}, say: line => said.push(line) })
    expect(said).toEqual([])
    for (const path of ['/set-up/done', '/set-up/made?code=a&state=b'])
      expect((await newVisitor(again.url).get(path)).status).toBe(404)
    // Where GitHub leads whoever installs the App later.
    expect(await newVisitor(again.url).get('/installed')).toMatchObject({ status: 200 })
    expect((await newVisitor(again.url).post('/set-up/code', { code: fresh.code() })).status).toBe(404)
    await again.stop(0)
  })

  it('says what GitHub saw, and what stands in the way of it, while no delivery arrives', async () => {
    await using fresh = await openFresh({ PUBLIC_URL: 'http://127.0.0.1:9/behind' })
    const { github, server } = fresh
    const visitor = newVisitor(server.url)
    await visitor.post('/set-up/code', { code: fresh.code() })
    const way = await pressCreate((await visitor.get('/')).text)
    await github.settled()
    await visitor.get(way.pathname + way.search)
    const page = await visitor.get('/set-up/done')
    expect(page.text).toContain('None was received yet')
    expect(page.text).toMatch(/GitHub tried at \S+ and could not connect/)
    expect(page.text).toContain('without <code>/behind</code>')
    expect(page.text).toContain('http-equiv="refresh" content="3"')
    // Once the tunnel runs, the button has GitHub deliver again.
    github.deliverTo(`${server.url}/api/github/webhooks`)
    const token = fieldOf(page.text, 'token')
    expect((await visitor.post('/set-up/again', { token })).status).toBe(303)
    await github.waitFor(() => github.deliveries[0]?.status === 202 || github.deliveries[0]?.status === 200)
    expect((await visitor.get('/set-up/done')).text).toContain('was received at')
  })
})

it('each permission that the App asks for is explained in plain words', () => {
  const { default_permissions } = parse(readFileSync(new URL('../../app.yml', import.meta.url), 'utf8'))
  expect(Object.keys(reasons).sort()).toEqual(Object.keys(default_permissions).sort())
})

const path = findChromium()

describe.skipIf(path === undefined)('set-up in Chromium (left out where none is installed)', () => {
  let chromium: Chromium
  let fresh: Fresh
  beforeAll(async () => {
    chromium = await startChromium(path!)
  })
  afterAll(() => chromium?.[Symbol.asyncDispose]())
  beforeEach(async () => {
    fresh = await openFresh()
    return () => fresh[Symbol.asyncDispose]()
  })
  const pictures = process.env.WATCHBILL_TEST_PICTURES

  /** By keyboard alone, as somebody would who uses no mouse. */
  async function setUp(tab: Tab, name: string) {
    const picture = async (what: string) => {
      expect(await tab.read('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
      if (pictures) await tab.picture(join(pictures, `${name}-${what}.png`))
    }
    const tabTo = async (wanted: string) => {
      for (let presses = 0; presses < 20; presses++) {
        if (await tab.read(`document.activeElement.matches(${JSON.stringify(wanted)})`)) return
        await tab.press('Tab')
      }
      throw new Error(`the keyboard does not reach ${wanted}`)
    }
    await tab.open(fresh.server.url)
    await picture('1-code')
    await tabTo('#code')
    await tab.type('AAAA-AAAA-AAAA')
    await tab.leads(() => tab.press('Enter'))
    await picture('2-wrong')
    await tabTo('#code')
    await tab.type(fresh.code())
    await tab.leads(() => tab.press('Enter'))
    await tabTo('#publicUrl')
    await tab.type(fresh.server.url)
    await tab.leads(() => tab.press('Enter'))
    await picture('3-app')
    await tabTo('form[action*="settings/apps/new"] button')
    await tab.leads(() => tab.press('Enter'))
    await picture('4-done')
    while (!(await tab.read<string>('document.body.innerText')).includes('was received at'))
      await tab.leads(async () => {})
    await picture('5-received')
    await tabTo('a.button')
    expect(await tab.read('document.activeElement.href')).toBe(`${fresh.github.url}/apps/watchbill/installations/new`)
    // The wrong code is a 403; no policy was broken and no script failed.
    expect(tab.complaints.filter(text => !text.includes('403'))).toEqual([])
  }

  it('works by keyboard, with JavaScript', async () => {
    await setUp(await chromium.newTab(), 'light')
  })

  it('works on a phone, in the dark, without JavaScript', async () => {
    const tab = await chromium.newTab()
    await tab.send('Emulation.setScriptExecutionDisabled', { value: true })
    await tab.send('Emulation.setDeviceMetricsOverride', {
      width: 360,
      height: 740,
      deviceScaleFactor: 2,
      mobile: true,
    })
    await tab.send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: 'dark' }] })
    await setUp(tab, 'phone')
    expect(await tab.read('getComputedStyle(document.body).backgroundColor')).toBe('rgb(13, 17, 23)')
  })
})
