// The worktree of a hostile tree: plain files inside of it, and nothing else.
import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { pullOf, setUp } from './open.ts'
import { runGit } from './origin.ts'

test('symlinks become plain files, submodules empty directories, and there is no .git', async () => {
  const { origin, open } = await setUp()
  const { base, head } = pullOf(
    origin,
    {},
    {
      out: { mode: '120000', content: '/etc' },
      up: { mode: '120000', content: '../../../..' },
      sub: { mode: '160000', id: '1'.repeat(40) },
      '.gitmodules': '[submodule "sub"]\n path = sub\n url = file:///etc\n',
      'tool.sh': { mode: '100755', content: '#!/bin/sh\n' },
    },
  )
  await using checkout = await open(base, head)
  expect(lstatSync(join(checkout.dir, 'out')).isFile()).toBe(true)
  expect(readFileSync(join(checkout.dir, 'out'), 'utf8')).toBe('/etc')
  expect(lstatSync(join(checkout.dir, 'up')).isFile()).toBe(true)
  expect(readdirSync(join(checkout.dir, 'sub'))).toEqual([])
  expect(existsSync(join(checkout.dir, '.git'))).toBe(false)
  expect((await checkout.change()).files).toHaveLength(5)
})

test('names that no git would write are left out, named, and the rest is there', async () => {
  const { origin, open, logged, dataDir } = await setUp()
  const id = origin.blob('x\n')
  const tree = (lines: string[]) =>
    runGit(origin.dir, ['mktree', '-z'], lines.map(line => `${line}\0`).join(''))
      .toString()
      .trim()
  const hooks = tree([`100755 blob ${id}\tpost-checkout`])
  const inner = tree([`100644 blob ${id}\tconfig`, `040000 tree ${hooks}\thooks`])
  const hidden = Buffer.from('.g\u200cit').toString()
  const root = tree([
    `040000 tree ${inner}\t.git`,
    `040000 tree ${inner}\tGIT~1`,
    `040000 tree ${inner}\t${hidden}`,
    `100644 blob ${id}\tfine.txt`,
    `040000 tree ${inner}\t..`,
  ])
  const base = origin.commit({ 'fine.txt': 'y\n' })
  const head = origin.commitTree(root, [base])
  origin.setRef('refs/pull/1/head', head)
  await using checkout = await open(base, head)
  expect(readdirSync(checkout.dir)).toEqual(['fine.txt'])
  expect(existsSync(join(dataDir, 'checkouts', 'config'))).toBe(false)
  expect(logged.join()).toContain('.git/config')
  expect(logged.join()).toContain('../hooks/post-checkout')
})

test('a name too long for the file system costs only that file', async () => {
  const { origin, open, logged } = await setUp()
  const long = 'n'.repeat(300)
  const { base, head } = pullOf(origin, {}, { [`dir/${long}`]: 'long\n', 'fine.txt': 'x\n' })
  await using checkout = await open(base, head)
  expect(readFileSync(join(checkout.dir, 'fine.txt'), 'utf8')).toBe('x\n')
  expect(logged.join()).toContain(`dir/${long}`)
  expect(await checkout.file(`dir/${long}`)).toBe('long\n')
})

test('a tree that unfolds into ten thousand million files is refused', async () => {
  const { origin, open } = await setUp()
  let id = origin.blob('boom\n')
  let kind = '100644 blob'
  for (let depth = 0; depth < 10; depth++) {
    const lines = Array.from({ length: 10 }, (_, at) => `${kind} ${id}\tf${at}\0`)
    id = runGit(origin.dir, ['mktree', '-z'], lines.join('')).toString().trim()
    kind = '040000 tree'
  }
  const base = origin.commit({ a: 'x\n' })
  const head = origin.commitTree(id, [base])
  origin.setRef('refs/pull/1/head', head)
  await expect(open(base, head)).rejects.toMatchObject({
    code: 'too_large',
    message: expect.stringContaining('500000 files'),
  })
})
