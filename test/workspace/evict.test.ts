// Mirrors go when nobody needs them: oldest first, never one in use, and what dead processes hold counts for nothing.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openWorkspaces } from '../../src/workspace/index.ts'
import { withLock } from '../../src/workspace/lock.ts'
import { pullOf, repository, setUp } from './open.ts'
import { token } from './origin.ts'

const day = 24 * 60 * 60 * 1000

async function threeMirrors(options: { limitBytes?: number } = {}) {
  let time = Date.parse('2026-11-01T00:00:00Z')
  const clock = { pass: (ms: number) => (time += ms) }
  const set = await setUp({ now: () => new Date(time), ...options })
  const pull = pullOf(set.origin, { a: 'x'.repeat(1_000) }, { a: 'y' })
  const open = (id: number) => set.open(pull.base, pull.head, { repository: { ...repository, id } })
  const mirrors = () => readdirSync(join(set.dataDir, 'mirrors')).sort()
  return { ...set, ...pull, clock, openOf: open, mirrors }
}

const close = (checkout: AsyncDisposable) => checkout[Symbol.asyncDispose]()

test('a mirror that nobody used for thirty days is removed', async () => {
  const { workspaces, openOf, clock, mirrors } = await threeMirrors()
  await close(await openOf(1))
  clock.pass(20 * day)
  await close(await openOf(2))
  expect((await workspaces.evict()).removed).toEqual([])
  clock.pass(11 * day)
  expect((await workspaces.evict()).removed).toEqual(['1.git'])
  expect(mirrors()).toEqual(['2.git'])
})

test('over the limit the least recently used goes first', async () => {
  const measured = await threeMirrors()
  await close(await measured.openOf(1))
  const { bytes } = await measured.workspaces.evict()
  const { workspaces, openOf, clock, mirrors } = await threeMirrors({ limitBytes: bytes * 2.5 })
  for (const id of [1, 2, 3, 1]) {
    clock.pass(1_000)
    await close(await openOf(id))
  }
  const evicted = await workspaces.evict()
  expect(evicted.removed).toEqual(['2.git'])
  expect(evicted.bytes).toBeLessThanOrEqual(bytes * 2.5)
  expect(mirrors()).toEqual(['1.git', '3.git'])
})

test('one in use stays, and still works', async () => {
  const { workspaces, openOf, clock, mirrors } = await threeMirrors({ limitBytes: 0 })
  const checkout = await openOf(1)
  clock.pass(40 * day)
  expect((await workspaces.evict()).removed).toEqual([])
  expect(mirrors()).toEqual(['1.git'])
  expect(await checkout.file('a')).toBe('y')
  await close(checkout)
  expect((await workspaces.evict()).removed).toEqual(['1.git'])
  const again = await openOf(1)
  expect(await again.file('a')).toBe('y')
  await close(again)
})

test('one in use by another process stays until that process is dead', async () => {
  const { workspaces, dataDir, origin, base, head, openOf, mirrors } = await threeMirrors({ limitBytes: 0 })
  await close(await openOf(1))
  const script = `
    import { openWorkspaces } from ${JSON.stringify(join(import.meta.dirname, '../../src/workspace/index.ts'))}
    const workspaces = openWorkspaces({ dataDir: ${JSON.stringify(dataDir)} })
    await workspaces.openPull({ repository: { id: 1, owner: 'o', name: 'r' }, cloneUrl: '${origin.url}', number: 1, base: '${base}', head: '${head}', token: async () => process.env.TOKEN, signal: new AbortController().signal })
    console.log('open')
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TOKEN: token },
  })
  await once(child.stdout, 'data')
  expect((await workspaces.evict()).removed).toEqual([])
  expect(mirrors()).toEqual(['1.git'])
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(readdirSync(join(dataDir, 'checkouts'))).toHaveLength(1)
  const next = openWorkspaces({ dataDir })
  await expect(next.openLocal({ dir: tmpdir(), range: 'x', signal: new AbortController().signal })).rejects.toThrow()
  expect(readdirSync(join(dataDir, 'checkouts'))).toEqual([])
  expect((await workspaces.evict()).removed).toEqual(['1.git'])
})

test('a lock that a dead process held is taken over', async () => {
  const { dataDir, openOf } = await threeMirrors()
  const { pid } = spawnSync('true')
  const lease = { id: 'old', pid, began: '1', host: hostname(), about: 'lock' }
  mkdirSync(join(dataDir, 'mirrors'), { recursive: true })
  const file = join(dataDir, 'mirrors', '1.git.lock')
  writeFileSync(file, JSON.stringify(lease))
  await close(await openOf(1))
  expect(existsSync(file)).toBe(false)
})

test('a process id that is used again is not the process that was', async () => {
  const { dataDir, openOf } = await threeMirrors()
  const lease = { id: 'old', pid: process.pid, began: '1', host: hostname(), about: 'lock' }
  mkdirSync(join(dataDir, 'mirrors'), { recursive: true })
  writeFileSync(join(dataDir, 'mirrors', '1.git.lock'), JSON.stringify(lease))
  await close(await openOf(1))
})

test('whoever waits for a lock can be stopped', async () => {
  const { dataDir, open, base, head } = await threeMirrors()
  mkdirSync(join(dataDir, 'mirrors'), { recursive: true })
  const stop = new AbortController()
  await withLock(join(dataDir, 'mirrors', '4711.git.lock'), {}, async () => {
    const waiting = open(base, head, { signal: stop.signal })
    stop.abort()
    await expect(waiting).rejects.toMatchObject({ code: 'stopped' })
  })
})

test('a mirror that somebody holds is not waited for, and stays', async () => {
  const { dataDir, openOf, clock, mirrors, workspaces } = await threeMirrors()
  await (await openOf(7))[Symbol.asyncDispose]()
  clock.pass(40 * day)
  await withLock(join(dataDir, 'mirrors', '7.git.lock'), {}, async () => {
    expect((await workspaces.evict()).removed).toEqual([])
  })
  expect((await workspaces.evict()).removed).toEqual(['7.git'])
  expect(mirrors()).toEqual([])
})

test('of many at once each has the lock alone, dead holders among them', async () => {
  const { dataDir } = await threeMirrors()
  const file = join(dataDir, 'one.lock')
  const { pid } = spawnSync('true')
  writeFileSync(file, JSON.stringify({ id: 'dead', pid, began: '1', host: hostname(), about: 'lock' }))
  let inside = 0
  let most = 0
  const work = () =>
    withLock(file, {}, async () => {
      most = Math.max(most, ++inside)
      await new Promise(setImmediate)
      inside--
    })
  await Promise.all(Array.from({ length: 20 }, work))
  expect(most).toBe(1)
})
