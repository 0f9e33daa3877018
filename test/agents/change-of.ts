// Changes made by hand for tests: a file from its lines, `+` added, `-` removed, else context.
import type { Change, ChangedFile, HunkLine } from '../../src/domain/change.ts'

export function fileOf(path: string, lines: string[], more: Partial<ChangedFile> = {}): ChangedFile {
  let oldLine = 1
  let newLine = 1
  const hunk: HunkLine[] = lines.map(line => {
    const text = line.slice(1)
    if (line.startsWith('+')) return { kind: 'added', text, newLine: newLine++ }
    if (line.startsWith('-')) return { kind: 'removed', text, oldLine: oldLine++ }
    return { kind: 'context', text, oldLine: oldLine++, newLine: newLine++ }
  })
  return {
    path,
    status: 'modified',
    oldMode: '100644',
    newMode: '100644',
    submodule: false,
    symlink: false,
    binary: false,
    additions: hunk.filter(line => line.kind === 'added').length,
    deletions: hunk.filter(line => line.kind === 'removed').length,
    hunks:
      hunk.length === 0
        ? []
        : [{ oldStart: 1, oldLines: oldLine - 1, newStart: 1, newLines: newLine - 1, section: '', lines: hunk }],
    generated: false,
    vendored: false,
    ...more,
  }
}

/** A file with so many added lines. */
export function grown(path: string, count: number, more: Partial<ChangedFile> = {}): ChangedFile {
  return fileOf(
    path,
    Array.from({ length: count }, (_, index) => `+const value${index} = ${index}`),
    more,
  )
}

export function changeOf(...files: ChangedFile[]): Change {
  return { mergeBase: 'b'.repeat(40), head: 'a'.repeat(40), files }
}
