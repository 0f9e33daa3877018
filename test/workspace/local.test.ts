// Ranges of a person's own repository: seen as they are, with nothing there changed and nothing of it run.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import { openWorkspaces } from '../../src/workspace/index.ts'
import { runGit, writeTree } from './origin.ts'

const signal = new AbortController().signal

/** main: one, two; topic from one: three, four. Made once in each of the formats, and copied for each test. */
function repository(...initial: string[]) {
  const root = mkdtempSync(join(tmpdir(), 'local-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  const dir = join(root, 'work')
  const made = samples.get(initial.join()) ?? sample(initial)
  samples.set(initial.join(), made)
  cpSync(made.dir, dir, { recursive: true })
  const workspaces = openWorkspaces({ dataDir: join(root, 'never made') })
  const open = (range: string, from = dir) => workspaces.openLocal({ dir: from, range, signal })
  return { ...made, root, ...gitIn(dir), open }
}

const samples = new Map<string, ReturnType<typeof sample>>()
const held = mkdtempSync(join(tmpdir(), 'local-'))
afterAll(() => rmSync(held, { recursive: true, force: true }))

function sample(initial: string[]) {
  const dir = join(held, `sample${initial.join('')}`)
  mkdirSync(dir)
  const { git, commit } = gitIn(dir)
  git('init', '--quiet', '-b', 'main', ...initial)
  const one = commit({ 'a.txt': '1\n', 'b/c.txt': 'c\n' }, 'one')
  git('checkout', '--quiet', '-b', 'topic')
  const three = commit({ 'a.txt': '3\n' }, 'three')
  const four = commit({ 'd.txt': '4\n' }, 'four')
  git('checkout', '--quiet', 'main')
  const two = commit({ 'b/c.txt': '2\n' }, 'two')
  return { dir, one, two, three, four }
}

function gitIn(dir: string) {
  const git = (...args: string[]) => runGit(dir, args).toString().trim()
  const commit = (files: Record<string, string>, message: string) => {
    writeTree(dir, files)
    git('add', '--all')
    git('commit', '--quiet', '-m', message)
    return git('rev-parse', 'HEAD')
  }
  return { dir, git, commit }
}

const pathsOf = async (opened: ReturnType<ReturnType<typeof repository>['open']>) => {
  await using checkout = await opened
  return (await checkout.change()).files.map(file => `${file.status} ${file.path}`)
}

test('three dots compare with the merge base, two with the revision itself, one revision with its parent', async () => {
  const { open, four } = repository()
  expect(await pathsOf(open('main...topic'))).toEqual(['modified a.txt', 'added d.txt'])
  expect(await pathsOf(open('main..topic'))).toEqual(['modified a.txt', 'modified b/c.txt', 'added d.txt'])
  expect(await pathsOf(open('topic'))).toEqual(['added d.txt'])
  expect(await pathsOf(open(four.slice(0, 10)))).toEqual(['added d.txt'])
  expect(await pathsOf(open('topic...'))).toEqual(['modified b/c.txt'])
  expect(await pathsOf(open('topic~2'))).toEqual(['added a.txt', 'added b/c.txt'])
})

test('the head of the range is checked out, whatever lies in the person’s worktree', async () => {
  const { open, dir, four } = repository()
  writeFileSync(join(dir, 'a.txt'), 'not committed\n')
  await using checkout = await open('main...topic', join(dir, 'b'))
  expect(checkout.head).toBe(four)
  expect(readFileSync(join(checkout.dir, 'a.txt'), 'utf8')).toBe('3\n')
  expect(readdirSync(checkout.dir).sort()).toEqual(['a.txt', 'b', 'd.txt'])
  expect(await checkout.grep('3')).toBe('a.txt:1:3')
  expect(await checkout.log()).toMatch(/four[\s\S]*three[\s\S]*one/)
  await expect(checkout.show('main')).rejects.toMatchObject({ code: 'bad_input' })
})

test('nothing in the repository is changed, and no data directory is made', async () => {
  const { open, root, dir } = repository()
  const before = fingerprint(root)
  await pathsOf(open('main...topic'))
  expect(fingerprint(root)).toEqual(before)
  expect(existsSync(join(root, 'never made'))).toBe(false)
  expect(existsSync(join(dir, '.git', 'index.lock'))).toBe(false)
})

test('hooks, configuration, attributes and replaced objects of the repository do not hold', async () => {
  const { open, dir, root, git, commit } = repository()
  const proof = join(root, 'proof')
  writeFileSync(join(dir, '.git', 'hooks', 'post-checkout'), `#!/bin/sh\ntouch ${proof}\n`, { mode: 0o755 })
  mkdirSync(join(dir, '.git', 'info'), { recursive: true })
  writeFileSync(join(dir, '.git', 'info', 'attributes'), '* -diff filter=evil diff=evil linguist-generated\n')
  const last = commit({ 'a.txt': 'really\n' }, 'last')
  git('replace', last, git('rev-parse', 'topic'))
  for (const [key, value] of [
    ['core.fsmonitor', `touch ${proof}`],
    ['core.pager', `touch ${proof}`],
    ['core.sshCommand', `touch ${proof}`],
    ['filter.evil.smudge', `touch ${proof}; cat`],
    ['diff.evil.textconv', `touch ${proof}; cat`],
    ['diff.external', `touch ${proof}`],
    ['alias.rev-parse', `!touch ${proof}`],
    ['core.hooksPath', join(dir, '.git', 'hooks')],
    ['diff.noprefix', 'true'],
  ] as const)
    git('config', key, value)
  rmSync(proof, { force: true })
  await using checkout = await open(last)
  expect((await checkout.change()).files).toMatchObject([
    { path: 'a.txt', binary: false, generated: false, additions: 1 },
  ])
  await checkout.show('HEAD')
  await checkout.log('a.txt')
  expect(existsSync(proof)).toBe(false)
})

test('what is wrong with a range is said', async () => {
  const { open, root, git, dir, commit } = repository()
  git('checkout', '--quiet', '--orphan', 'alone')
  commit({ 'z.txt': 'z\n' }, 'alone')
  git('checkout', '--quiet', 'main')
  const said = async (range: string, from?: string) =>
    (await open(range, from).catch((problem: Error) => problem)) as Error
  for (const [range, from, words] of [
    ['main...nowhere', dir, 'The repository knows no revision “nowhere”'],
    ['main...alone', dir, 'has no merge base: the two share no history'],
    ['main..main', dir, 'changes no file'],
    ['main...main', dir, 'changes no file'],
    ['--output=x', dir, 'is not a revision'],
    ['main', root, 'is not in a git repository'],
    ['main', join(root, 'nothing'), 'There is no directory'],
    ['a....b', dir, 'no revision'],
    ['main\0', dir, 'is not a revision'],
  ] as const) {
    const problem = await said(range, from)
    expect(problem).toMatchObject({ code: 'bad_input', message: expect.stringContaining(words) })
  }
})

test('a shallow clone is looked at as far as it goes, and then says so', async () => {
  const { dir, root, open } = repository()
  const clone = join(root, 'shallow')
  runGit(root, ['clone', '--quiet', '--depth=2', '--no-single-branch', `file://${dir}`, clone])
  runGit(clone, ['checkout', '--quiet', 'topic'])
  expect(await pathsOf(open('topic', clone))).toEqual(['added d.txt'])
  const shallow = { code: 'bad_input', message: expect.stringContaining('git fetch --unshallow') }
  await expect(open('origin/main...topic', clone).then(dispose)).rejects.toMatchObject(shallow)
  await expect(open('topic~1', clone).then(dispose)).rejects.toMatchObject(shallow)
  await expect(open('topic~2', clone).then(dispose)).rejects.toMatchObject(shallow)
})

test('worktrees, clones that borrow objects and sha-256 repositories work too', async () => {
  const { dir, root, open, git } = repository()
  git('worktree', 'add', '--quiet', join(root, 'second'), 'topic')
  expect(await pathsOf(open('main...HEAD', join(root, 'second')))).toEqual(['modified a.txt', 'added d.txt'])
  runGit(root, ['clone', '--quiet', '--shared', dir, join(root, 'sharing')])
  await using checkout = await open('origin/main...origin/topic', join(root, 'sharing'))
  expect(await checkout.grep('3')).toBe('a.txt:1:3')
  expect(await checkout.file('b/c.txt')).toBe('c\n')
  runGit(root, ['clone', '--quiet', '--bare', dir, join(root, 'bare.git')])
  expect(await pathsOf(open('main...topic', join(root, 'bare.git')))).toHaveLength(2)
  const long = repository('--object-format=sha256')
  expect(await pathsOf(long.open('main...topic'))).toEqual(['modified a.txt', 'added d.txt'])
  expect(await pathsOf(long.open('topic~2'))).toHaveLength(2)
})

test('a path with spaces, quotes and line ends is borrowed from', async () => {
  const { dir, root, open } = repository()
  for (const name of ['with space', '"quoted"', 'tab\tx', 'ünï', '#hash', 'back\\slash']) {
    const copy = join(root, name)
    execFileSync('cp', ['-r', dir, copy])
    expect(await pathsOf(open('main...topic', copy))).toHaveLength(2)
  }
})

async function dispose(checkout: AsyncDisposable) {
  await checkout[Symbol.asyncDispose]()
}

function fingerprint(root: string): string[] {
  return readdirSync(root, { recursive: true })
    .map(name => join(root, String(name)))
    .map(file => {
      const facts = lstatSync(file)
      const content = facts.isFile() ? createHash('sha256').update(readFileSync(file)).digest('hex') : ''
      return `${file} ${facts.mode} ${facts.mtimeMs} ${content}`
    })
    .sort()
}
