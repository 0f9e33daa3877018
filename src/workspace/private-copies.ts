// What private files held before a change, by its names in git: under any other name that the change gives it, it is as private.
import { eachEntry, unlisted } from './entries.ts'
import type { Git } from './git.ts'
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
    const ended = await eachEntry(git, { ...view, commit, timeoutMs: listMs }, ({ type, id, path }) => {
      if (type === 'blob') take(id, path)
      return true
    })
    if (ended !== 'exit') throw unlisted('it took too long')
  }
}

/** An empty file says nothing; in SHA-1 and in SHA-256. */
const empty = [
  'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391',
  '473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813',
]
