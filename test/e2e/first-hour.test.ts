// From a clean clone to the first review with nothing but the README: its commands in a shell, its buttons in Chromium, an Enterprise Server on the other side.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { parseEnv } from 'node:util'
import { describe, expect, it } from 'vitest'
import type { AppFile } from '../../src/domain/made-app.ts'
import type { Session } from '../../src/web/set-up/guard.ts'
import { appPage, codePage, donePage } from '../../src/web/set-up/pages.ts'
import { textOf } from '../docs/carry-out.ts'
import { root, section } from '../docs/pages.ts'
import { startGitHub } from '../simulators/github/index.ts'
import { startModel } from '../simulators/model/index.ts'
import { findChromium, startChromium, type Tab } from './chromium.ts'
import { base, changed, finds, quote } from './scene.ts'

const chapter = section('README.md', '## Set it up with GitHub').replaceAll(/\s+/g, ' ')
const names = [...chapter.matchAll(/\*\*([^*]+)\*\*/g)].map(([, name = '']) => name)

/** What the chapter says, or nobody can do it. */
function told<T extends string>(text: T): T {
  if (!chapter.includes(text)) throw new Error(`the README does not say: ${text}`)
  return text
}

const pressed = [
  'Code',
  'Continue',
  'Organisation that it shall belong to',
  'Use these',
  'Create it on github.com',
  'Install the app',
] as const

it('what the README has people press and fill in stands on the pages of set-up by that name', () => {
  const session: Session = {
    id: 'i',
    token: 't',
    base: 'http://localhost:3000',
    until: 0,
    organisation: '',
    publicUrl: 'https://watch.test',
    keep: 'file',
    states: [],
  }
  const file: AppFile = { description: '', url: '', default_permissions: {}, default_events: [] }
  const app = { name: 'watchbill', install: 'https://github.com/apps/watchbill/installations/new' }
  const delivered = { app, received: undefined, tried: undefined, problem: undefined, late: false, keyless: false }
  const pages = [
    codePage(session.base, 'https://watch.test/api/github/webhooks'),
    appPage({ session, action: 'a', manifest: '{}', github: 'https://github.com', file }),
    donePage(session, delivered, undefined),
  ]
  const shown = pages.map(({ body }) => String(body)).join('')
  const labels = [...shown.matchAll(/<(button|label|a)\b[^>]*>([^<]+)</g)].map(([, , name = '']) => name)
  for (const name of pressed)
    expect([names, labels]).toEqual([expect.arrayContaining([name]), expect.arrayContaining([name])])
})

it('a step that the README does not have can not be done', () => {
  expect(() => told('npm run build')).toThrow('the README does not say: npm run build')
  expect(() => told('**Agree**')).toThrow('the README does not say: **Agree**')
})

const chromium = findChromium()
const long = process.env.WATCHBILL_TEST_LONG === '1'
const reason = !long
  ? 'in the long run'
  : !chromium
    ? 'where there is Chromium'
    : existsSync(join(root, '.git'))
      ? ''
      : 'in a clone'

