// Which lines of a file a change brought in, for telling what it introduced from what stood there before.
import type { Change, ChangedFile } from '../domain/change.ts'
import type { Finding } from '../domain/finding.ts'

/** Origin of what stands on these lines (from 1) of the file at head; undefined for what the change did not bring, and is no concern of it. */
export type OriginOf = (path: string, line: number, lastLine?: number) => Finding['origin'] | undefined

/** Of a whole repository everything was there before. */
export function originsIn(change: Change, tree = false): OriginOf {
  if (tree) return () => 'pre_existing'
  const files = new Map(change.files.map(file => [file.path, file]))
  const added = new Map<string, Set<number> | 'all'>()
  return (path, line, lastLine = line) => {
    const file = files.get(path)
    if (!file) return undefined
    const lines = added.get(path) ?? addedLines(file)
    added.set(path, lines)
    if (lines === 'all') return 'introduced'
    for (let at = line; at <= lastLine; at++) if (lines.has(at)) return 'introduced'
    return undefined
  }
}

/** Where the lines were not read, nobody can say which are new: all of them count. */
function addedLines(file: ChangedFile): Set<number> | 'all' {
  if (file.status === 'added' || file.status === 'type-changed' || file.unread || file.binary) return 'all'
  const lines = file.hunks.flatMap(hunk => hunk.lines)
  return new Set(lines.flatMap(line => (line.kind === 'added' && line.newLine !== undefined ? [line.newLine] : [])))
}
