// The changes that break parsers and anchors: line ends, bytes that are no text, names that need quoting, and every way a file changes its kind.
import { git, gitText, type Modes } from '../simulators/github/bare-repository.ts'
import type { SimulatedRepository } from '../simulators/github/index.ts'
import type { Pair } from './material.ts'

interface State {
  content: string | Buffer
  mode?: Modes[string]
}
type Side = string | Buffer | State | null

const lines = (word: string, count = 20) => Array.from({ length: count }, (_, at) => `${word} line ${at + 1}\n`)
const text = lines('text').join('')
const edited = lines('text')
  .with(1, 'text changed near the top\n')
  .with(16, 'text changed below\n')
  .toSpliced(10, 0, 'one more\n')
  .join('')
const link = (content: string): State => ({ content, mode: '120000' })
const submodule = (digit: string): State => ({ content: digit.repeat(40), mode: '160000' })
const image = (byte: number) => Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, byte, 0xff, 0xfe, 0, 0, 10, byte])
const long = (end: string) => `const long = '${'0123456789'.repeat(10_000)}${end}'\n`

/** Path → before and after. */
const cases: Record<string, [Side, Side]> = {
  'crlf.cs': [text.replaceAll('\n', '\r\n'), edited.replaceAll('\n', '\r\n')],
  'crlf-to-lf.txt': [lines('crlf').join('').replaceAll('\n', '\r\n'), lines('crlf').join('')],
  'mixed-ends.txt': ['one\r\ntwo\nthree\r\nfour\n', 'one\r\ntwo\r\nthree\nfour\nfive\r\n'],
  'lone-cr.txt': ['alpha beta\rgamma delta\repsilon', 'alpha beta\rgamma changed\repsilon zeta'],
  'lone-cr-among.txt': ['one\ntwo\rhalf\nthree\n', 'one\ntwo\rother half\nthree\nfour\r\rfive\n'],
  'no-end-before.txt': ['first\nlast without', 'first\nlast without\n'],
  'no-end-after.txt': ['first\nlast with\n', 'first\nlast with'],
  'no-end-both.txt': ['first\nold last', 'first\nnew last'],
  'no-end-new.txt': [null, 'only line, never ended'],
  'latin1.txt': [
    Buffer.from('caf\xe9 one\nth\xe9 two\nplain\n', 'latin1'),
    Buffer.from('caf\xe9 one\nth\xe9 three\nplain\n\xff\xfe\n', 'latin1'),
  ],
  'long-line.js': [`// before\n${long('')}// after\n`, `// before\n${long('!')}// after\nlast()\n`],
  'fake.patch': [
    'diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n-old text\n+new text\n same\n',
    'diff --git a/x b/x\n--- a/x\n+++ b/y\n@@ -1,3 +1,3 @@ section\n-old text\n--- removed dashes\n+newer text\n same\n\\ No newline at end of file\ndiff --git a/evil b/evil\n',
  ],
  'dashes.md': ['-- one\n- two\n+ three\n\\ four\n', '--- one\n-- two\n+++ three\n\\\\ four\n@@ five @@\n'],
  'blank.txt': ['a\n\n\n\nb\n', 'a\n\n\n\n\n\n\nb\n\n'],
  'spaces.txt': ['a\n  \n\t\nb\n', 'a\n   \n\t\t\nb\n \n'],
  'doubled.ts': ['{\n  close()\n}\n{\n  close()\n}\n', '{\n  close()\n}\n{\n  open()\n  close()\n}\n{\n  close()\n}\n'],
  'bom.cs': ['\uFEFFusing System;\nclass A {}\n', '\uFEFFusing System.Text;\nclass A {}\nclass B {}\n'],
  'trojan.ts': [
    'const isAdmin = false\n',
    'const isAdmin = false\n/*\u202E } \u2066if (isAdmin)\u2069 \u2066 begin admins only */\nconst zero\u200Bwidth = 1\n',
  ],
  'form-feed.c': ['int a;\f\nint b;\v\nint c;\u2028d;\n', 'int a;\f\nint bb;\v\nint c;\u2028e;\u0085f;\n'],
  'nul.ts': [null, 'export const key = 1\nconst separator = "\0"\nexport const other = 2\n'],
  'nul-grown.ts': ['a plain start\nthe second\n', 'a plain start\nthe\0second\nand a third line\n'],
  'image.png': [image(1), image(2)],
  'new.png': [null, image(3)],
  'mode-only.sh': ['#!/bin/sh\necho hello\n', { content: '#!/bin/sh\necho hello\n', mode: '100755' }],
  'mode-and-text.sh': ['#!/bin/sh\necho hello\n', { content: '#!/bin/sh\necho goodbye\n', mode: '100755' }],
  'renamed-from.ts': [lines('renamed').join(''), null],
  'moved/renamed-to.ts': [null, lines('renamed').join('')],
  'edited-from.ts': [lines('edited').join(''), null],
  'moved/edited to, ünï.ts': [null, lines('edited').with(4, 'edited on its way\n').join('')],
  'swapped-a.ts': [lines('this was a').join(''), lines('this was b').with(3, 'b moved here\n').join('')],
  'swapped-b.ts': [lines('this was b').join(''), lines('this was a').with(8, 'a moved here\n').join('')],
  'gone.ts': [text, null],
  'gone-empty': ['', null],
  'new-empty': [null, ''],
  filled: ['', 'no longer empty'],
  emptied: ['it was full\n', ''],
  'file-to-link': ['was a file\nof two lines\n', link('crlf.cs')],
  'link-to-file': [link('crlf.cs'), 'is a file\nof two lines\n'],
  link: [link('crlf.cs'), link('../../../etc/passwd')],
  'new-link': [null, link('/etc/passwd')],
  sub: [submodule('1'), submodule('2')],
  'new-sub': [null, submodule('3')],
  'file-to-sub': ['was a file\n', submodule('4')],
  'sub-to-file': [submodule('5'), 'is a file\n'],
}