describe.skipIf(reason !== '')(`the first hour${reason && ` (only ${reason})`}`, () => {
  it('ends with a review on the Enterprise Server, in less than five minutes', { timeout: 300_000 }, async () => {
    await using stack = new AsyncDisposableStack()
    const github = stack.use(await startGitHub())
    const model = stack.use(await startModel({ reply: finds }))
    const folder = await mkdtemp(join(tmpdir(), 'watchbill-first-hour-'))
    stack.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
    const repository = await github.createRepository({ owner: 'acme', name: 'shop', files: base, installed: false })
    await repository.commit({ branch: 'feature', files: changed })
    const started = performance.now()
    const clock = (what: string) => console.log(`${((performance.now() - started) / 1000).toFixed(1)} s  ${what}`)

    const place = join(folder, 'watchbill')
    await type(textOf('README.md', 'clone'), folder).succeeds()
    await type(told('npm ci'), place).succeeds()
    clock('installed')

    const port = await freePort()
    const publicUrl = `http://localhost:${port}`
    const { GHE_HOST, GHE_PROTOCOL } = github.environment()
    const own = { ...model.environment(), PUBLIC_URL: publicUrl } as Record<string, string>
    const env = textOf('README.md', 'env').replaceAll(/^(\w+)=.*$/gm, (_, name) => `${name}=${own[name]}`)
    expect(Object.keys(parseEnv(env))).toEqual(['ANTHROPIC_API_KEY', 'PUBLIC_URL'])
    const simulated = { GHE_PROTOCOL, ANTHROPIC_BASE_URL: own.ANTHROPIC_BASE_URL, OSV_URL: 'off', PORT: port }
    const more = Object.entries({ [told('GHE_HOST')]: GHE_HOST, ...simulated }).map(
      ([name, value]) => `${name}=${value}`,
    )
    await writeFile(join(place, told('.env')), `${env}${more.join('\n')}\n`)

    const server = type(textOf('README.md', 'run=start'), place)
    stack.defer(async () => void (await server.interrupt()))
    const code = (await server.says(/set-up code[^:]*: (\S+)/i))[1]!
    clock('the terminal shows the code')

    const browser = stack.use(await startChromium(chromium!))
    const tab = await browser.newTab()
    const press = (name: string, there = name) => {
      told(`**${name}**`)
      return click(tab, there)
    }
    await tab.open(told('http://localhost:3000/').replace('3000', String(port)))
    await press('Code')
    await tab.type(code)
    await tab.leads(() => press('Continue'))
    await press('Organisation that it shall belong to')
    await tab.type('acme')
    await tab.leads(() => press('Use these'))
    await tab.leads(() => press('Create it on github.com', `Create it on ${GHE_HOST}`))
    while (!(await tab.read<string>('document.body.innerText')).includes('was received at'))
      await tab.leads(async () => {})
    clock('the App is made, and its test delivery came')
    await tab.leads(() => press('Install the app'))
    await tab.leads(() => press('Install'))
    expect(await tab.read('location.href')).toContain(`${publicUrl}/installed`)
    expect(await tab.read('document.body.innerText')).toContain('Open a pull request')
    expect(tab.complaints).toEqual([])
    clock('it is installed')

    const { number } = await repository.openPull({ head: 'feature', title: told('open a pull request') })
    await github.waitFor(() => repository.pull(number).reviews.length > 0, 120_000)
    const [comment] = repository.pull(number).reviewComments
    expect(comment).toMatchObject({ path: 'src/price.ts', line: 2 })
    expect(comment?.body).toContain(quote.trim())
    clock('the first review stands, with its inline comment')

    await github.waitFor(() => repository.checkRuns().every(check => check.status === 'completed'), 60_000)
    expect(await type(told('npx watchbill doctor'), place).succeeds()).toContain('All is well.')
    told('Ctrl-C stops the server')
    expect(await server.interrupt()).toBe(0)
    const again = type(told('npm start'), place)
    stack.defer(async () => void (await again.interrupt()))
    await again.says(/Watchbill answers at/)
    expect([github.refusals, model.refusals]).toEqual([[], []])
  })
})

/** As in a terminal: with the machine's own Node, and Ctrl-C for all that was started there. */
function type(command: string, cwd: string) {
  const { NODE_OPTIONS, WATCHBILL_TEST_LONG, ...rest } = process.env
  const inherited = Object.entries(rest).filter(([name]) => !/^(npm_|VITEST|NODE_ENV$)/.test(name))
  const PATH = (rest.PATH ?? '')
    .split(delimiter)
    .filter(folder => !folder.includes('node_modules'))
    .join(delimiter)
  // The project is had from here, by the address that the README gives.
  const git = {
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: `url.file://${root}.insteadOf`,
    GIT_CONFIG_VALUE_0: 'https://github.com/watchbill/watchbill',
  }
  const env = { ...Object.fromEntries(inherited), ...git, PATH }
  const child = spawn('bash', ['-euo', 'pipefail', '-c', command], { cwd, env, stdio: 'pipe', detached: true })
  const ended = new Promise<number | null>(resolve => child.once('close', resolve))
  let said = ''
  const hear = (chunk: Buffer) => {
    said += chunk
  }
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  return {
    async succeeds() {
      const exit = await ended
      if (exit !== 0) throw new Error(`${command} ended with ${exit}: ${said.slice(-4_000)}`)
      return said
    },
    says: (pattern: RegExp) =>
      new Promise<RegExpExecArray>((resolve, reject) => {
        const look = () => {
          const found = pattern.exec(said)
          if (found) resolve(found)
        }
        look()
        child.stdout.on('data', look)
        void ended.then(exit => reject(new Error(`${command} ended with ${exit}: ${said}`)))
      }),
    interrupt() {
      if (child.exitCode === null && child.pid) process.kill(-child.pid, 'SIGINT')
      return ended
    },
  }
}

/** With the mouse, on what shows this name. */
async function click(tab: Tab, name: string): Promise<void> {
  const at = await tab.read<{ x: number; y: number } | null>(`(() => {
    const shown = [...document.querySelectorAll('a, button, label, summary')]
    const found = shown.filter(one => one.checkVisibility() && one.innerText.trim() === ${JSON.stringify(name)})
    if (found.length !== 1) return null
    found[0].scrollIntoView({ block: 'center' })
    const { x, y, width, height } = found[0].getBoundingClientRect()
    return { x: x + width / 2, y: y + height / 2 }
  })()`)
  if (!at)
    throw new Error(
      `the page has nothing, or several things, by the name ${name}: ${await tab.read('document.body.innerText')}`,
    )
  for (const kind of ['mousePressed', 'mouseReleased'])
    await tab.send('Input.dispatchMouseEvent', { type: kind, ...at, button: 'left', clickCount: 1 })
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, 'localhost', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  return port
}
