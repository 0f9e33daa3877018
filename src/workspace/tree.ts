// Every file of one commit with its size and the base's marks, bounded: what a task over a whole repository is planned from.
import { join } from 'node:path'
import type { TreeFile } from '../domain/workspace.ts'
import { marksOf } from './attributes.ts'
import { eachEntry } from './entries.ts'
import type { Git } from './git.ts'

const mostFiles = 100_000
const listMs = 60_000

export async function listFiles(
  git: Git,
  view: { gitDir: string; head: string; mergeBase: string; scratch: string; readable?: string[]; signal: AbortSignal },
): Promise<{ files: TreeFile[]; cut: boolean }> {
  const { gitDir, head, mergeBase, readable, signal } = view
  const files: { path: string; bytes: number }[] = []
  let entries = 0
  const listing = { gitDir, commit: head, signal, readable, timeoutMs: listMs, sizes: true }
  const ended = await eachEntry(git, listing, ({ mode, path, bytes }) => {
    if (++entries > mostFiles) return false
    // Of symbolic links (120000) and submodules (160000) there is nothing to read.
    if (mode.startsWith('100')) files.push({ path, bytes })
    return true
  })
  const marks = await marksOf(git, {
    gitDir,
    commit: mergeBase,
    paths: files.map(file => file.path),
    index: join(view.scratch, 'tree.index'),
    signal,
    readable,
  })
  return {
    files: files.map(file => ({
      ...file,
      generated: marks.generated.has(file.path),
      vendored: marks.vendored.has(file.path),
    })),
    cut: ended !== 'exit',
  }
}
