// The diff parser against git itself: its hunks, applied to the base blob, give the head blob byte for byte.
import { existsSync } from 'node:fs'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { readDiff } from '../../src/workspace/change.ts'
import { diffParser, type ParsedFile } from '../../src/workspace/diff.ts'
import { gitOf } from '../../src/workspace/git.ts'
import { type Files, type Origin, runGit, startOrigin, writeCommits } from './origin.ts'

const git = gitOf({})
const signal = new AbortController().signal
const latin1 = (line: Buffer) => line.toString('latin1')

const pieces = fc.constantFrom(
  ...[
    '',
    'a',
    'b',
    'c',
    '\r',
    'x\ry',
    'end\r',
    '\t tab ',
    'diff --git a/x b/x',
    '@@ -1 +1 @@',
    '--- a/x',
    '+++ b/x',
    '- ',
    '+',
    '\\',
  ],
  ...[
    '\\ No newline at end of file',
    'index 1..2',
    'Binary files a and b differ',
    ':100644 100644 1 2 M\tx',
    '\xff\xfe\x80',
    '\xc3\xa9',
    '\0',
    '\f',
  ],
)
const content = fc
  .tuple(fc.array(pieces, { maxLength: 25 }), fc.boolean())
  .map(([lines, ends]) => Buffer.from(lines.join('\n') + (ends && lines.length > 0 ? '\n' : ''), 'latin1'))
const mode = fc.constantFrom('100644', '100644', '100644', '100755', '120000')
const entry = fc.option(fc.record({ mode, content }), { nil: undefined, freq: 5 })
const name = fc.constantFrom(
  'plain',
  'a b',
  'tab\there',
  'quote"d',
  'back\\slash',
  'ünï',
  '日本/語',
  'new\nline',
  ' lead',
  'trail ',
  'b/x',
  'a => c',
  "it's",
  '-dash',
  'dir/{a => b}',
)
const state = fc.dictionary(name, entry, { minKeys: 1, maxKeys: 12, noNullPrototype: true })

test('any two states: hunks applied to the base give the head', async () => {
  const origin = await originForTest()
  await fc.assert(
    fc.asyncProperty(state, state, async (before, after) => {
      const range = rangeOf(origin, compact(before), compact(after))
      const files = await readDiff(git, range, { flags: ['--text'], decode: latin1 })
      expectToApply(origin.dir, files)
      expect(files.map(file => file.path).sort()).toEqual(changedPaths(compact(before), compact(after), files))
    }),
    { numRuns: 60 },
  )
})

test('the cases that break parsers, each said as it is', async () => {
  const origin = await originForTest()
  const long = 'x'.repeat(100_000)
  const many = Array.from({ length: 60 }, (_, at) => `line ${at}\n`).join('')
  const base = origin.commit({
    'crlf.txt': 'one\r\ntwo\r\n',
    'cr.txt': 'one\rtwo\rthree',
    'noeol.txt': 'one\ntwo',
    'long.txt': `${long}\nend\n`,
    'latin.txt': Buffer.from('caf\xe9\n', 'latin1'),
    'mode.sh': 'run\n',
    'moved.txt': many,
    'moved-edited.txt': many.replaceAll('line', 'row'),
    'gone.txt': 'bye\n',
    'link-to-file': { mode: '120000', content: 'crlf.txt' },
    'file-to-link': 'was a file\n',
    link: { mode: '120000', content: 'a' },
    sub: { mode: '160000', id: '1'.repeat(40) },
    'image.png': Buffer.from([0x89, 0x50, 0, 1, 2, 3, 0xff, 0xfe, 0, 0]),
    'was-empty': '',
  })
  const head = origin.commit(
    {
      'crlf.txt': 'one\r\n2\r\n',
      'cr.txt': 'one\r2\rthree',
      'noeol.txt': 'one\ntwo\n',
      'long.txt': `${long}y\nend\n`,
      'latin.txt': Buffer.from('caf\xe9!\n', 'latin1'),
      'mode.sh': { mode: '100755', content: 'run\n' },
      'moved.txt': undefined,
      'new place/moved ünï.txt': many,
      'moved-edited.txt': undefined,
      'edited "now".txt': `${many.replaceAll('line', 'row')}more\n`,
      'gone.txt': undefined,
      'link-to-file': 'a file\n',
      'file-to-link': { mode: '120000', content: '/etc/passwd' },
      link: { mode: '120000', content: '../../b' },
      sub: { mode: '160000', id: '2'.repeat(40) },
      'image.png': Buffer.from([0x89, 0x50, 0, 9, 9, 3, 0xff, 0xfe, 0, 0]),
      'was-empty': 'full',
      'new-empty': '',
      'fake.patch': 'diff --git a/evil b/evil\n--- a/evil\n+++ b/evil\n@@ -1,2 +1,2 @@\n\\ No newline at end of file\n',
    },
    { parents: [base] },
  )
  const range = { gitDir: origin.dir, mergeBase: base, head, signal }
  const read = await readDiff(git, range, { decode: latin1 })
  expectToApply(
    origin.dir,
    read.filter(file => !file.binary && !file.submodule),
  )

  const files = new Map((await readDiff(git, range)).map(file => [file.path, file]))
  const one = (path: string) => files.get(path)
  expect(one('crlf.txt')?.hunks[0]?.lines.map(line => line.text)).toEqual(['one\r', 'two\r', '2\r'])
  expect(one('noeol.txt')?.hunks[0]?.lines.filter(line => line.noNewline)).toEqual([
    { kind: 'removed', text: 'two', oldLine: 2, noNewline: true },
  ])
  expect(one('latin.txt')?.hunks[0]?.lines[1]).toEqual({ kind: 'added', text: 'caf\uFFFD!', newLine: 1 })
  expect(one('long.txt')).toMatchObject({ additions: 1, deletions: 1 })
  expect(one('mode.sh')).toMatchObject({ status: 'modified', oldMode: '100644', newMode: '100755', hunks: [] })
  expect(one('new place/moved ünï.txt')).toMatchObject({ status: 'renamed', oldPath: 'moved.txt', hunks: [] })
  expect(one('edited "now".txt')).toMatchObject({ status: 'renamed', oldPath: 'moved-edited.txt', additions: 1 })
  expect(one('gone.txt')).toMatchObject({ status: 'deleted', newMode: '000000', deletions: 1 })
  expect(one('file-to-link')).toMatchObject({ status: 'type-changed', symlink: true, additions: 1, deletions: 1 })
  expect(one('file-to-link')?.hunks).toHaveLength(2)
  expect(one('link-to-file')).toMatchObject({ status: 'type-changed', symlink: true, additions: 1, deletions: 1 })
  expect(one('link')).toMatchObject({ status: 'modified', symlink: true })
  expect(one('sub')).toMatchObject({ status: 'modified', submodule: true })
  expect(one('image.png')).toMatchObject({ binary: true, hunks: [] })
  expect(one('new-empty')).toMatchObject({ status: 'added', additions: 0, hunks: [] })
  expect(one('fake.patch')).toMatchObject({ status: 'added', additions: 5, deletions: 0 })
  expect(files.has('evil')).toBe(false)
})

