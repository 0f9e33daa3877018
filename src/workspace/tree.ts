// Every file of one commit with its size and the base's marks, bounded: what a task over a whole repository is planned from.
import { join } from 'node:path'
import { Problem } from '../domain/problem.ts'
import type { TreeFile } from '../domain/workspace.ts'
import { marksOf } from './attributes.ts'
import { type Git, lastWords } from './git.ts'

const mostFiles = 100_000
const listMs = 60_000

export async function listFiles(
  git: Git,
  view: { gitDir: string; head: string; mergeBase: string; scratch: string; readable?: string[]; signal: AbortSignal },
): Promise<{ files: TreeFile[]; cut: boolean }> {
  const { gitDir, head, mergeBase, readable, signal } = view
  const chunks: Buffer[] = []
  let entries = 0
  const listed = await git({
    gitDir,
    args: ['ls-tree', '-r', '-l', '-z', '--full-tree', head],
    signal,
    readable,
    timeoutMs: listMs,
    sink(chunk) {
      chunks.push(chunk)
      for (let at = chunk.indexOf(0); at >= 0; at = chunk.indexOf(0, at + 1)) entries++
      return entries < mostFiles
    },
  })
  if (listed.ended === 'exit' && listed.code !== 0)
    throw new Problem('unavailable', `The commit could not be listed: ${lastWords(listed.stderr)}.`, {
      cause: listed.stderr,
    })
  const lines = Buffer.concat(chunks).toString().split('\0').slice(0, -1)
  const files = lines.slice(0, mostFiles).flatMap(fileIn)
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
    cut: listed.ended !== 'exit' || lines.length > mostFiles,
  }
}

/** `MODE TYPE ID SIZE<tab>PATH` of git-ls-tree(1); of symbolic links (120000) and submodules (160000) there is nothing to read. */
function fileIn(line: string): { path: string; bytes: number }[] {
  const [, mode = '', size = '', path = ''] = /^(\d+) \w+ [0-9a-f]+ +(\S+)\t(.+)$/s.exec(line) ?? []
  return mode.startsWith('100') ? [{ path, bytes: Number(size) || 0 }] : []
}
