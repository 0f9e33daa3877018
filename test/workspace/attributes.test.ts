// What a pull request's own attributes can not do: hide a file, change its bytes, run a program, or call itself generated.
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { pullOf, setUp } from './open.ts'

test('the head’s attributes hide nothing from the diff and from a search', async () => {
  const { origin, open } = await setUp()
  const hiding = '* -diff binary\n*.ts linguist-generated diff=evil filter=lfs\n'
  const { base, head } = pullOf(
    origin,
    { 'a.ts': 'one\n' },
    {
      'a.ts': 'two\n',
      '.gitattributes': hiding,
      '.rgignore': '*\n',
      '.gitignore': '*\n',
      'sub/.gitattributes': '* -diff\n',
      'sub/b.ts': 'two\n',
    },
  )
  await using checkout = await open(base, head)
  const change = await checkout.change()
  const read = change.files.map(file => [file.path, file.binary, file.generated, file.additions])
  expect(read).toContainEqual(['a.ts', false, false, 1])
  expect(read).toContainEqual(['sub/b.ts', false, false, 1])
  expect(await checkout.grep('^two')).toBe('a.ts:1:two\nsub/b.ts:1:two')
  expect(await checkout.glob('**/*.ts')).toEqual(['a.ts', 'sub/b.ts'])
  expect(await checkout.show('HEAD')).toContain('+two')
})

test('generated and vendored are what the base says, also for paths that the head moved', async () => {
  const { origin, open } = await setUp()
  const many = Array.from({ length: 40 }, (_, at) => `line ${at}\n`).join('')
  const { base, head } = pullOf(
    origin,
    {
      '.gitattributes': 'gen/** linguist-generated\n/lib/** linguist-vendored=true\n*.pb linguist-generated=false\n',
      'lib/.gitattributes': 'own.js -linguist-vendored\n',
      'src/a.ts': many,
    },
    {
      '.gitattributes': '* linguist-generated linguist-vendored\n',
      'gen/x ü.ts': 'x\n',
      'lib/y.js': 'y\n',
      'lib/own.js': 'z\n',
      'gen/m.pb': 'm\n',
      'src/a.ts': undefined,
      'gen/a.ts': many,
    },
  )
  await using checkout = await open(base, head)
  const { files } = await checkout.change()
  const marked = Object.fromEntries(files.map(file => [file.path, [file.generated, file.vendored]]))
  expect(marked).toEqual({
    '.gitattributes': [false, false],
    'gen/a.ts': [true, false],
    'gen/m.pb': [false, false],
    'gen/x ü.ts': [true, false],
    'lib/own.js': [false, false],
    'lib/y.js': [false, true],
  })
})

test('the worktree holds the bytes that were committed', async () => {
  const { origin, open } = await setUp()
  const hostile = '*.txt text eol=crlf\n*.id ident\n*.big filter=lfs\n*.u16 working-tree-encoding=UTF-16\n'
  const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 1\n'
  const files = { 'a.txt': 'one\ntwo\n', 'b.id': '$Id$\n', 'c.big': pointer, 'd.u16': 'plain\n', 'e.txt': 'x\r\n' }
  const { base, head } = pullOf(origin, {}, { '.gitattributes': hostile, ...files })
  await using checkout = await open(base, head)
  for (const [path, text] of Object.entries(files)) expect(readFileSync(join(checkout.dir, path), 'utf8')).toBe(text)
})

test('no number of other binaries and no size makes a source file with a NUL one that is passed over', async () => {
  const { origin, open } = await setUp()
  const nul = (text: string) => Buffer.from(`\0\n${text} // ${'x'.repeat(40)}\n`)
  const others = Object.fromEntries(Array.from({ length: 210 }, (_, at) => [`a${at}.bin`, nul(`${at}`)]))
  const sources = Object.fromEntries(Array.from({ length: 201 }, (_, at) => [`s${at + 100}.js`, nul(`run(${at})`)]))
  const large = nul('x'.repeat(1024 * 1024))
  const { base, head } = pullOf(
    origin,
    { 'a.ts': '' },
    { ...others, ...sources, 'large.js': large, 'large.bin': large },
  )
  await using checkout = await open(base, head)
  const { files } = await checkout.change()
  const read = files.filter(file => file.hidden && !file.unread)
  expect([read.length, read.filter(file => file.path.endsWith('.js')).length]).toEqual([200, 200])
  const left = files.filter(file => file.unread).map(file => [file.path, file.binary, file.hunks.length])
  expect(left).toEqual([
    ['large.js', false, 0],
    ['s300.js', false, 0],
  ])
  expect(files.find(file => file.path === 'large.bin')).toMatchObject({ binary: true })
})

test('one NUL does not turn a source file into a binary that nobody reads; an image stays one', async () => {
  const { origin, open } = await setUp()
  const source = `${'const answer = 42\n'.repeat(20)}// \0\n`
  const image = Buffer.from(Array.from({ length: 3_000 }, (_, at) => (at * 7919) % 256))
  const { base, head } = pullOf(
    origin,
    { 'a.js': 'x\n' },
    { 'a.js': source, 'i.png': image, 'wide.txt': Buffer.from('wide text\n', 'utf16le') },
  )
  await using checkout = await open(base, head)
  const files = new Map((await checkout.change()).files.map(file => [file.path, file]))
  expect(files.get('a.js')).toMatchObject({ binary: false, hidden: true, additions: 21 })
  expect(files.get('a.js')?.hunks[0]?.lines.at(-1)?.text).toBe('// \uFFFD')
  expect(files.get('i.png')).toMatchObject({ binary: true, hunks: [] })
  expect(files.get('wide.txt')).toMatchObject({ binary: true, hunks: [] })
})

test('nothing that a mirror’s config names is run', async () => {
  const { origin, open, dataDir } = await setUp()
  const { base, head } = pullOf(
    origin,
    { 'a.txt': 'one\n' },
    { 'a.txt': 'two\n', '.gitattributes': '*.txt filter=evil diff=evil\n' },
  )
  await using first = await open(base, head)
  const proof = join(dataDir, 'proof')
  const config = join(dataDir, 'mirrors', '4711.git', 'config')
  const evil = `[filter "evil"]\n smudge = touch ${proof}; cat\n[diff "evil"]\n textconv = touch ${proof};cat\n[core]\n fsmonitor = touch ${proof}\n hooksPath = ${dataDir}\n`
  appendFileSync(config, evil)
  writeFileSync(join(dataDir, 'post-checkout'), `#!/bin/sh\ntouch ${proof}\n`, { mode: 0o755 })
  await using second = await open(base, head)
  await second.change()
  await second.show('HEAD')
  await second.grep('two')
  await first.blame('a.txt', 1, 1)
  expect(existsSync(proof)).toBe(false)
})