test('a path that is no UTF-8 keeps the form that git quotes', async () => {
  const origin = await originForTest()
  const id = origin.blob('x\n')
  const tree = runGit(origin.dir, ['mktree', '-z'], Buffer.from(`100644 blob ${id}\tcaf\xe9\0`, 'latin1'))
    .toString()
    .trim()
  const range = {
    gitDir: origin.dir,
    mergeBase: origin.commitTree(origin.git('mktree', '--missing')),
    head: origin.commitTree(tree),
    signal,
  }
  expect(await readDiff(git, range)).toMatchObject([{ path: '"caf\\351"', status: 'added', additions: 1 }])
})

test('a file of too many bytes is listed with the reason, and the next is read', async () => {
  const origin = await originForTest()
  const range = rangeOf(origin, {}, { a: 'x'.repeat(3_000_000), b: 'line\n'.repeat(300_000), c: 'small\n' })
  const [a, b, c] = await readDiff(git, range)
  expect(a).toMatchObject({ unread: 'its diff is larger than 1 MiB', hunks: [], additions: 1 })
  expect(b).toMatchObject({ unread: 'its diff is larger than 1 MiB', hunks: [], additions: 300_000 })
  expect(c).toMatchObject({ additions: 1, hunks: [{ newLines: 1 }] })
})

test('of a change of too many lines every file is listed, and the later ones say why they were not read', async () => {
  const origin = await originForTest()
  const files = Object.fromEntries(
    Array.from({ length: 2_000 }, (_, at) => [`f${String(at).padStart(4, '0')}`, `${at}\n`.repeat(120)]),
  )
  const read = await readDiff(git, rangeOf(origin, {}, files))
  expect(read).toHaveLength(2_000)
  expect(read.reduce((sum, file) => sum + file.additions, 0)).toBe(240_000)
  expect(read[0]?.unread).toBeUndefined()
  expect(read.at(-1)).toMatchObject({
    unread: 'the whole change is too large, and this file came after what could be read',
    additions: 120,
  })
})

test('bytes may come in any portions', () => {
  const bytes = Buffer.from(
    `:100644 100644 ${'1'.repeat(40)} ${'2'.repeat(40)} M\ta\n\ndiff --git a/a b/a\nindex ${'1'.repeat(40)}..${'2'.repeat(40)} 100644\n--- a/a\n+++ b/a\n@@ -1,2 +1,2 @@ fn\n-é\n+è\n x\n\\ No newline at end of file\n`,
  )
  const read = (size: number) => {
    const parser = diffParser()
    for (let at = 0; at < bytes.length; at += size) parser.push(bytes.subarray(at, at + size))
    return parser.end(true)
  }
  const whole = read(bytes.length)
  expect(whole?.[0]?.hunks[0]).toMatchObject({
    section: 'fn',
    lines: [{ text: 'é' }, { text: 'è' }, { text: 'x', noNewline: true }],
  })
  for (const size of [1, 2, 3, 7]) expect(read(size)).toEqual(whole)
})

