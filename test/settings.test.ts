// The environment: every default, every problem at once, and never a value in a message.
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Problem } from '../src/domain/problem.ts'
import { type Environment, loadDotEnv, readSettings } from '../src/settings.ts'

const pem = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString()
const secret = 'f3b1c9d07e5a4286b0c4'
const app = { APP_ID: '123', PRIVATE_KEY: pem, WEBHOOK_SECRET: secret }

let dir: string
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'watchbill-settings-'))
})
afterAll(() => rmSync(dir, { recursive: true }))

/** The lines of the problem, without its heading; none when the settings are taken. */
function problems(environment: Environment): string[] {
  try {
    readSettings(environment, { cwd: dir })
    return []
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(Problem)
    expect((thrown as Problem).code).toBe('bad_configuration')
    const [heading, ...lines] = (thrown as Problem).message.split('\n')
    expect(heading).toBe('The settings have problems, so Watchbill refuses to start:')
    return lines.map(line => line.trim())
  }
}

describe('an empty environment', () => {
  it('gives set-up mode and the defaults', () => {
    expect(readSettings({}, { cwd: '/srv' })).toMatchObject({
      github: { apiUrl: 'https://api.github.com', webUrl: 'https://github.com' },
      anthropic: {},
      dataDir: '/srv/.watchbill',
      budget: { run: 5, day: 25, month: 200 },
      models: { fast: 'claude-haiku-5-5', standard: 'claude-sonnet-5-5', deep: 'claude-opus-5-5' },
      role: 'all',
      port: 3000,
      host: 'localhost',
      osvUrl: 'https://api.osv.dev',
      proxy: {},
    })
    for (const absent of ['app', 'oauth', 'databaseUrl', 'publicUrl', 'metricsPort', 'prices'])
      expect(readSettings({})).not.toHaveProperty(absent)
  })

  it('is not different from one of empty variables', () => {
    expect(readSettings({ APP_ID: '', WEBHOOK_SECRET: ' ', PORT: '', DATABASE_URL: '' })).toEqual(readSettings({}))
  })
})

describe('an app', () => {
  it('is taken with its key as PEM, with \\n, in base64, or from a file', () => {
    writeFileSync(join(dir, 'key.pem'), pem)
    const { PRIVATE_KEY: _, ...rest } = app
    for (const key of [
      { PRIVATE_KEY: pem },
      { PRIVATE_KEY: pem.replaceAll('\n', '\\n') },
      { PRIVATE_KEY: Buffer.from(pem).toString('base64') },
      { PRIVATE_KEY_PATH: 'key.pem' },
      { PRIVATE_KEY_FILE: join(dir, 'key.pem') },
    ]) {
      const read = readSettings({ ...rest, ...key }, { cwd: dir }).app
      expect(read).toMatchObject({ appId: '123', webhookSecrets: [secret] })
      expect(read?.privateKey).toContain('-----BEGIN PRIVATE KEY-----\n')
    }
  })

  it('takes the previous secret too while it is rotated, from a file as well', () => {
    writeFileSync(join(dir, 'previous'), 'an older secret of ours\n')
    expect(
      readSettings({ ...app, WEBHOOK_SECRET_PREVIOUS_FILE: 'previous' }, { cwd: dir }).app?.webhookSecrets,
    ).toEqual([secret, 'an older secret of ours'])
  })

  it.each<[string, Environment, string]>([
    [
      'no secret',
      { ...app, WEBHOOK_SECRET: undefined },
      'WEBHOOK_SECRET is not set, and without it anybody could send',
    ],
    ['an empty secret', { ...app, WEBHOOK_SECRET: '' }, 'WEBHOOK_SECRET is not set'],
    ['the well-known secret', { ...app, WEBHOOK_SECRET: 'development' }, 'WEBHOOK_SECRET is a well-known one'],
    ['a short secret', { ...app, WEBHOOK_SECRET: 'fifteen letters' }, 'shorter than 16 characters'],
    [
      'a short previous secret',
      { ...app, WEBHOOK_SECRET_PREVIOUS: 'short' },
      'WEBHOOK_SECRET_PREVIOUS is a well-known',
    ],
    ['no key', { ...app, PRIVATE_KEY: undefined }, 'PRIVATE_KEY or PRIVATE_KEY_PATH is not set'],
    ['a broken key', { ...app, PRIVATE_KEY: pem.slice(0, 300) }, 'PRIVATE_KEY must be a private key in PEM form'],
    ['no id', { ...app, APP_ID: undefined }, 'APP_ID is not set, though'],
    ['a name for an id', { ...app, APP_ID: 'my-app' }, 'APP_ID must be the number of the GitHub App'],
    ['only a secret', { WEBHOOK_SECRET: secret }, 'APP_ID is not set, though'],
    [
      'only an unreadable key',
      { PRIVATE_KEY_PATH: 'nowhere.pem' },
      'PRIVATE_KEY_PATH names a file that can not be read',
    ],
    ['the key of an example', { ANTHROPIC_API_KEY: 'sk-ant-…' }, 'ANTHROPIC_API_KEY has a space or another character'],
    ['half a key', { ANTHROPIC_API_KEY: 'sk-ant api03' }, 'ANTHROPIC_API_KEY has a space or another character'],
    ['two keys', { ...app, PRIVATE_KEY_PATH: 'key.pem' }, 'PRIVATE_KEY and PRIVATE_KEY_PATH are both set; keep one'],
  ])('with %s refuses to start, and says what to do', (_, environment, sentence) => {
    expect(problems(environment).join('\n')).toContain(sentence)
  })

  it('does not take a key of another kind', () => {
    const other = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    expect(problems({ ...app, PRIVATE_KEY: other })).toHaveLength(1)
  })
})

