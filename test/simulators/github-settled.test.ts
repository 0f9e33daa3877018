// What the simulated GitHub knows of commits and trees without asking git is what git says.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { directory, git, makeBare, writeCommit } from './github/bare-repository.ts'
import { listTree, revParse } from './github/settled.ts'

const root = mkdtempSync(join(tmpdir(), 'settled-'))
const gitDir = join(root, 'bare.git')
afterAll(() => rmSync(root, { recursive: true, force: true }))

const said = (args: string[]) => execFileSync('git', [`--git-dir=${gitDir}`, ...args])
const about = { branch: 'main', message: 'One', author: 'ada', at: new Date('2026-01-01T00:00:00Z') }
const files = {
  'a.ts': '1\n',
  'src/b.ts': '2\n',
  'src/deep/er/ü ö.ts': '3\n',
  'src/deep/link': '../b.ts',
  'src.ts': '4\n',
}

let first: string
let second: string
beforeAll(async () => {
  await makeBare(gitDir, 'main')
  first = await writeCommit(gitDir, { ...about, parent: undefined, files, modes: { 'src/deep/link': '120000' } })
  second = await writeCommit(gitDir, { ...about, parent: first, files: { 'src/b.ts': null, 'c.ts': '5\n' } })
})

it('of every directory of a commit', async () => {
  for (const commit of [first, second]) {
    expect((await directory(gitDir, commit)).toString()).toBe(said(listTree(commit)).toString())
    const trees = said(['ls-tree', '-r', '-d', '--format=%(objectname)', commit]).toString().trim().split('\n')
    expect(trees.length).toBeGreaterThan(2)
    for (const tree of trees) {
      expect(await git(gitDir, listTree(tree))).toEqual(said(listTree(tree)))
      expect(await git(gitDir, revParse(`${tree}^{tree}`))).toEqual(said(revParse(`${tree}^{tree}`)))
    }
  }
})

it('of a commit and the one before it', async () => {
  for (const args of [
    revParse(`${second}^{commit}`),
    revParse(`${second}^{tree}`),
    ['merge-base', first, second],
    ['merge-base', '--is-ancestor', first, second],
    ['rev-list', '--count', `${first}..${second}`],
  ])
    expect(await git(gitDir, args), args.join(' ')).toEqual(said(args))
})
