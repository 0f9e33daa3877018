// The confined `read`: repository paths and line numbers in, nothing of `.git` and nothing from outside out.
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readFile } from '../../src/claude/index.ts'

let dir: string
let outside: string

beforeAll(async () => {
  outside = await mkdtemp(join(tmpdir(), 'outside-'))
  dir = await mkdtemp(join(tmpdir(), 'tree-'))
  await writeFile(join(outside, 'secret'), 'a secret')
  await mkdir(join(dir, 'src'))
  await mkdir(join(dir, '.git'))
  await mkdir(join(dir, 'sub/.GIT'), { recursive: true })
  await writeFile(join(dir, '.git/config'), 'url = secret')
  await writeFile(join(dir, 'sub/.GIT/config'), 'url = secret')
  await writeFile(join(dir, '.gitignore'), 'dist\n')
  await writeFile(join(dir, 'src/a.ts'), 'one\ntwo\nthree\nfour\n')
  await writeFile(join(dir, 'long.txt'), Array.from({ length: 5000 }, (_, i) => `line ${i + 1}`).join('\n'))
  await writeFile(join(dir, 'wide.txt'), `${'w'.repeat(5000)}\nnext`)
  await writeFile(join(dir, 'huge.txt'), `${`${'h'.repeat(99)}\n`.repeat(10_000)}`)
  await writeFile(join(dir, 'empty.txt'), '')
  await symlink(join(outside, 'secret'), join(dir, 'link-out'))
  await symlink('.git/config', join(dir, 'link-git'))
  await symlink('.git', join(dir, 'link-git-dir'))
  await symlink('src/a.ts', join(dir, 'link-in'))
})
afterAll(() => Promise.all([dir, outside].map(path => rm(path, { recursive: true }))))

describe('reading a file', () => {
  it('numbers its lines', async () => {
    expect(await readFile(dir, { path: 'src/a.ts', from: 2, to: 3 })).toMatch(/^2: two\n3: three/)
    expect(await readFile(dir, { path: 'src/a.ts' })).toContain('1: one\n2: two\n3: three\n4: four')
    expect(await readFile(dir, { path: 'link-in', to: 1 })).toContain('1: one')
    expect(await readFile(dir, { path: '.gitignore' })).toContain('1: dist')
  })

  it('says where it was cut and from where to read on', async () => {
    const text = await readFile(dir, { path: 'long.txt' })
    expect(text).toContain('800: line 800\n[cut after line 800; read on from 801]')
    expect(await readFile(dir, { path: 'long.txt', from: 801, to: 802 })).toMatch(/^801: line 801\n802: line 802/)
    expect(await readFile(dir, { path: 'wide.txt' })).toContain('[line cut]\n2: next')
    expect(await readFile(dir, { path: 'huge.txt', from: 9_000, to: 9_001 })).toMatch(/^9000: h+/)
    expect((await readFile(dir, { path: 'huge.txt' })).length).toBeLessThan(62_000)
  })

  it('says that there is no such line, range or file', async () => {
    expect(await readFile(dir, { path: 'src/a.ts', from: 99 })).toBe('src/a.ts has no line 99.')
    expect(await readFile(dir, { path: 'empty.txt' })).toBe('empty.txt is empty.')
    await expect(readFile(dir, { path: 'src/a.ts', from: 3, to: 2 })).rejects.toMatchObject({ code: 'bad_input' })
    await expect(readFile(dir, { path: 'src/b.ts' })).rejects.toMatchObject({
      code: 'not_found',
      message: 'src/b.ts could not be read: there is no such file.',
    })
    await expect(readFile(dir, { path: 'src' })).rejects.toMatchObject({ code: 'not_found' })
  })

  it.each([
    '.git/config',
    'sub/.GIT/config',
    'src/../.git/config',
    './.git/config',
    'link-git',
    'link-git-dir/config',
    '.g\u200cit/config',
    'GIT~1/config',
  ])('refuses %s, which is git’s own', async path => {
    await expect(readFile(dir, { path })).rejects.toMatchObject({ code: 'bad_input' })
  })

  it.each(['../secret', 'link-out', '/etc/passwd', '', 'src/../../x', 'a\0b'])(
    'refuses %s, which is outside',
    async path => {
      const refused = readFile(dir, { path })
      await expect(refused).rejects.toMatchObject({ code: 'bad_input' })
      await expect(refused).rejects.not.toThrow(outside)
    },
  )
})
