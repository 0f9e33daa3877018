// The token reaches the one server it is for, and no file, command line, log or error.
import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { gitOf } from '../../src/workspace/git.ts'
import { pullOf, setUp } from './open.ts'
import { token } from './origin.ts'

const basic = Buffer.from(`x-access-token:${token}`).toString('base64')
const holdsToken = (text: string) => text.includes(token) || text.includes(basic)

test('no file and no command line ever holds it, while it works and after', async () => {
  const { origin, open, dataDir, logged } = await setUp()
  const { base, head } = pullOf(origin, { a: '1\n' }, { a: '2\n' })
  const seen: string[] = []
  let watching = true
  let looks = 0
  const watch = () => {
    looks++
    for (const name of readdirSync('/proc')) if (/^\d+$/.test(name)) seen.push(...leaks(`/proc/${name}/cmdline`))
    if (looks % 5 === 0) seen.push(...leaksUnder(dataDir))
    if (watching) setImmediate(watch)
  }
  watch()
  await using checkout = await open(base, head)
  await checkout.change()
  await checkout.show('HEAD')
  watching = false
  seen.push(...leaksUnder(dataDir))
  expect(looks).toBeGreaterThan(10)
  expect(seen).toEqual([])
  expect(logged.filter(holdsToken)).toEqual([])
  expect(origin.requests.filter(request => request.authorization === `Basic ${basic}`).length).toBeGreaterThan(0)
})

test('a server that echoes it does not bring it into the error or the log', async () => {
  const { origin, open, logged } = await setUp()
  const { base, head } = pullOf(origin, { a: '1\n' }, { a: '2\n' })
  origin.fault.before = (request, response) => {
    if (!request.headers.authorization) return false
    response.writeHead(500, { 'content-type': 'text/plain' }).end(`fatal: bad token ${token}\n`)
    return true
  }
  const failure = await open(base, head).catch((error: Error) => error)
  expect(failure).toBeInstanceOf(Error)
  expect(holdsToken(JSON.stringify([String(failure), (failure as Error).cause]) + logged.join())).toBe(false)
})

test('another host that the server sends git to does not get it', async () => {
  const { origin, open } = await setUp()
  const { base, head } = pullOf(origin, { a: '1\n' }, { a: '2\n' })
  const told: (string | undefined)[] = []
  const other = createServer((request, response) => {
    told.push(request.headers.authorization)
    response.writeHead(401, { 'www-authenticate': 'Basic realm="give"' }).end()
  })
  await new Promise<void>(done => other.listen(0, '127.0.0.1', done))
  onTestFinished(() => void other.close())
  const { port } = other.address() as AddressInfo
  origin.fault.before = (request, response) =>
    Boolean(response.writeHead(302, { location: `http://127.0.0.1:${port}${request.url}` }).end())
  await expect(open(base, head)).rejects.toMatchObject({ code: 'unavailable' })
  origin.fault.before = (request, response) => {
    if (!request.headers.authorization) return false
    response.writeHead(302, { location: `http://127.0.0.1:${port}${request.url}` }).end()
    return true
  }
  await expect(open(base, head)).rejects.toMatchObject({ code: 'unavailable' })
  expect(told.length).toBeGreaterThan(0)
  expect(told.filter(Boolean)).toEqual([])
})

test('a proxy’s password reaches the fetch alone', async () => {
  const proxied: (string | undefined)[] = []
  const proxy = createServer((request, response) => {
    proxied.push(request.headers['proxy-authorization'])
    const known = request.headers['proxy-authorization'] !== undefined
    response.writeHead(known ? 502 : 407, { 'proxy-authenticate': 'Basic realm="proxy"' }).end()
  })
  await new Promise<void>(done => proxy.listen(0, '127.0.0.1', done))
  onTestFinished(() => void proxy.close())
  const environment = { http_proxy: `http://me:word@127.0.0.1:${(proxy.address() as AddressInfo).port}` }
  const { origin, open } = await setUp({ environment })
  const { base, head } = pullOf(origin, { a: '1\n' }, { a: '2\n' })
  await expect(open(base, head)).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.not.stringContaining('word'),
  })
  expect(proxied).toContain(`Basic ${Buffer.from('me:word').toString('base64')}`)
  const seen = await gitOf(environment)({ args: ['-c', 'alias.look=!env', 'look'] })
  expect(seen.stdout.toString()).toContain('GIT_CONFIG_NOSYSTEM')
  expect(seen.stdout.toString()).not.toMatch(/word|HOME=\/(root|home)|ANTHROPIC|PRIVATE_KEY|npm_/)
})

function leaks(file: string): string[] {
  try {
    return holdsToken(readFileSync(file, 'latin1')) ? [file] : []
  } catch {
    return []
  }
}

function leaksUnder(dir: string): string[] {
  return readdirSync(dir, { recursive: true }).flatMap(name => leaks(join(dir, String(name))))
}
