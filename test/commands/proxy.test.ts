// `watchbill review` behind a proxy: the model is asked through it.
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { watchbill } from './cli.ts'

const dir = mkdtempSync(join(tmpdir(), 'watchbill-proxy-'))
const asked: string[] = []
let proxy: Server

beforeAll(async () => {
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', dir, '-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args])
  git('init', '-q', '-b', 'main')
  git('commit', '-qm', 'one', '--allow-empty')
  writeFileSync(join(dir, 'a.ts'), 'export const a = 1\n')
  git('add', '.')
  git('commit', '-qm', 'two')
  // Refuses every tunnel, with a status that nobody tries again.
  proxy = createServer().on('connect', (request, socket) => {
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
  const ran = watchbill(['review', 'HEAD~1...HEAD'], {
    cwd: dir,
    // Where it is asked through holds for a whole process.
    alone: true,
    environment: {
      HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
      ANTHROPIC_API_KEY: 'a-key',
      ANTHROPIC_BASE_URL: 'https://model.invalid',
      WATCHBILL_DATA: join(dir, '.git', 'watchbill'),
    },
  })
  const { exit } = await ran
  expect(exit).toBe(2)
  expect(new Set(asked)).toEqual(new Set(['model.invalid:443']))
})