describe('problems', () => {
  it('come all at once, one line a variable', () => {
    expect(
      problems({
        APP_ID: 'x',
        WEBHOOK_SECRET: 'development',
        PORT: '70000',
        METRICS_PORT: 'none',
        PUBLIC_URL: 'watch.example',
        WATCHBILL_ROLE: 'boss',
        WATCHBILL_BUDGET_USD_RUN: '-1',
        WATCHBILL_BUDGET_USD_DAY: 'much',
        GHE_HOST: 'https://git.example',
        GHE_PROTOCOL: 'ftp',
        DATABASE_URL: 'mysql://x',
        OSV_URL: 'no',
        LOG_LEVEL: 'loud',
        LOG_FORMAT: 'xml',
        GITHUB_CLIENT_ID: 'Iv1',
        WATCHBILL_PRICES: 'nowhere.json',
        ANTHROPIC_API_KEY_FILE: 'nowhere',
      }).map(line => line.split(' ')[0]),
    ).toEqual([
      'ANTHROPIC_API_KEY_FILE',
      'APP_ID',
      'GHE_HOST',
      'GHE_PROTOCOL',
      'WATCHBILL_BUDGET_USD_RUN',
      'WATCHBILL_BUDGET_USD_DAY',
      'DATABASE_URL',
      'WATCHBILL_ROLE',
      'PORT',
      'PUBLIC_URL',
      'METRICS_PORT',
      'OSV_URL',
      'LOG_LEVEL',
      'LOG_FORMAT',
      'PRIVATE_KEY',
      'WEBHOOK_SECRET',
      'GITHUB_CLIENT_SECRET',
      'WATCHBILL_PRICES',
    ])
  })

  it('never show a value, whatever is put where', () => {
    const names = [
      'APP_ID',
      'PRIVATE_KEY',
      'PRIVATE_KEY_PATH',
      'PRIVATE_KEY_FILE',
      'WEBHOOK_SECRET',
      'WEBHOOK_SECRET_FILE',
      'WEBHOOK_SECRET_PREVIOUS',
      'GITHUB_CLIENT_ID',
      'GITHUB_CLIENT_SECRET',
      'GHE_HOST',
      'GHE_PROTOCOL',
      'ANTHROPIC_API_KEY',
      'ANTHROPIC_API_KEY_FILE',
      'ANTHROPIC_BASE_URL',
      'DATABASE_URL',
      'DATABASE_URL_FILE',
      'WATCHBILL_DATA',
      'WATCHBILL_BUDGET_USD_RUN',
      'WATCHBILL_PRICES',
      'WATCHBILL_ROLE',
      'GITHUB_TOKEN',
      'METRICS_PORT',
      'OSV_URL',
      'PORT',
      'PUBLIC_URL',
      'LOG_LEVEL',
      'LOG_FORMAT',
      'WATCHBILL_REHEARSED',
      'WATCHBILL_QUIET_SECONDS',
    ]
    const value = fc
      .tuple(
        fc.constantFrom('', 'postgres://u:', 'https://', 'sk-ant-', '-----BEGIN PRIVATE KEY-----\n', '-'),
        fc.stringMatching(/^[0-9a-f]{12}$/),
      )
      .map(([before, random]) => ({ text: `${before}Q${random}`, random: `Q${random}` }))
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), value, { minKeys: 1, maxKeys: 12 }), given => {
        const said = problems(Object.fromEntries(Object.entries(given).map(([name, { text }]) => [name, text])))
        for (const { random } of Object.values(given)) expect(said.join('\n')).not.toContain(random)
      }),
      { seed: 11, numRuns: 500 },
    )
  })
})

