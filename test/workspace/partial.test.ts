// Repositories too large to be cloned whole: what is looked at comes in one go, and afterwards nothing fetches.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Checkout } from '../../src/domain/workspace.ts'
import { readRepository } from '../../src/github/payloads.ts'
import { gitOf } from '../../src/workspace/git.ts'
import { pullOf, repository, setUp } from './open.ts'
import type { Origin } from './origin.ts'

const large = { ...repository, size: 5_000 }
const lowered = { largeRepository: 4_000 }

/** Three commits on main, of which only the last one's files are in the pull; every file of every commit has bytes of its own. */
function history(origin: Origin) {
  origin.git('config', 'uploadpack.allowFilter', 'true')
  origin.git('config', 'uploadpack.allowAnySHA1InWant', 'true')
  const first = origin.commit({ 'src/old.ts': 'first version\n', 'src/kept.ts': 'kept\n', 'README.md': 'one\n' })
  const second = origin.commit({ 'src/old.ts': 'second version\n', 'README.md': 'two\n' }, { parents: [first] })
  const base = origin.commit({ 'src/old.ts': 'third version\n' }, { parents: [second] })
  const head = origin.commit({ 'src/old.ts': 'fourth version\n', 'src/new.ts': 'new\n' }, { parents: [base] })
  origin.setRef('refs/heads/main', base)
  origin.setRef('refs/pull/1/head', head)
  return { first, second, base, head }
}

/** Fetches that git's server answered with a pack. */
const fetches = (origin: Origin) => origin.requests.filter(({ url }) => url.endsWith('/git-upload-pack')).length

async function lookAtEverything(checkout: Checkout) {
  return {
    change: (await checkout.change()).files.map(file => [file.path, file.status, file.additions, file.deletions]),
    file: await checkout.file('src/kept.ts'),
    grep: await checkout.grep('version'),
    glob: await checkout.glob('src/**'),
    log: (await checkout.log('src/old.ts')).split('\n').filter(Boolean).length,
    base: await checkout.show(`${checkout.mergeBase}:src/old.ts`),
    tree: readdirSync(join(checkout.dir, 'src')).sort(),
    blobs: (await Array.fromAsync(checkout.blobs(['src/new.ts'], { eachBytes: 100, allBytes: 100 }))).length,
  }
}

test('files of earlier commits stay on the server; all of head and base are there before anybody looks, and no look fetches', async () => {
  const { origin, open, dataDir } = await setUp(lowered)
  const { base, head, first } = history(origin)
  await using checkout = await open(base, head, { repository: large })
  const before = origin.requests.length
  expect(await lookAtEverything(checkout)).toEqual({
    change: [
      ['src/new.ts', 'added', 1, 0],
      ['src/old.ts', 'modified', 1, 1],
    ],
    file: 'kept\n',
    grep: 'src/old.ts:1:fourth version',
    glob: ['src/kept.ts', 'src/new.ts', 'src/old.ts'],
    log: 4,
    base: 'third version\n',
    tree: ['kept.ts', 'new.ts', 'old.ts'],
    blobs: 1,
  })
  const absent = /so large that files of earlier commits are not at hand/
  await expect(checkout.show(`${first}:src/old.ts`)).rejects.toThrow(absent)
  await expect(checkout.show('HEAD~2')).rejects.toThrow(absent)
  await expect(checkout.blame('README.md', 1, 1)).rejects.toThrow(absent)
  await expect(checkout.show('HEAD~1:src/none.ts')).rejects.toThrow('no such file')
  expect(origin.requests).toHaveLength(before)

  // The old file is on the server and not here: it was not needed, and was not fetched.
  const gitDir = join(dataDir, 'mirrors', `${repository.id}.git`)
  const old = origin.git('rev-parse', `${first}:src/old.ts`)
  const here = await gitOf({})({ gitDir, args: ['cat-file', '-e', old] })
  expect(here.code).not.toBe(0)
  expect(readFileSync(join(gitDir, 'config'), 'utf8')).not.toContain('remote')
})

test('the files come in one fetch after the commits, and only those that are not there yet', async () => {
  const { origin, open } = await setUp(lowered)
  const { base, head } = history(origin)
  const told: string[] = []
  await using _first = await open(base, head, { repository: large, progress: sentence => told.push(sentence) })
  // One asks for refs, two bring packs; protocol v2 asks for refs with a post of its own.
  const first = fetches(origin)
  expect(told.filter(sentence => sentence.includes('files of'))).toEqual([
    'Fetching 5 files of o/r, those that this commit has.',
  ])
  const next = origin.commit({ 'src/new.ts': 'newer\n' }, { parents: [head] })
  origin.setRef('refs/pull/1/head', next)
  await using _second = await open(base, next, { repository: large, progress: sentence => told.push(sentence) })
  expect(told.at(-1)).toBe('Fetching 1 files of o/r, those that this commit has.')
  expect(fetches(origin) - first).toBeLessThanOrEqual(first)
  const since = await _second.since(head)
  expect(since?.change.files.map(file => file.path)).toEqual(['src/new.ts'])

  // The same commits again: nobody is asked anything.
  const asked = origin.requests.length
  await using again = await open(base, next, { repository: large })
  expect(await again.file('src/new.ts')).toBe('newer\n')
  expect(origin.requests).toHaveLength(asked)
})

test('what came since a commit whose files were never here is not told, so all of the pull is looked at', async () => {
  const { origin, open } = await setUp(lowered)
  const { base, head, second } = history(origin)
  await using checkout = await open(base, head, { repository: large })
  expect(await checkout.since(second)).toBeUndefined()
  expect(await checkout.since(base)).toBeDefined()
})

test('a repository that is not large is cloned whole', async () => {
  const { origin, open } = await setUp(lowered)
  const { base, head, first } = history(origin)
  await using checkout = await open(base, head, { repository: { ...repository, size: 4_000 } })
  expect(await checkout.show(`${first}:src/old.ts`)).toBe('first version\n')
})

test('a server that knows no filters gives everything, and that is looked at as ever', async () => {
  const { origin, open } = await setUp(lowered)
  const { base, head } = pullOf(origin, { 'a.ts': 'one\n' }, { 'a.ts': 'two\n' })
  origin.git('config', 'uploadpack.allowFilter', 'false')
  await using checkout = await open(base, head, { repository: large })
  expect(await checkout.file('a.ts')).toBe('two\n')
})

test('how large a repository is comes from what GitHub says of it; who is not told clones it whole', () => {
  const told = { id: 1, name: 'r', owner: { login: 'o', id: 2 }, default_branch: 'main', private: true }
  expect(readRepository({ ...told, size: 3_000_000 }, 1)?.size).toBe(3_000_000)
  expect(readRepository({ ...told, size: 'large' }, 1)).not.toHaveProperty('size')
})
