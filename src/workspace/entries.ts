// The entries of a commit's tree, each handed over as git lists it: a tree of a few kilobytes can name ten thousand million files.
import { Problem } from '../domain/problem.ts'
import { type Git, type GitResult, lastWords } from './git.ts'

export interface TreeEntry {
  mode: string
  type: string
  id: string
  /** 0 where no sizes were asked for, and for what has none. */
  bytes: number
  path: string
}

export interface Listing {
  gitDir: string
  commit: string
  signal: AbortSignal
  readable?: string[] | undefined
  timeoutMs: number
  /** Git looks at every file for them. */
  sizes?: boolean
  /** Of paths; latin1 keeps every byte. */
  encoding?: 'utf8' | 'latin1'
}

/** In git's order, until `take` answers false or the time is over; answers `exit` when those were all. Problem `unavailable` when git can not list them. */
export async function eachEntry(
  git: Git,
  { gitDir, commit, signal, readable, timeoutMs, sizes = false, encoding = 'utf8' }: Listing,
  take: (entry: TreeEntry) => boolean,
): Promise<GitResult['ended']> {
  let held: Buffer[] = []
  const listed = await git({
    gitDir,
    args: ['ls-tree', '-r', ...(sizes ? ['-l'] : []), '-z', '--full-tree', commit],
    signal,
    readable,
    timeoutMs,
    sink(chunk) {
      const end = chunk.lastIndexOf(0)
      held.push(end < 0 ? chunk : chunk.subarray(0, end))
      if (end < 0) return true
      const lines = Buffer.concat(held).toString(encoding).split('\0')
      held = [chunk.subarray(end + 1)]
      return lines.every(line => take(entryIn(line)))
    },
  })
  if (listed.ended === 'exit' && listed.code !== 0) throw unlisted(lastWords(listed.stderr), listed.stderr)
  return listed.ended
}

export function unlisted(because: string, cause?: string): Problem {
  return new Problem('unavailable', `The commit could not be listed: ${because}.`, { cause })
}

/** `MODE TYPE ID<tab>PATH`, or `MODE TYPE ID SIZE<tab>PATH`, as git-ls-tree(1) has them. */
function entryIn(line: string): TreeEntry {
  const tab = line.indexOf('\t')
  const [mode = '', type = '', id = '', size] = line.slice(0, tab).split(/ +/)
  return { mode, type, id, bytes: Number(size) || 0, path: line.slice(tab + 1) }
}
