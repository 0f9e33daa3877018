// The blocks of docs/install.md, carried out on a folder that stands for a machine; unit and nginx's file shown to those who read them.
import { spawnSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { readSettings } from '../../src/settings.ts'
import { openMachine, textOf as textOn } from './carry-out.ts'
import { blocks, read } from './pages.ts'

const all = blocks('docs/install.md')
const textOf = (mark: string) => textOn('docs/install.md', mark)
const { privateKey: key } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
})

const { home, carryOut } = openMachine()
beforeAll(() => writeFileSync(join(home, 'Downloads/your-app.private-key.pem'), key))
afterAll(() => rmSync(home, { recursive: true, force: true }))

const modeOf = (path: string) => statSync(join(home, path)).mode & 0o777

describe('on a machine with systemd', () => {
  it('user, program, key and settings are where the unit looks for them, readable for nobody else', () => {
    const noted = carryOut(textOf('run=systemd'))
    expect(noted[0]).toMatch(/^useradd --system .* watchbill$/)
    expect(noted).toContain('npm ci --omit=dev')
    expect(readFileSync(join(home, 'etc/watchbill/private-key.pem'), 'utf8')).toBe(key)
    expect([modeOf('etc/watchbill/private-key.pem'), modeOf('etc/watchbill/env')]).toEqual([0o400, 0o600])
  })

  const unit = new Map(
    [...textOf('file=watchbill.service').matchAll(/^(\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
  )
  const at = (path = '') => join(home, path)
  it('the unit starts the program that was put there, as that user, with that file', () => {
    const [node, program = '', verb] = unit.get('ExecStart')?.split(' ') ?? []
    expect([node, verb, unit.get('User')]).toEqual(['/usr/bin/node', 'serve', 'watchbill'])
    expect(existsSync(join(at(unit.get('WorkingDirectory')), program))).toBe(true)
    expect(existsSync(at(unit.get('EnvironmentFile')))).toBe(true)
    expect(unit.get('Environment')).toBe(`WATCHBILL_DATA=/var/lib/${unit.get('StateDirectory')}`)
    expect(Number(unit.get('TimeoutStopSec'))).toBeGreaterThan(10)
  })
  it('systemd finds nothing wrong with the unit', ({ skip }) => {
    const file = at('watchbill.service')
    // systemd looks for user and program on this machine.
    const here = textOf('file=watchbill.service')
      .replace('User=watchbill', 'User=root')
      .replace('/usr/bin/node', process.execPath)
    writeFileSync(file, here.replaceAll(/=\/opt\//g, `=${home}/opt/`))
    const told = spawnSync('systemd-analyze', ['verify', '--recursive-errors=no', file], { encoding: 'utf8' })
    if (told.error || /Failed to (create|initialize) manager/i.test(told.stderr))
      skip('systemd-analyze does not run here')
    expect([told.status, told.stderr.split('\n').filter(line => line.includes('watchbill.service'))]).toEqual([0, []])
  })
  it('the settings are whole: an app, a key, an address', () => {
    const [first = ''] = all.filter(({ mark }) => mark === 'env').map(({ text }) => text)
    const example = parseEnv(first.replaceAll('/etc/', `${home}/etc/`))
    expect(() => readSettings(example)).toThrow('ANTHROPIC_API_KEY has a space or another character that no key has')
    const given = { ...example, ANTHROPIC_API_KEY: 'sk-ant-own' }
    expect(readSettings(given)).toMatchObject({
      app: { appId: '123456', privateKey: key.trim() },
      publicUrl: example.PUBLIC_URL,
    })
  })
  it('it is started by systemd, and asked as its user', () => {
    expect(carryOut(textOf('run=start-unit'))).toEqual([
      'systemctl daemon-reload',
      'systemctl enable --now watchbill',
      'journalctl --unit watchbill --follow',
    ])
    expect(carryOut(textOf('run=as-user'))).toEqual(['npx watchbill doctor'])
  })
})

describe('in containers', () => {
  const compose = parse(read('compose.yml'))
  it('every secret that compose.yml names is made, and the settings are whole with them', () => {
    carryOut(textOf('run=secrets'), 'sk-ant-test\n')
    const files: { file: string }[] = Object.values(compose.secrets)
    for (const { file } of files)
      expect([file, readFileSync(join(home, file), 'utf8').length > 8]).toEqual([file, true])
    expect(modeOf('secrets')).toBe(0o700)
    const variables = Object.entries<string | null>(compose.services.watchbill.environment)
    // What has no value is passed on where it is set: https://docs.docker.com/reference/compose-file/services/#environment
    const given = variables.flatMap(([name, value]): [string, string][] => {
      if (value === null) return []
      const secret = compose.secrets[/\/run\/secrets\/(\w+)/.exec(value)?.[1] ?? '']
      return [[name, secret ? join(home, secret.file) : value.startsWith('$') ? '' : value]]
    })
    const dotEnv = all.filter(({ mark }) => mark === 'env').at(-1)?.text ?? ''
    const settings = readSettings({ ...Object.fromEntries(given), ...parseEnv(dotEnv) })
    expect(settings).toMatchObject({ app: { appId: '123456' }, anthropic: { apiKey: 'sk-ant-test' } })
    expect(settings.databaseUrl).toMatch(/^postgres:\/\/watchbill:[0-9a-f]{48}@database:5432\/watchbill$/)
    expect(settings.app?.webhookSecrets[0]).toMatch(/^[0-9a-f]{64}$/)
  })
  it('without APP_ID the settings are whole too: in set-up mode, with the secrets of the app left empty', () => {
    const lines = textOf('run=secrets').split('\n')
    const others = lines.filter(line => !/private_key|webhook_secret|^mkdir/.test(line))
    expect(lines.length - others.length).toBe(3)
    rmSync(join(home, 'secrets'), { recursive: true, force: true })
    carryOut(`mkdir -m 700 secrets\n${textOf('run=no-app-secrets')}${others.join('\n')}`, 'sk-ant-test\n')
    const { PUBLIC_URL = '' } = parseEnv(all.filter(({ mark }) => mark === 'env').at(-1)?.text ?? '')
    const variables = Object.entries<string | null>(compose.services.watchbill.environment).flatMap(([name, text]) => {
      if (text === null) return []
      // https://docs.docker.com/reference/compose-file/interpolation/, where nothing but PUBLIC_URL is set.
      const value = text.replace(/^\$\{\w+:[+-]\}?.*$/, '').replace(/^\$\{PUBLIC_URL:.*$/, PUBLIC_URL)
      const secret = compose.secrets[/^\/run\/secrets\/(\w+)/.exec(value)?.[1] ?? '']
      return [[name, secret ? join(home, secret.file) : value]]
    })
    const settings = readSettings(Object.fromEntries(variables))
    expect(settings).toMatchObject({ publicUrl: PUBLIC_URL, anthropic: { apiKey: 'sk-ant-test' } })
    expect(settings.app).toBeUndefined()
    for (const { file } of Object.values<{ file: string }>(compose.secrets))
      expect([file, existsSync(join(home, file))]).toEqual([file, true])
  })
  it('what is asked of Docker is about services that there are', () => {
    const noted = carryOut(textOf('run=compose'))
    expect(noted.map(line => line.split(' ').slice(0, 3).join(' '))).toEqual([
      'docker compose up',
      'docker compose exec',
      'docker compose logs',
    ])
    for (const line of noted.slice(1))
      expect(line).toMatch(new RegExp(` (${Object.keys(compose.services).join('|')})( |$)`))
  })
})

describe('behind nginx', () => {
  const text = textOf('file=watchbill.conf')
  const passed = [...text.matchAll(/location (= )?(\S+) \{[^}]*proxy_pass http:\/\/127\.0\.0\.1:(\d+);/g)]
  it('exactly what answers through a proxy is passed on, to the port where it listens, with bodies as large as GitHub sends', () => {
    const { port } = readSettings({})
    expect(passed.map(([, , path, to]) => [path, Number(to)])).toEqual(
      ['/api/github/webhooks', '/installed', '/api/routines/', '/api/runs/', '/healthz', '/readyz'].map(path => [
        path,
        port,
      ]),
    )
    const limit = /const bodyLimit = (\d+) \* 1024 \* 1024/.exec(read('src/web/webhooks.ts'))?.[1]
    expect(text).toContain(`client_max_body_size ${limit}m;`)
  })
  it('nginx takes it', ({ skip }) => {
    const certificate = join(home, 'cert.pem')
    const of = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=localhost', '-days', '1']
    const made = spawnSync('openssl', [...of, '-keyout', join(home, 'key.pem'), '-out', certificate])
    const server = text.replace(/ssl_certificate \S+;/, `ssl_certificate ${certificate};`)
    const here = server.replace(/ssl_certificate_key \S+;/, `ssl_certificate_key ${join(home, 'key.pem')};`)
    const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      name => `${name}_temp_path ${home}/${name};`,
    )
    const around = `pid ${home}/pid;\nerror_log stderr;\nevents {}\nhttp { access_log off; ${places.join(' ')} ${here} }\n`
    writeFileSync(join(home, 'nginx.conf'), around)
    const told = spawnSync('nginx', ['-t', '-p', home, '-c', join(home, 'nginx.conf')], {
      encoding: 'utf8',
    })
    if (told.error || made.error) skip('there is no nginx, or no openssl, on this machine')
    expect([told.status, told.stderr]).toEqual([0, expect.stringContaining('test is successful')])
  })
})
