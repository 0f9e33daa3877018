// What private files held before a change, by its names in git: under any other name that the change gives it, it is as private.
import { Problem } from '../domain/problem.ts'
import { type Git, lastWords } from './git.ts'
import type { Hides } from './private.ts'

export interface Copies {
  /** What files that `named` tells held before the change: their blobs. */
  of: (named: Hides) => Promise<Set<string>>
  /** Which files of the head hold one of those. */
  at: (blobs: Set<string>) => Promise<Set<string>>
}

const listMs = 60_000

/** `git` is confined already. What a change itself writes below a private path is not asked about: it would blind us to the same text elsewhere. */
export function copiesOf(
  git: Git,
  view: { gitDir: string; head: string; mergeBase: string; readable?: string[]; signal: AbortSignal },
): Copies {
  return {
    async of(named) {
      const blobs = new Set<string>()
      await eachFile(view.mergeBase, (id, path) => {
        if (!empty.includes(id) && named(path)) blobs.add(id)
      })
      return blobs
    },
    async at(blobs) {
      const paths = new Set<string>()
      if (blobs.size > 0)
        await eachFile(view.head, (id, path) => {
          if (blobs.has(id)) paths.add(path)
        })
      return paths
    },
  }

  async function eachFile(commit: string, take: (id: string, path: string) => void): Promise<void> {
    let held: Buffer = Buffer.alloc(0)
    const listed = await git({
      gitDir: view.gitDir,
      args: ['ls-tree', '-r', '-z', '--full-tree', commit],
      signal: view.signal,
      readable: view.readable,
      timeoutMs: listMs,
      sink(chunk) {
        held = Buffer.concat([held, chunk])
        const end = held.lastIndexOf(0)
        // `MODE TYPE ID<tab>PATH`, as git-ls-tree(1) has it.
        for (const entry of end < 0 ? [] : held.toString('utf8', 0, end).split('\0')) {
          const tab = entry.indexOf('\t')
          const [, type, id] = entry.slice(0, tab).split(' ')
          if (type === 'blob' && id) take(id, entry.slice(tab + 1))
        }
        held = held.subarray(end + 1)
        return true
      },
    })
    if (listed.ended !== 'exit' || listed.code !== 0)
      throw new Problem('unavailable', `What is private could not be listed: ${lastWords(listed.stderr)}.`, {
        cause: listed.stderr,
      })
  }
}

/** An empty file says nothing; in SHA-1 and in SHA-256. */
const empty = [
  'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391',
  '473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813',
]
