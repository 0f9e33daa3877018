// Fetching into the shared mirror: exact commits, once, with retries and reasons, stopped when told.
import { chmodSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { pullOf, repository, setUp } from './open.ts'
import { type Origin, token, writeCommits } from './origin.ts'

const twoStates = (origin: Origin) => pullOf(origin, { a: '1\n' }, { a: '2\n' })
const uploads = (origin: Origin) => origin.requests.filter(request => request.url.endsWith('/git-upload-pack')).length

test('a pull whose branch moved on is still opened at the commit that was asked for', async () => {
  const { origin, open } = await setUp()
  const { base, head } = twoStates(origin)
  const newer = origin.commit({ a: '3\n' }, { parents: [head] })
  origin.setRef('refs/pull/1/head', newer)
  await using checkout = await open(base, head)
  expect(readFileSync(join(checkout.dir, 'a'), 'utf8')).toBe('2\n')
})

test('the diff starts at the merge base when the base went on', async () => {
  const { origin, open } = await setUp()
  const { base, head } = twoStates(origin)
  const later = origin.commit({ other: 'x\n' }, { parents: [base] })
  origin.setRef('refs/heads/main', later)
  await using checkout = await open(later, head)
  expect(checkout.mergeBase).toBe(base)
  expect((await checkout.change()).files.map(file => file.path)).toEqual(['a'])
})

test('a server that gives no commit by its name is asked by refs', async () => {
  const { origin, open } = await setUp()
  const { base, head } = twoStates(origin)
  origin.setRef('refs/heads/main', origin.commit({ b: 'x\n' }, { parents: [base] }))
  origin.setRef('refs/pull/1/head', origin.commit({ a: '3\n' }, { parents: [head] }))
  origin.fault.protocol = 0
  await using checkout = await open(base, head)
  expect(checkout.head).toBe(head)
})

test('a commit that is nowhere is not found, and not asked for again', async () => {
  const { origin, open } = await setUp()
  const { base } = twoStates(origin)
  const failure = open(base, 'd'.repeat(40))
  await expect(failure).rejects.toMatchObject({
    code: 'not_found',
    message: expect.stringContaining('head commit dddddddddddd of pull request 1'),
  })
})

test('a fetch that fails is tried again', async () => {
  const { origin, open, logged } = await setUp()
  const { base, head } = twoStates(origin)
  let failures = 2
  origin.fault.before = (_, response) => failures-- > 0 && Boolean(response.writeHead(503).end())
  await using checkout = await open(base, head)
  expect(checkout.head).toBe(head)
  expect(logged.join('\n')).toContain('503')
})

test('after three failures the reason is said, and nothing is left', async () => {
  const { origin, open, dataDir } = await setUp()
  const { base, head } = twoStates(origin)
  origin.fault.before = (_, response) => Boolean(response.writeHead(503).end())
  const message = expect.stringMatching(/^Fetching o\/r failed, also when tried again: .*503.* Nothing was looked at/)
  await expect(open(base, head)).rejects.toMatchObject({ code: 'unavailable', message })
  expect(readdirSync(join(dataDir, 'checkouts'))).toEqual([])
  expect(readdirSync(join(dataDir, 'mirrors'))).toEqual(['4711.git'])
})

test.each([
  ['a refused token', 401, 'the server refused the token'],
  ['a forbidden repository', 403, 'the token may not read this repository'],
  ['a repository that is gone', 404, 'the server knows no such repository'],
])('%s is said in words', async (_, status, words) => {
  const { origin, open } = await setUp()
  const { base, head } = twoStates(origin)
  origin.fault.before = (_, response) =>
    Boolean(response.writeHead(status, { 'www-authenticate': 'Basic realm="x"' }).end())
  await expect(open(base, head)).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining(words) })
})

test('a token is asked for anew at each attempt', async () => {
  const { origin, open } = await setUp()
  const { base, head } = twoStates(origin)
  const tokens = ['expired', token]
  await using checkout = await open(base, head, { token: async () => tokens.shift() ?? 'none' })
  expect(checkout.head).toBe(head)
  expect(tokens).toEqual([])
})

test('stopping ends the fetch and its helpers', async () => {
  const { origin, open } = await setUp()
  const { base, head } = twoStates(origin)
  const stop = new AbortController()
  origin.fault.before = () => {
    stop.abort()
    return true // never answered
  }
  await expect(open(base, head, { signal: stop.signal })).rejects.toMatchObject({ code: 'stopped' })
  expect(commandLines().filter(line => line.includes(origin.url))).toEqual([])
})

test('calls at once for one repository share one fetch', async () => {
  const { origin, open } = await setUp()
  const { base, head } = twoStates(origin)
  const checkouts = await Promise.all(Array.from({ length: 5 }, () => open(base, head)))
  const once = uploads(origin)
  await (await open(base, head))[Symbol.asyncDispose]()
  expect(uploads(origin)).toBe(once)
  expect(once).toBeLessThanOrEqual(2)
  expect(new Set(checkouts.map(checkout => checkout.dir)).size).toBe(5)
  for (const checkout of checkouts) await checkout[Symbol.asyncDispose]()
})

