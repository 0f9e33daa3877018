// A checkout that begins from the last one: quick when nobody touched it, thrown away when anybody did.
import {
  appendFileSync,
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { pullOf, setUp } from './open.ts'

async function twoHeads() {
  const set = await setUp()
  const files = { same: 'same\n', changed: '1\n', gone: 'gone\n', 'dir/deep/file': 'x\n', becomes: 'file\n' }
  const { base, head } = pullOf(set.origin, {}, files)
  const next = set.origin.commit(
    { changed: '2\n', gone: undefined, becomes: undefined, 'becomes/dir': 'y\n', added: 'z\n' },
    { parents: [head] },
  )
  set.origin.setRef('refs/pull/1/head', next)
  return { ...set, base, head, next }
}

test('what did not change is not written again; what did is', async () => {
  const { open, base, head, next } = await twoHeads()
  const first = await open(base, head)
  const { ino } = statSync(join(first.dir, 'same'))
  await first[Symbol.asyncDispose]()
  await using second = await open(base, next)
  expect(statSync(join(second.dir, 'same')).ino).toBe(ino)
  expect(contents(second.dir)).toEqual({
    same: 'same\n',
    changed: '2\n',
    'dir/deep/file': 'x\n',
    'becomes/dir': 'y\n',
    added: 'z\n',
  })
  expect(await second.glob('**')).toHaveLength(5)
})

test.each<[string, (dir: string) => void]>([
  ['a changed file', dir => writeFileSync(join(dir, 'same'), 'evil\n')],
  [
    'a changed file of the same size and time',
    dir => {
      const { atime, mtime } = statSync(join(dir, 'same'))
      writeFileSync(join(dir, 'same'), 'evil\n')
      utimesSync(join(dir, 'same'), atime, mtime)
    },
  ],
  ['an appended file', dir => appendFileSync(join(dir, 'dir/deep/file'), 'evil\n')],
  ['a file that is executable now', dir => chmodSync(join(dir, 'same'), 0o755)],
  ['a file with a second name outside', dir => linkSync(join(dir, 'same'), join(dir, '../../outside'))],
  ['a removed file', dir => rmSync(join(dir, 'same'))],
  ['a new file', dir => writeFileSync(join(dir, 'dir/new'), 'evil\n')],
  ['a new empty directory', dir => mkdirSync(join(dir, 'empty'))],
  [
    'a planted .git',
    dir => {
      mkdirSync(join(dir, '.git'))
      writeFileSync(join(dir, '.git/config'), 'evil\n')
    },
  ],
  [
    'a planted .git deep inside',
    dir => {
      mkdirSync(join(dir, 'dir/deep/.git'))
      writeFileSync(join(dir, 'dir/deep/.git/HEAD'), 'evil\n')
    },
  ],
  [
    'a symlink in the place of a file',
    dir => {
      rmSync(join(dir, 'same'))
      symlinkSync('/etc/passwd', join(dir, 'same'))
    },
  ],
  [
    'a symlink in the place of a directory',
    dir => {
      rmSync(join(dir, 'dir'), { recursive: true })
      symlinkSync('/etc', join(dir, 'dir'))
    },
  ],
])('%s is not seen by the next checkout', async (_, touch) => {
  const { open, base, head, next } = await twoHeads()
  const first = await open(base, head)
  touch(first.dir)
  await first[Symbol.asyncDispose]()
  await using second = await open(base, next)
  expect(contents(second.dir)).toEqual({
    same: 'same\n',
    changed: '2\n',
    'dir/deep/file': 'x\n',
    'becomes/dir': 'y\n',
    added: 'z\n',
  })
  expect(statSync(join(second.dir, 'same')).mode & 0o111).toBe(0)
  expect(existsSync(join(second.dir, 'empty'))).toBe(false)
})

test('two at once never share a worktree', async () => {
  const { open, base, head, next } = await twoHeads()
  await (await open(base, head))[Symbol.asyncDispose]()
  const both = await Promise.all([open(base, next), open(base, head)])
  expect(contents(both[0].dir).changed).toBe('2\n')
  expect(contents(both[1].dir).changed).toBe('1\n')
  for (const checkout of both) await checkout[Symbol.asyncDispose]()
})

function contents(dir: string): Record<string, string> {
  const entries = readdirSync(dir, { recursive: true, withFileTypes: true }).filter(entry => !entry.isDirectory())
  const paths = entries.map(entry => join(entry.parentPath, entry.name))
  return Object.fromEntries(paths.map(path => [path.slice(dir.length + 1), readFileSync(path, 'utf8')]))
}
