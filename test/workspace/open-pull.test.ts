// Opening a pull request: exact commits, a clean worktree, retries, reasons.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { pullOf, setUp } from './open.ts'

test('a pull is checked out at its exact head, with its change', async () => {
  const { origin, open } = await setUp()
  const { base, head } = pullOf(origin, { 'a.txt': 'one\ntwo\n', 'src/b.ts': 'x\n' }, { 'a.txt': 'one\n2\n' })
  await using checkout = await open(base, head)
  expect(readFileSync(join(checkout.dir, 'a.txt'), 'utf8')).toBe('one\n2\n')
  expect(readdirSync(checkout.dir).sort()).toEqual(['a.txt', 'src'])
  expect(checkout.mergeBase).toBe(base)
  const change = await checkout.change()
  expect(change.files).toMatchObject([{ path: 'a.txt', status: 'modified', additions: 1, deletions: 1 }])
  expect(await checkout.file('a.txt')).toBe('one\n2\n')
  expect(await checkout.file('a.txt', base)).toBe('one\ntwo\n')
  expect(await checkout.file('none')).toBeUndefined()
  expect(await checkout.glob('**/*.ts')).toEqual(['src/b.ts'])
  expect(await checkout.grep('^2')).toBe('a.txt:2:2')
  expect(await checkout.log()).toContain('change')
  expect(await checkout.blame('a.txt', 1, 2)).toContain('Ada')
  expect(await checkout.show('HEAD')).toContain('+2')
  expect(await checkout.show('HEAD~1:a.txt')).toBe('one\ntwo\n')
})

test('nothing is left of a checkout that is disposed of', async () => {
  const { origin, open, dataDir } = await setUp()
  const { base, head } = pullOf(origin, { a: '1\n' }, { a: '2\n' })
  const checkout = await open(base, head)
  await checkout[Symbol.asyncDispose]()
  expect(existsSync(checkout.dir)).toBe(false)
  expect(readdirSync(join(dataDir, 'checkouts'))).toEqual([])
})
