// Which words a review was done with: a digest that changes with any of them, and with nothing else.
import { cpSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { hashOf, promptsVersion } from '../src/builtins.ts'

const dir = mkdtempSync(join(tmpdir(), 'watchbill-words-'))
const copy = join(dir, 'routines')
afterAll(() => rmSync(dir, { recursive: true, force: true }))

it('is the same for the same files, wherever they lie', () => {
  cpSync(join(import.meta.dirname, '../routines'), copy, { recursive: true })
  expect(hashOf(copy)).toBe(promptsVersion())
  expect(promptsVersion()).toMatch(/^[0-9a-f]{12}$/)
})

it.each(['prompts/finder.md', 'agents/correctness.md', 'code-review.md'])('changes with a word of %s', name => {
  const before = hashOf(copy)
  writeFileSync(join(copy, name), 'Another word.', { flag: 'a' })
  expect(hashOf(copy)).not.toBe(before)
})

it('changes with the name of a file', () => {
  const before = hashOf(copy)
  renameSync(join(copy, 'agents/tests.md'), join(copy, 'agents/testing.md'))
  expect(hashOf(copy)).not.toBe(before)
})