const names = [
  'with space.ts',
  ' leading.ts',
  'trailing ',
  'tab\there.ts',
  'quote"d.ts',
  '"quoted".ts',
  'back\\slash.ts',
  'new\nline.ts',
  'ünï-cödé.ts',
  '日本/語.ts',
  'emoji-😀.ts',
  'e\u0301.ts',
  "it's.ts",
  '-dash.ts',
  'a => b.ts',
  'dir/{a => b}.ts',
  'b/x.ts',
  'x.ts',
  'a/b/x.ts',
  'colon:12',
  '[brackets].ts',
  '*.ts',
  '..dots',
  '#hash?.ts',
  '%41.ts',
  '`tick`|bar.md',
  '<script>.html',
  'zero\u200Bwidth.ts',
  'right\u202Eleft.ts',
  'ctrl\u0001.ts',
  `${'deep/'.repeat(40)}file.ts`,
]

export async function commitHardCases(repo: SimulatedRepository): Promise<Pair> {
  const named = names.map(name => [name, [`${name.length}\n${text}`, `${name.length}\n${edited}`]] as const)
  const all = [...Object.entries(cases), ...named]
  const pair = { name: 'hard cases', base: 'hard-base', head: 'hard-head' }
  await repo.commit({
    branch: pair.base,
    ...stateOf(all.flatMap(([path, [before]]) => (before === null ? [] : [[path, before]]))),
  })
  await repo.commit({ branch: pair.head, from: pair.base, ...stateOf(all.map(([path, [, after]]) => [path, after])) })
  return pair
}

/** A source file with a NUL in it, which git takes for binary; and `caf\xe9.ts`, whose name is no UTF-8. */
export async function commitUnnameable(repo: SimulatedRepository): Promise<Pair> {
  const pair = { name: 'no line, no name', base: 'main', head: 'unnameable' }
  const source = 'export const key = 1\nconst separator = "\0"\nexport const other = 2\n'
  const commit = await repo.commit({ branch: 'nul', files: { 'nul.ts': source } })
  const blob = await gitText(repo.gitDir, ['hash-object', '-w', '--stdin'], 'a line of it\nanother line\n')
  const tree = Buffer.concat([
    await git(repo.gitDir, ['ls-tree', '-z', commit]),
    Buffer.from(`100644 blob ${blob}\tcaf\xe9.ts\0`, 'latin1'),
  ])
  const treeId = await gitText(repo.gitDir, ['mktree', '-z'], tree)
  const head = await gitText(repo.gitDir, ['commit-tree', treeId, '-p', commit, '-m', 'A name in Latin 1'])
  await repo.importBranch(repo.gitDir, head, pair.head)
  return pair
}

/** Half of them new, half of them changed. */
export async function commitThousands(repo: SimulatedRepository, count: number): Promise<Pair> {
  const pair = { name: `${count} files`, base: 'many-base', head: 'many-head' }
  const files = (from: number, words: string) =>
    Object.fromEntries(
      Array.from({ length: count / 2 }, (_, at) => [
        `many/${at % 50}/file-${from + at}.ts`,
        `export const name${from + at} = 1\n${words}\n`,
      ]),
    )
  await repo.commit({ branch: pair.base, files: files(0, 'before') })
  await repo.commit({ branch: pair.head, from: pair.base, files: { ...files(0, 'after'), ...files(count / 2, 'new') } })
  return pair
}

function stateOf(entries: (readonly [string, Side])[]) {
  const files: Record<string, string | Buffer | null> = {}
  const modes: Modes = {}
  for (const [path, side] of entries) {
    const state = side !== null && typeof side === 'object' && 'content' in side ? side : undefined
    files[path] = state ? state.content : (side as string | Buffer | null)
    if (state?.mode) modes[path] = state.mode
  }
  return { files, modes }
}
