// What an agent can ask of the mirror: useful answers to plain questions, and nothing at all to hostile ones.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { gitOf } from '../../src/workspace/git.ts'
import { isolationOf } from '../../src/workspace/isolation.ts'
import { looksOf } from '../../src/workspace/look.ts'
import { pullOf, setUp } from './open.ts'

let one: Awaited<ReturnType<typeof openOne>>
let clean = async () => {}

beforeAll(async () => {
  one = await openOne({}, how => {
    clean = how
  })
})

afterAll(async () => {
  await one.checkout[Symbol.asyncDispose]()
  await clean()
})

async function openOne(...options: Parameters<typeof setUp>) {
  const { origin, open, workspaces, dataDir } = await setUp(...options)
  const { base, head } = pullOf(
    origin,
    {
      'src/a.ts': 'first\nsecond\n',
      'src/deep/b.tsx': 'second\n',
      'doc/[x] y.md': 'doc\n',
      '.github/w.yml': 'on: push\n',
    },
    { 'src/a.ts': 'first\nSECOND\n' },
  )
  const other = origin.commit({ 'secret.txt': 'of another pull\n' }, { parents: [base] })
  origin.setRef('refs/pull/2/head', other)
  await (await open(base, other, { number: 2 }))[Symbol.asyncDispose]()
  return { checkout: await open(base, head), base, head, other, dataDir, workspaces, origin }
}

test('globs answer paths of the head, dot directories too', async () => {
  const { checkout } = one
  expect(await checkout.glob('**/*.{ts,tsx}')).toEqual(['src/a.ts', 'src/deep/b.tsx'])
  expect(await checkout.glob('src/*')).toEqual(['src/a.ts'])
  expect(await checkout.glob('**/*.yml')).toEqual(['.github/w.yml'])
  expect(await checkout.glob('*.yml')).toEqual([])
  expect(await checkout.glob('**')).toHaveLength(4)
  expect(await checkout.glob('**', 2)).toHaveLength(2)
  expect(await checkout.glob('./src/**')).toHaveLength(2)
})

test('a path is taken literally', async () => {
  const { checkout } = one
  expect(await checkout.grep('doc', 'doc/[x] y.md')).toBe('doc/[x] y.md:1:doc')
  expect(await checkout.grep('second', 'src/*')).toBe('')
  expect(await checkout.grep('second', ':(exclude)src')).toBe('')
  expect(await checkout.grep('second', 'src/deep')).toBe('src/deep/b.tsx:1:second')
  expect(await checkout.log('doc/[x] y.md')).toContain('change')
  expect(await checkout.log(':(top)')).toBe('')
})

test('no path leads out', async () => {
  const { checkout, head } = one
  const refused = { code: 'bad_input' }
  for (const path of ['../../etc/passwd', '/etc/passwd', 'a/../../b', 'src/../../../x', 'a\0b', '..', 'a//b']) {
    await expect(checkout.file(path)).rejects.toMatchObject(refused)
    await expect(checkout.grep('root', path)).rejects.toMatchObject(refused)
    await expect(checkout.log(path)).rejects.toMatchObject(refused)
    await expect(checkout.blame(path, 1, 2)).rejects.toMatchObject(refused)
    await expect(checkout.show(`HEAD:${path}`)).rejects.toMatchObject(refused)
    await expect(checkout.show(`${head}:${path}`)).rejects.toMatchObject(refused)
  }
})

test('no glob leads out or grows', async () => {
  const { checkout } = one
  for (const pattern of ['../*', 'a/../../*', '', 'x\0', 'x\ny', `{${'a,'.repeat(80)}b}`, '{a,b}'.repeat(7)])
    await expect(checkout.glob(pattern)).rejects.toMatchObject({ code: 'bad_input' })
})

test('an option is only a text', async () => {
  const { checkout, dataDir } = one
  const proof = join(dataDir, 'proof')
  const options = [
    `--output=${proof}`,
    `-O${proof}`,
    `--open-files-in-pager=touch ${proof}`,
    '-f/etc/passwd',
    '--no-index',
    '--help',
    '--ext-diff',
  ]
  for (const option of options) {
    expect(await checkout.grep(option)).toBe('')
    expect(await checkout.grep('x', option)).toBe('')
    expect(await checkout.glob(option)).toEqual([])
    expect(await checkout.file(option)).toBeUndefined()
    expect(await checkout.log(option)).toBe('')
    await expect(checkout.show(option)).rejects.toMatchObject({ code: 'bad_input' })
    await expect(checkout.show(`HEAD:${option}`)).rejects.toMatchObject({ code: 'not_found' })
    await expect(checkout.file('src/a.ts', option)).rejects.toMatchObject({ code: 'bad_input' })
    await expect(checkout.blame(option, 1, 2)).rejects.toMatchObject({ code: 'bad_input' })
  }
  expect(existsSync(proof)).toBe(false)
})

test('a pathspec’s magic words mean nothing in a glob', async () => {
  const { checkout } = one
  for (const magic of [':(exclude)src', ':!src', ':^src', ':(attr:x)src', ':/src', ':(icase)SRC/A.TS'])
    expect(await checkout.glob(magic)).toEqual([])
})

