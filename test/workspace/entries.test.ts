// A commit's tree, entry by entry, however git's answer is cut into pieces.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { checkOut } from '../../src/workspace/checkout.ts'
import { eachEntry, type Listing, type TreeEntry } from '../../src/workspace/entries.ts'
import { type Git, gitOf } from '../../src/workspace/git.ts'
import { copiesOf } from '../../src/workspace/private-copies.ts'
import { workIn } from '../../src/workspace/spare.ts'
import { runGit } from './origin.ts'

const git = gitOf({})
const signal = new AbortController().signal
let listing: Listing

beforeAll(() => {
  const gitDir = mkdtempSync(join(tmpdir(), 'entries-'))
  const run = (args: string[], input?: string) => runGit(gitDir, args, input).toString().trim()
  run(['init', '-q', '--bare'])
  const id = run(['hash-object', '-w', '--stdin'], 'three')
  const entries = [
    `120000 blob ${id}\tlink`,
    `160000 commit ${'1'.repeat(40)}\tsub`,
    `100644 blob ${id}\ttab\tand\nline`,
    `100755 blob ${id}\tübung.sh`,
  ]
  const tree = run(['mktree', '-z', '--missing'], entries.map(entry => `${entry}\0`).join(''))
  listing = { gitDir, commit: run(['commit-tree', tree], 'all'), signal, timeoutMs: 60_000 }
})

/** Git, whose answer comes in such pieces. */
const inPieces =
  (size: number): Git =>
  ({ sink, ...command }) =>
    git({
      ...command,
      sink(chunk) {
        for (let at = 0; at < chunk.length; at += size)
          if (sink?.(chunk.subarray(at, at + size)) === false) return false
        return true
      },
    })

async function list(by: Git, options: Partial<Listing> = {}): Promise<TreeEntry[]> {
  const taken: TreeEntry[] = []
  expect(await eachEntry(by, { ...listing, ...options }, entry => taken.push(entry) > 0)).toBe('exit')
  return taken
}

describe("a commit's entries", () => {
  it('have every name as it is, and their kinds', async () => {
    expect((await list(git)).map(({ mode, type, bytes, path }) => [mode, type, bytes, path])).toEqual([
      ['120000', 'blob', 0, 'link'],
      ['160000', 'commit', 0, 'sub'],
      ['100644', 'blob', 0, 'tab\tand\nline'],
      ['100755', 'blob', 0, 'übung.sh'],
    ])
  })

  it.each([1, 2, 7, 64])('are the same where the answer comes in pieces of %i bytes', async size => {
    expect(await list(inPieces(size))).toEqual(await list(git))
    expect(await list(inPieces(size), { sizes: true })).toEqual(await list(git, { sizes: true }))
  })

  it('have their sizes where those are asked for, and their bytes where they are', async () => {
    const listed = await list(git, { sizes: true, encoding: 'latin1' })
    expect(listed.map(({ bytes }) => bytes)).toEqual([5, 0, 5, 5])
    expect(Buffer.from(listed[3]?.path ?? '', 'latin1').toString()).toBe('übung.sh')
  })

  it('end where somebody has had enough', async () => {
    const taken: string[] = []
    const ended = await eachEntry(inPieces(1), listing, ({ path }) => taken.push(path) < 2)
    expect({ ended, taken }).toEqual({ ended: 'enough', taken: ['link', 'sub'] })
  })

  it('of a commit that there is not are a problem with what git said', async () => {
    await expect(list(git, { commit: '2'.repeat(40) })).rejects.toThrow(/^The commit could not be listed: .*not a tree/)
  })
})

describe('a listing that takes too long', () => {
  // It says nothing for ever, so that whatever the machine is at, its time is over first.
  const stuck = () => ({ command: 'sleep', args: ['600'] })
  const slow: Git = command => git(command.args[0] === 'ls-tree' ? { ...command, wrap: stuck, timeoutMs: 20 } : command)

  it('is no commit with too many files', async () => {
    const work = workIn({ dir: listing.gitDir })
    const opened = checkOut(slow, { ...listing, head: listing.commit, work, begun: false })
    await expect(opened).rejects.toThrow('The commit could not be listed: it took too long.')
  })

  it('leaves nothing private taken for open', async () => {
    const copies = copiesOf(slow, { ...listing, head: listing.commit, mergeBase: listing.commit })
    await expect(copies.of(() => true)).rejects.toThrow('it took too long')
  })
})
