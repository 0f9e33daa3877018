// What was read stays at hand: one read for many who ask, none for what may read otherwise next time, and never more than there is room for.
import { expect, it } from 'vitest'
import { gitOf } from '../../src/workspace/git.ts'
import { looksOf } from '../../src/workspace/look.ts'
import { keepRecent } from '../../src/workspace/recent.ts'
import { pullOf, setUp } from './open.ts'

it('a file that many look at starts git once at each commit, and one that is not there is looked for again', async () => {
  const { origin } = await setUp()
  const { base, head } = pullOf(origin, { 'a.ts': 'first\n' }, { 'a.ts': 'second\n' })
  const git = gitOf({})
  const asked: string[] = []
  const view = { gitDir: origin.dir, head, mergeBase: base, index: '', signal: new AbortController().signal }
  const looks = looksOf(command => {
    asked.push(command.args.at(-1) ?? '')
    return git(command)
  }, view)
  expect(await Promise.all([looks.file('a.ts'), looks.file('a.ts'), looks.file('./a.ts')])).toEqual(
    Array(3).fill('second\n'),
  )
  expect(await looks.file('a.ts')).toBe('second\n')
  expect(await looks.file('a.ts', base)).toBe('first\n')
  expect(await looks.file('a.ts', head, 3)).toMatch(/^sec\n\[… cut/)
  expect(asked).toEqual([`${head}:a.ts`, `${base}:a.ts`, `${head}:a.ts`])
  expect([await looks.file('b.ts'), await looks.file('b.ts')]).toEqual([undefined, undefined])
  expect(asked.slice(3)).toEqual([`${head}:b.ts`, `${head}:b.ts`])
})

it('what was not asked for the longest goes first, and what is larger than all the room is not kept', async () => {
  const reads: string[] = []
  const ask = keepRecent(async name => {
    reads.push(name)
    return { text: name, keep: true }
  }, 6)
  const order = ['aa', 'bb', 'cc', 'aa', 'dd', 'aa', 'bb', 'aa', 'longest', 'longest', 'aa']
  for (const name of order) expect(await ask(name, 1)).toBe(name)
  expect(reads).toEqual(['aa', 'bb', 'cc', 'dd', 'bb', 'longest', 'longest'])
})

it('what is not to be kept, and what failed, is read again', async () => {
  let reads = 0
  const ask = keepRecent(async name => {
    reads++
    if (name === 'bad') throw new Error('no')
    return { text: String(reads), keep: false }
  })
  expect([await ask('a', 1), await ask('a', 1)]).toEqual(['1', '2'])
  await expect(ask('bad', 1)).rejects.toThrow('no')
  await expect(ask('bad', 1)).rejects.toThrow('no')
  expect(reads).toBe(4)
})