test('the second pull of a repository brings only what is new', async () => {
  const { origin, open } = await setUp()
  const { base, head } = pullOf(
    origin,
    { big: Buffer.from(Array.from({ length: 400_000 }, (_, at) => (at * 7919 + (at >> 3)) % 251)), a: '1\n' },
    { a: '2\n' },
  )
  await (await open(base, head))[Symbol.asyncDispose]()
  let bytes = 0
  origin.fault.before = (_, response) => {
    const write = response.write.bind(response)
    const counted = (chunk: Buffer) => {
      bytes += chunk.length
      return write(chunk)
    }
    response.write = counted as typeof response.write
    return false
  }
  const next = origin.commit({ a: '3\n' }, { parents: [head] })
  origin.setRef('refs/pull/2/head', next)
  await using second = await open(base, next, { number: 2 })
  expect(second.head).toBe(next)
  expect(bytes).toBeLessThan(5_000)
})

test('a first clone says so', async () => {
  const { origin, open } = await setUp()
  const { base, head } = twoStates(origin)
  const said: string[] = []
  const progress = (sentence: string) => void said.push(sentence)
  await (await open(base, head, { progress }))[Symbol.asyncDispose]()
  expect(said[0]).toBe('Cloning o/r for the first time.')
  said.length = 0
  await (await open(base, head, { progress }))[Symbol.asyncDispose]()
  expect(said).toEqual([])
})

test('two histories without a common commit have no diff, and that is said', async () => {
  const { origin, open } = await setUp()
  const base = origin.commit({ a: '1\n' })
  const head = origin.commit({ a: '2\n' })
  await expect(open(base, head)).rejects.toMatchObject({
    code: 'bad_input',
    message: expect.stringContaining('share no history'),
  })
})

test.each([
  ['ssh://git@github.com/o/r.git'],
  ['file:///etc'],
  ['ext::sh -c touch% /tmp/x'],
  ['--upload-pack=touch /tmp/x'],
  ['https://user:secret@github.com/o/r.git'],
])('nothing is fetched from %s', async cloneUrl => {
  const { origin, open } = await setUp()
  const { base, head } = twoStates(origin)
  await expect(open(base, head, { cloneUrl })).rejects.toMatchObject({ code: 'bad_input' })
})

test('a commit is given by its full name only', async () => {
  const { origin, open } = await setUp()
  const { base } = twoStates(origin)
  for (const head of ['HEAD', '--output=/tmp/x', 'abc', `${base}^{/x}`])
    await expect(open(base, head)).rejects.toMatchObject({ code: 'bad_input' })
})

test('many fetches are joined, and old heads stay', async () => {
  const { origin, open, dataDir } = await setUp()
  const { base } = twoStates(origin)
  const tips = writeCommits(
    origin.dir,
    Array.from({ length: 32 }, (_, at) => ({ files: { a: `${at}\n` }, parents: [base] })),
  )
  for (const tip of tips) await (await open(base, tip))[Symbol.asyncDispose]()
  const packs = readdirSync(join(dataDir, 'mirrors', `${repository.id}.git`, 'objects', 'pack'))
  expect(packs.filter(name => name.endsWith('.pack')).length).toBeLessThan(30)
  await using first = await open(base, tips[0]!)
  expect(first.head).toBe(tips[0])
})

test.each<[string, (mirror: string) => void]>([
  ['packs are cut short', mirror => eachPack(mirror, file => truncateSync(file, 40))],
  ['packs are empty', mirror => eachPack(mirror, file => truncateSync(file, 0))],
  ['packs are gone', mirror => eachPack(mirror, file => rmSync(file))],
  ['HEAD is empty', mirror => truncateSync(join(mirror, 'HEAD'), 0)],
  ['config is broken', mirror => writeFileSync(join(mirror, 'config'), '[core\n')],
  ['it was never finished', mirror => rmSync(join(mirror, 'last-used'))],
])('a mirror whose %s is cloned anew', async (_, damage) => {
  const { origin, open, dataDir } = await setUp()
  const { base, head } = twoStates(origin)
  await (await open(base, head))[Symbol.asyncDispose]()
  damage(join(dataDir, 'mirrors', '4711.git'))
  const next = origin.commit({ a: '3\n' }, { parents: [head] })
  for (const commit of [next, head]) {
    await using checkout = await open(base, commit)
    expect((await checkout.change()).files).toHaveLength(1)
  }
})

function eachPack(mirror: string, act: (file: string) => void) {
  const dir = join(mirror, 'objects', 'pack')
  for (const name of readdirSync(dir)) {
    chmodSync(join(dir, name), 0o600)
    if (name.endsWith('.pack')) act(join(dir, name))
  }
}

function commandLines(): string[] {
  const read = (pid: string) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
    } catch {
      return ''
    }
  }
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(read)
}
