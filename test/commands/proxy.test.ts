// Behind a proxy: the model is asked through it, git is told of it in words it knows, and this machine itself is asked directly.
import { execFile, execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readSettings } from '../../src/settings.ts'
import { watchbill } from './cli.ts'

const dir = mkdtempSync(join(tmpdir(), 'watchbill-proxy-'))
let asked: string[] = []
let proxy: Server
const proxyUrl = () => `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
const run = promisify(execFile)

beforeAll(async () => {
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', dir, '-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args])
  git('init', '-q', '-b', 'main')
  git('commit', '-qm', 'one', '--allow-empty')
  writeFileSync(join(dir, 'a.ts'), 'export const a = 1\n')
  git('add', '.')
  git('commit', '-qm', 'two')
  // Refuses every tunnel, with a status that nobody tries again.
  proxy = createServer((request, response) => {
    asked.push(request.url ?? '')
    response.writeHead(403).end()
  }).on('connect', (request, socket) => {
    asked.push(request.url ?? '')
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')
  })
  await once(proxy.listen(0, '127.0.0.1'), 'listening')
})
afterAll(async () => {
  proxy.close()
  rmSync(dir, { recursive: true, force: true })
})

it('asks the model through HTTPS_PROXY', async () => {
  asked = []
  const ran = watchbill(['review', 'HEAD~1...HEAD'], {
    cwd: dir,
    // Where it is asked through holds for a whole process.
    alone: true,
    environment: {
      HTTPS_PROXY: proxyUrl(),
      ANTHROPIC_API_KEY: 'a-key',
      ANTHROPIC_BASE_URL: 'https://model.invalid',
      WATCHBILL_DATA: join(dir, '.git', 'watchbill'),
    },
  })
  const { exit } = await ran
  expect(exit).toBe(2)
  expect(new Set(asked)).toEqual(new Set(['model.invalid:443']))
})

it('fetches from a GitHub without TLS through HTTP_PROXY too, as everything else that is asked', async () => {
  asked = []
  const { proxy } = readSettings({ HTTP_PROXY: proxyUrl() })
  const env = { PATH: process.env.PATH, ...proxy }
  await expect(run('git', ['ls-remote', 'http://github.invalid/a.git'], { env })).rejects.toThrow('403')
  expect(asked).toEqual(['http://github.invalid/a.git/info/refs?service=git-upload-pack'])
})

it('asks the server on this machine directly, and what NO_PROXY names too', async () => {
  asked = []
  const server = createServer((_, response) => response.end('ours'))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const path = (file: string) => JSON.stringify(new URL(`../../src/${file}`, import.meta.url).href)
  const script = `
    const { readSettings } = await import(${path('settings.ts')})
    const { useProxy } = await import(${path('commands/proxy.ts')})
    useProxy(readSettings().proxy)
    console.log(await (await fetch('http://127.0.0.1:${port}/')).text())
    for (const url of ['http://named.invalid/', 'http://github.invalid/']) await fetch(url).catch(() => {})`
  const env = { PATH: process.env.PATH, HTTP_PROXY: proxyUrl(), NO_PROXY: 'named.invalid' }
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { env })
  server.close()
  expect(stdout).toBe('ours\n')
  expect(asked).toEqual(['github.invalid:80'])
})