test('another pull in the same mirror can not be seen', async () => {
  const { checkout, other, origin } = one
  const names = [
    other,
    other.slice(0, 12),
    `${other}~0`,
    `${other}:secret.txt`,
    'd'.repeat(40),
    origin.blob('of another pull\n'),
  ]
  for (const name of names) await expect(checkout.show(name)).rejects.toMatchObject({ code: 'not_found' })
  await expect(checkout.file('secret.txt', other)).rejects.toMatchObject({ code: 'not_found' })
  for (const name of [
    'refs/watchbill/pull/2/head',
    'main',
    '@',
    'HEAD@{1}',
    ':/change',
    'HEAD^{/change}',
    'HEAD..',
    '^HEAD',
    '--all',
    `HEAD ${other}`,
  ])
    await expect(checkout.show(name)).rejects.toMatchObject({ code: 'bad_input' })
  expect(await checkout.glob('secret*')).toEqual([])
  expect(await checkout.grep('another')).toBe('')
})

test('the history before the change can be looked at', async () => {
  const { checkout, base } = one
  expect(await checkout.show('HEAD~1:src/a.ts')).toBe('first\nsecond\n')
  expect(await checkout.show(base.slice(0, 10))).toContain('+first')
  expect(await checkout.file('src/a.ts', 'HEAD^')).toBe('first\nsecond\n')
  expect(await checkout.blame('src/a.ts', 1, 2)).toMatch(/\(Ada .* 1\) first\n.*2\) SECOND/)
})

test('a bad pattern, line or revision is said to be one', async () => {
  const { checkout } = one
  await expect(checkout.grep('(')).rejects.toMatchObject({
    code: 'bad_input',
    message: expect.stringContaining('Unmatched ('),
  })
  await expect(checkout.grep('')).rejects.toMatchObject({ code: 'bad_input' })
  await expect(checkout.grep('a\0b')).rejects.toMatchObject({ code: 'bad_input' })
  await expect(checkout.blame('src/a.ts', 7, 9)).rejects.toMatchObject({
    code: 'bad_input',
    message: expect.stringContaining('has only 2 lines'),
  })
  await expect(checkout.blame('src/a.ts', 0, 9)).rejects.toMatchObject({ code: 'bad_input' })
  await expect(checkout.blame('src/a.ts', 2, 1)).rejects.toMatchObject({ code: 'bad_input' })
})

test('large answers are cut, and say so', async () => {
  const { origin, open } = await setUp()
  const { base, head } = pullOf(
    origin,
    { small: 's\n' },
    { big: 'needle in a line\n'.repeat(100_000), wide: `needle${'x'.repeat(3_000_000)}\n`, small: 'S\n' },
  )
  await using checkout = await open(base, head)
  const found = (await checkout.grep('needle')).split('\n')
  expect(found).toHaveLength(201)
  expect(found.at(-1)).toBe('[… cut: more than 200 lines match]')
  const wide = await checkout.grep('needle', 'wide')
  expect(wide.length).toBeLessThan(600)
  expect(wide).toMatch(/^wide:1:needlex+…$/)
  expect(await checkout.file('big')).toMatch(/\[… cut: the file is larger than 1 MiB\]$/)
  expect(await checkout.show('HEAD')).toMatch(/\[… cut after 30,000 characters\]$/)
  expect(await checkout.show('HEAD:big')).toMatch(/\[… cut after 30,000 characters\]$/)
})

test('a pattern that takes for ever, or all memory, is ended', async () => {
  const { origin } = await setUp()
  const head = origin.commit({ a: `${'a'.repeat(5_000)}b\n`.repeat(50), b: 'found\n' })
  const git = gitOf({})
  const { wrap } = await isolationOf(git)()
  const view = {
    gitDir: origin.dir,
    head,
    mergeBase: head,
    index: '',
    signal: new AbortController().signal,
    lookMs: 700,
  }
  const looks = looksOf(command => git({ ...command, wrap }), view)
  const began = performance.now()
  for (const pattern of ['(a*)*(a*)*(a*)*\\1\\2\\3c', '(((((a{1,250}){1,250}){1,250}){1,250}){1,250})'])
    expect(await looks.grep(pattern).catch(String)).toMatch(/stopped, it took too long|can not be searched/)
  expect(performance.now() - began).toBeLessThan(5_000)
})

test('the answers are the same where there is no bubblewrap', async () => {
  const { checkout, workspaces } = await openOne({ environment: { PATH: onlyGit() } })
  expect(await workspaces.isolation()).toBe('none (git and the tools run with an empty environment)')
  expect(await checkout.grep('SECOND')).toBe('src/a.ts:2:SECOND')
  expect(await checkout.file('src/a.ts')).toBe('first\nSECOND\n')
  await checkout[Symbol.asyncDispose]()
})

/** A PATH that holds git and nothing else. */
function onlyGit(): string {
  const dir = mkdtempSync(join(tmpdir(), 'only-git-'))
  symlinkSync(execFileSync('which', ['git']).toString().trim(), join(dir, 'git'))
  onTestFinished(() => rmSync(dir, { recursive: true }))
  return dir
}
