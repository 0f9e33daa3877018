// What the docs tell people to type: every command, option and script is there, and what can run is run.
import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compiled, watchbill } from '../commands/cli.ts'
import { copyTemplate } from '../databases.ts'
import { exampleOf } from '../github/examples.ts'
import { call, type ModelSimulator, say, startModel } from '../simulators/model/index.ts'
import { blocks, pages, read, root, section } from './pages.ts'

const all = pages.flatMap(blocks)
const lines = all
  .filter(block => block.language === 'sh')
  .flatMap(block => block.text.split('\n').map(text => ({ page: block.page, text: text.trim() })))
  .filter(({ text }) => text !== '' && !text.startsWith('#'))
const inline = pages.flatMap(page =>
  [...read(page).matchAll(/`((?:npx )?watchbill [^`]+|npm [^`]+|node [^`]+|npx [^`]+)`/g)].map(([, text = '']) => ({
    page,
    text,
  })),
)
const said = [...lines, ...inline]

describe('every command in the docs', () => {
  const commands = [
    ...new Set(
      said
        .map(({ text }) => text.replace(/^docker compose exec \S+ /, ''))
        .filter(text => /\bwatchbill(\.js)? [a-z]/.test(text)),
    ),
  ]
  const helps = new Map<string, Promise<string>>()
  const help = (verb: string) => {
    const known =
      helps.get(verb) ?? watchbill([...verb.split(' '), '--help']).then(ran => (ran.exit === 0 ? ran.out : ''))
    helps.set(verb, known)
    return known
  }

  it('of watchbill is one that it has, with options that it has', { timeout: 90_000 }, async () => {
    expect(commands.length).toBeGreaterThan(10)
    const unknown: string[] = []
    for (const command of commands) {
      const [, verb = '', rest = ''] = /.*\bwatchbill(?:\.js)? (token [a-z]+|[a-z-]+)(.*)$/.exec(command) ?? []
      const text = await help(verb)
      if (!text.startsWith(`Usage: watchbill ${verb}`)) unknown.push(command)
      for (const [option] of rest.matchAll(/--[a-z-]+/g)) if (!text.includes(option)) unknown.push(command)
    }
    expect(unknown).toEqual([])
  })

  it('is listed in the README when watchbill has it, with all of its options', { timeout: 90_000 }, async () => {
    const listed = section('README.md', '## Commands')
    const own = (await watchbill(['--help'])).out
    const verbs = [...own.matchAll(/^ {2}([a-z]+)(?: \[| <| {2})/gm)].map(([, verb = '']) => verb)
    expect(verbs).toContain('review')
    for (const verb of verbs.filter(verb => verb !== 'help')) {
      expect(listed).toContain(`\`watchbill ${verb}`)
      for (const [, option] of (await help(verb)).matchAll(/^ {2}(--[a-z]+)/gm)) expect(listed).toContain(option)
    }
  })

  it('of npm is a script of package.json', () => {
    const { scripts } = JSON.parse(read('package.json'))
    const named = said.flatMap(({ text }) => [
      ...text.matchAll(/\bnpm (?:run )?(start|test|demo|bench|check|format|test:\w+)\b/g),
    ])
    expect(named.length).toBeGreaterThan(5)
    expect(named.map(([, script = '']) => script).filter(script => !(script in scripts))).toEqual([])
  })

  it('of a script names a file that is there', () => {
    const files = said.flatMap(({ text }) => [...text.matchAll(/(?:^|\s)((?:scripts|bin|\.ci)\/[\w.-]+)/g)])
    for (const [, file = ''] of files) expect(read(file).length).toBeGreaterThan(0)
  })
})

describe('a block that is marked to run', () => {
  let dir: string
  let model: ModelSimulator
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'watchbill-docs-'))
    const git = (...args: string[]) =>
      execFileSync('git', ['-C', dir, '-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args])
    git('init', '-q', '-b', 'main')
    mkdirSync(join(dir, 'src'))
    writeFileSync(join(dir, 'src/sum.ts'), 'export const sum = (a: number, b: number) => a + b\n')
    git('add', '.')
    git('commit', '-qm', 'one')
    git('checkout', '-qb', 'change')
    writeFileSync(join(dir, 'src/sum.ts'), 'export const sum = (a: number, b: number) => b + a\n')
    writeFileSync(join(dir, 'pull_request.json'), JSON.stringify(exampleOf('pull_request', 'opened').payload))
    git('commit', '-qam', 'two')
    model = await startModel({
      reply: request =>
        request.messages.some(message => message.role === 'assistant')
          ? say('Looked at it.')
          : call('read', { path: 'src/sum.ts' }),
    })
  })
  afterAll(async () => {
    await model[Symbol.asyncDispose]()
    rmSync(dir, { recursive: true, force: true })
  })

  const marked = all.filter(block => block.mark === 'run' || block.mark === 'run=review')
  it.each(marked.map(block => [block.page, block.text.trim(), block] as const))(
    'in %s, ends with 0: %s',
    async (_, text, block) => {
      const environment = block.mark === 'run=review' ? { ...model.environment(), WATCHBILL_REHEARSED: 'true' } : {}
      const [command = '', ...args] = text.replace(/^npx /, '').split(' ')
      expect(command).toBe('watchbill')
      const ran = await watchbill(args, {
        cwd: dir,
        // One of them as people start it; that each command can be started is for its own tests.
        alone: block === marked[0],
        environment: { ...environment, WATCHBILL_DATA: join(dir, '.git/data') },
      })
      expect(ran).toMatchObject({ exit: 0 })
      expect(ran.out.trim()).not.toBe('')
    },
  )

  it('starts the app where the README says so, and says what to do next', { timeout: 60_000 }, async () => {
    const block = all.find(one => one.mark === 'run=start')
    expect(block?.text.trim()).toBe('npm start')
    await copyTemplate(join(dir, 'data/database'))
    const child = spawn('npm', ['start'], {
      cwd: root,
      env: {
        PATH: process.env.PATH,
        HOME: dir,
        NODE_COMPILE_CACHE: compiled,
        PORT: '0',
        WATCHBILL_DATA: join(dir, 'data'),
      },
    })
    const told = new Promise<string>((resolve, reject) => {
      let out = ''
      child.stdout.on('data', chunk => {
        out += chunk
        if (out.includes('Next: ')) resolve(out)
      })
      child.once('exit', code => reject(new Error(`npm start ended with ${code}: ${out}`)))
    })
    const url = /set-up mode at (\S+)/.exec(await told)?.[1]
    expect(await told).toMatch(/APP_ID, PRIVATE_KEY_PATH and WEBHOOK_SECRET/)
    expect(await told).toContain('ANTHROPIC_API_KEY is not set: once there is an App')
    expect(await told).toMatch(/Set-up code, good once: \w{4}-\w{4}-\w{4}\n/)
    const page = await fetch(`${url}/`).then(answer => answer.text())
    for (const word of [
      'app.yml',
      '/api/github/webhooks',
      'APP_ID',
      'PRIVATE_KEY_PATH',
      'WEBHOOK_SECRET',
      'ANTHROPIC_API_KEY',
    ])
      expect(page).toContain(word)
    const ended = new Promise(resolve => child.once('close', code => resolve(code)))
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
  })
})
