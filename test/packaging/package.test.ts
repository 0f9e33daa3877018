// The published package: emitted JavaScript under whatever Node installs it.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')
const dir = mkdtempSync(join(tmpdir(), 'watchbill-package-'))
const files: string[] = JSON.parse(
  execFileSync('node', ['-p', 'JSON.stringify(require("./package.json").files)'], { cwd: root, encoding: 'utf8' }),
)

function run(command: string, args: string[], cwd: string, environment: Record<string, string | undefined> = {}) {
  try {
    const out = execFileSync(command, args, {
      cwd,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
      stdio: 'pipe',
      encoding: 'utf8',
    })
    return { exit: 0, out, err: '' }
  } catch (thrown) {
    const { status, stdout, stderr } = thrown as { status: number; stdout: string; stderr: string }
    return { exit: status, out: stdout, err: stderr }
  }
}

describe('the package', () => {
  const place = join(dir, 'package')
  beforeAll(() => {
    mkdirSync(place)
    for (const name of ['package.json', ...files.filter(name => name !== 'dist')])
      cpSync(join(root, name), join(place, name), { recursive: true })
    symlinkSync(join(root, 'node_modules'), join(place, 'node_modules'))
    // Types are checked apart; what is emitted is the same.
    execFileSync('node', ['scripts/build.ts', join(place, 'dist'), '--noCheck'], { cwd: root, stdio: 'pipe' })
    const git = (...args: string[]) =>
      execFileSync('git', ['-C', dir, '-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args])
    git('init', '-q', '-b', 'main')
    git('commit', '-qm', 'one', '--allow-empty')
    writeFileSync(join(dir, 'a.ts'), 'export const a = 1\n')
    git('add', 'a.ts')
    git('commit', '-qm', 'two')
  }, 120_000)
  afterAll(() => rmSync(dir, { recursive: true, force: true }))
  const watchbill = (...args: string[]) =>
    run(process.execPath, [join(place, 'bin/watchbill.js'), ...args], dir, { HOME: dir })

  it('carries no TypeScript, and names what it ships', () => {
    expect(files).toEqual(
      expect.arrayContaining(['bin', 'dist', 'routines', 'schemas', 'docs', 'app.yml', 'CHANGELOG.md']),
    )
    expect(run('find', [place, '-name', '*.ts', '-not', '-path', '*/node_modules/*'], dir).out).toBe('')
  })
  it('knows its version', () => {
    expect(watchbill('--version')).toMatchObject({ exit: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) })
  })
  it('finds its built-in routines', () => {
    expect(watchbill('check')).toMatchObject({ exit: 0 })
  })
  it('has its tools and their rules, which look alone where there is no key', () => {
    const ran = watchbill('review', 'HEAD~1...HEAD')
    expect(ran.exit).toBe(2)
    expect(ran.out).toContain('ANTHROPIC_API_KEY')
    expect(ran.out).toContain('secrets ran: Looked through 1 file')
    expect(ran.out).toMatch(/patterns (ran: Held 1 file|skipped: There is no ast-grep for this system)/)
  })

  it.runIf(process.env.WATCHBILL_TEST_LONG)(
    'installs from its tarball in an empty project under the Node of the machine',
    { timeout: 600_000 },
    () => {
      const clean = join(dir, 'clean')
      mkdirSync(clean)
      writeFileSync(join(clean, 'package.json'), '{ "name": "clean", "private": true }')
      // The machine's own Node, whatever it is: without this project's node_modules/.bin.
      const environment = { PATH: '/usr/local/bin:/usr/bin:/bin' }
      const packed =
        run('npm', ['pack', '--silent', '--pack-destination', dir], root).out.trim().split('\n').at(-1) ?? ''
      expect(run('npm', ['install', join(dir, packed)], clean, environment)).toMatchObject({ exit: 0 })
      const npx = (...args: string[]) => run('npx', ['--no-install', 'watchbill', ...args], clean, environment)
      expect(npx('--version')).toMatchObject({ exit: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) })
      expect(npx('check')).toMatchObject({ exit: 0 })
      expect(npx('review', 'HEAD')).toMatchObject({ exit: 2, out: expect.stringContaining('ANTHROPIC_API_KEY') })
    },
  )
})