test('what git had not come to is said to be unread', () => {
  const parser = diffParser()
  const entry = (path: string) => `:000000 100644 ${'0'.repeat(40)} ${'2'.repeat(40)} A\t${path}\n`
  parser.push(Buffer.from(`${entry('a')}${entry('b')}\ndiff --git a/a b/a\n@@ -0,0 +1,2 @@\n+one\n`))
  const reasons = parser.end(false)?.map(file => file.unread)
  expect(reasons).toEqual(Array(2).fill('git needed too long for a change this large'))
})

test.runIf(existsSync('.git'))('real commits: this repository’s own', async () => {
  const dir = runGit('.', ['rev-parse', '--absolute-git-dir']).toString().trim()
  const commits = runGit('.', ['log', '--format=%H %P', '--no-merges', '-40'])
    .toString()
    .trim()
    .split('\n')
    .map(line => line.split(' '))
  let applied = 0
  for (const [head, parent] of commits) {
    if (!head || !parent) continue
    const files = await readDiff(git, { gitDir: dir, mergeBase: parent, head, signal }, { decode: latin1 })
    const readable = files.filter(file => !file.binary && !file.submodule && !file.unread)
    expectToApply(dir, readable)
    applied += readable.length
  }
  expect(applied).toBeGreaterThan(0)
})

async function originForTest(): Promise<Origin> {
  const origin = await startOrigin()
  onTestFinished(() => origin[Symbol.asyncDispose]())
  return origin
}

function rangeOf(origin: Origin, before: Files, after: Files) {
  const [mergeBase, head] = writeCommits(origin.dir, [{ files: before }, { files: after }])
  return { gitDir: origin.dir, mergeBase: mergeBase!, head: head!, signal }
}

function expectToApply(gitDir: string, files: ParsedFile[]) {
  const blobs = readBlobs(gitDir, new Set(files.flatMap(file => [file.oldId, file.newId])))
  for (const file of files) expect(applied(blobs.get(file.oldId)!, file)).toBe(blobs.get(file.newId))
}

/** What git has under each name, in one process; of no file nothing. */
function readBlobs(gitDir: string, ids: Set<string>): Map<string, string> {
  const blobs = new Map<string, string>()
  const answer = runGit(gitDir, ['cat-file', '--batch'], [...ids].map(id => `${id}\n`).join(''))
  let at = 0
  for (const id of ids) {
    const end = answer.indexOf(10, at)
    const [name, , size] = answer.subarray(at, end).toString().split(' ')
    expect(name).toBe(id)
    const none = /^0+$/.test(id)
    blobs.set(id, none ? '' : answer.subarray(end + 1, end + 1 + Number(size)).toString('latin1'))
    at = none ? end + 1 : end + 2 + Number(size)
  }
  return blobs
}

/** Checks the old side and every line number on the way. */
function applied(base: string, file: ParsedFile): string {
  const old = base.split(/(?<=\n)/)
  if (base === '') old.length = 0
  if (file.oldId === file.newId) return base
  const made: string[] = []
  let at = 0
  for (const hunk of file.hunks) {
    const start = hunk.oldLines === 0 ? hunk.oldStart : hunk.oldStart - 1
    while (at < start) made.push(old[at++] ?? 'nothing there')
    for (const line of hunk.lines) {
      const text = line.text + (line.noNewline ? '' : '\n')
      if (line.kind !== 'added') {
        expect(old[at]).toBe(text)
        expect(line.oldLine).toBe(++at)
      }
      if (line.kind === 'removed') continue
      made.push(text)
      if (file.status !== 'type-changed') expect(line.newLine).toBe(made.length)
    }
    expect(hunk.lines.filter(line => line.kind !== 'added')).toHaveLength(hunk.oldLines)
    expect(hunk.lines.filter(line => line.kind !== 'removed')).toHaveLength(hunk.newLines)
  }
  return made.join('') + old.slice(at).join('')
}

type State = Record<string, { mode: string; content: Buffer }>

function compact(state: Record<string, State[string] | undefined>): State {
  return Object.fromEntries(Object.entries(state).filter(([, entry]) => entry)) as State
}

/** The new paths, and those old ones that are neither there any more nor the origin of a rename. */
function changedPaths(before: State, after: State, files: ParsedFile[]): string[] {
  const moved = files.filter(file => file.status === 'renamed').map(file => file.oldPath)
  const differs = (path: string) => {
    const [old, now] = [before[path], after[path]]
    return !old || !now || old.mode !== now.mode || !old.content.equals(now.content)
  }
  const all = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return all.filter(path => differs(path) && !moved.includes(path)).sort()
}