describe('the rest', () => {
  it('an Enterprise Server has its own addresses', () => {
    expect(readSettings({ GHE_HOST: 'git.example:8443', GHE_PROTOCOL: 'http' }).github).toEqual({
      webUrl: 'http://git.example:8443',
      apiUrl: 'http://git.example:8443/api/v3',
    })
  })

  it('a subdomain of ghe.com has an API of its own beside it, and is reached there and nowhere else', () => {
    const cloud = { webUrl: 'https://octocorp.ghe.com', apiUrl: 'https://api.octocorp.ghe.com' }
    expect(readSettings({ GHE_HOST: 'octocorp.ghe.com' }).github).toEqual(cloud)
    for (const host of ['git.octocorp.ghe.com.example', 'notghe.com', 'ghe.com', 'ghe.com.example'])
      expect(readSettings({ GHE_HOST: host }).github.apiUrl).toBe(`https://${host}/api/v3`)
  })

  it('prices are read from their file, and paths begin at the working directory', () => {
    writeFileSync(join(dir, 'prices.json'), '{}')
    const read = readSettings({ WATCHBILL_PRICES: 'prices.json', WATCHBILL_DATA: 'here' }, { cwd: dir })
    expect(read.prices).toEqual({ path: join(dir, 'prices.json'), text: '{}' })
    expect(read.dataDir).toBe(join(dir, 'here'))
  })

  it('proxy and certificates are handed on to git', () => {
    expect(readSettings({ HTTPS_PROXY: 'http://p:1', no_proxy: 'x', NODE_EXTRA_CA_CERTS: '/ca.pem' }).proxy).toEqual({
      HTTPS_PROXY: 'http://p:1',
      no_proxy: 'x',
      NODE_EXTRA_CA_CERTS: '/ca.pem',
    })
  })

  it('sign-in needs both halves', () => {
    expect(readSettings({ GITHUB_CLIENT_ID: 'a', GITHUB_CLIENT_SECRET: 'b' }).oauth).toEqual({
      clientId: 'a',
      clientSecret: 'b',
    })
  })
})

describe('.env', () => {
  it('adds to the environment, which wins, in whatever form it gives a secret', () => {
    writeFileSync(join(dir, '.env'), `PORT=1\nHOST=0.0.0.0\nWEBHOOK_SECRET=${secret}\nPRIVATE_KEY_PATH=key.pem\n`)
    expect(loadDotEnv(dir, { PORT: '2', WEBHOOK_SECRET_FILE: '/run/secret', PRIVATE_KEY: 'pem' })).toEqual({
      PORT: '2',
      HOST: '0.0.0.0',
      WEBHOOK_SECRET_FILE: '/run/secret',
      PRIVATE_KEY: 'pem',
    })
    expect(loadDotEnv(dir, { PORT: '' })).toMatchObject({ PORT: '1' })
  })

  it('need not be there', () => {
    expect(loadDotEnv(join(dir, 'nowhere'), { A: '1' })).toEqual({ A: '1' })
  })
})
