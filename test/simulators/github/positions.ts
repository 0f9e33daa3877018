// Which lines of a pull take review comments: what `git diff` of the bare repository shows, three lines of context.
import { git, gitText } from './bare-repository.ts'
import type { Side } from './world.ts'

export interface Hunk {
  oldStart: number
  oldLines: number
  newStart: number
  newLines: number
  /** the lines of the hunk, its `@@` line first */
  lines: string[]
  /** GitHub's position of the `@@` line: 0 for the first hunk of a file */
  position: number
}

export interface ChangedFile {
  path: string
  previousPath: string | undefined
  status: 'added' | 'removed' | 'modified' | 'renamed' | 'changed'
  blob: string
  additions: number
  deletions: number
  hunks: Hunk[]
}

const letters: Record<string, ChangedFile['status']> = { A: 'added', D: 'removed', R: 'renamed', T: 'changed' }
const kept = new Map<string, Promise<ChangedFile[]>>()

/** The changed files between two commits, as a pull shows them. Kept, since commits do not change. */
export function changedFiles(gitDir: string, from: string, to: string): Promise<ChangedFile[]> {
  const key = `${gitDir} ${from} ${to}`
  const known = kept.get(key) ?? readChanges(gitDir, from, to)
  kept.set(key, known)
  if (kept.size > 500) kept.delete(kept.keys().next().value as string)
  return known
}

export async function mergeBase(gitDir: string, base: string, head: string): Promise<string> {
  return gitText(gitDir, ['merge-base', base, head])
}

export function rawDiff(gitDir: string, from: string, to: string): Promise<Buffer> {
  return git(gitDir, ['diff', ...diffOptions, '-U3', from, to])
}

const diffOptions = [
  '-M',
  '--no-color',
  '--no-ext-diff',
  '--no-textconv',
  '--full-index',
  '--src-prefix=a/',
  '--dst-prefix=b/',
]

async function readChanges(gitDir: string, from: string, to: string): Promise<ChangedFile[]> {
  const [raw, patch] = await Promise.all([
    git(gitDir, ['diff', ...diffOptions, '--raw', '-z', from, to]),
    rawDiff(gitDir, from, to),
  ])
  const files = readRaw(raw.toString())
  const sections = readPatch(patch.toString('utf8'))
  let next = 0
  for (const file of files) {
    // a type change (a file that became a symbolic link) is one entry, and two sections of the patch
    const parts = file.status === 'changed' ? sections.slice(next, next + 2) : sections.slice(next, next + 1)
    next += parts.length
    file.hunks = parts.flat()
    let position = 0
    for (const hunk of file.hunks) {
      hunk.position = position
      position += hunk.lines.length
      file.additions += hunk.lines.filter(line => line.startsWith('+')).length
      file.deletions += hunk.lines.filter(line => line.startsWith('-')).length
    }
  }
  return files
}

function readRaw(text: string): ChangedFile[] {
  const fields = text.split('\0')
  const files: ChangedFile[] = []
  for (let index = 0; fields[index]?.startsWith(':'); ) {
    const [, , , blob, letter] = fields[index]!.split(' ') as [string, string, string, string, string]
    const two = letter.startsWith('R') || letter.startsWith('C')
    const path = fields[index + (two ? 2 : 1)]!
    const previousPath = two ? fields[index + 1] : undefined
    const status = letters[letter[0]!] ?? 'modified'
    files.push({ path, previousPath, status, blob, additions: 0, deletions: 0, hunks: [] })
    index += two ? 3 : 2
  }
  return files
}

/** Sections of a patch, one for each `diff --git`, with their hunks; a hunk's own counts say where it ends. */
function readPatch(text: string): Hunk[][] {
  const sections: Hunk[][] = []
  const lines = text.split('\n')
  for (let index = 0; index < lines.length; ) {
    const line = lines[index]!
    const header = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line)
    if (line.startsWith('diff --git ')) sections.push([])
    if (!header) {
      index += 1
      continue
    }
    const [oldStart, oldLines, newStart, newLines] = [1, 2, 3, 4].map(group => Number(header[group] ?? 1)) as number[]
    const start = index
    let [olds, news] = [oldLines!, newLines!]
    index += 1
    for (; olds > 0 || news > 0 || lines[index]?.startsWith('\\'); index += 1) {
      const mark = lines[index]![0]
      if (mark === ' ' || mark === '-') olds -= 1
      if (mark === ' ' || mark === '+') news -= 1
    }
    const hunk = { oldStart: oldStart!, oldLines: oldLines!, newStart: newStart!, newLines: newLines! }
    sections.at(-1)?.push({ ...hunk, lines: lines.slice(start, index), position: 0 })
  }
  return sections
}

/** The hunk a line lies in: on the right the new file's lines, on the left the old one's. */
export function hunkAt(file: ChangedFile, line: number, side: Side): Hunk | undefined {
  return file.hunks.find(hunk => {
    const [start, count] = side === 'LEFT' ? [hunk.oldStart, hunk.oldLines] : [hunk.newStart, hunk.newLines]
    return count > 0 && line >= start && line < start + count
  })
}

/** What stands at a line of a hunk: its index among the hunk's lines. */
export function indexInHunk(hunk: Hunk, line: number, side: Side): number {
  let old = hunk.oldStart
  let fresh = hunk.newStart
  for (const [index, text] of hunk.lines.entries()) {
    if (index === 0 || text.startsWith('\\')) continue
    if (side === 'LEFT' && text[0] !== '+' && old === line) return index
    if (side === 'RIGHT' && text[0] !== '-' && fresh === line) return index
    if (text[0] !== '+') old += 1
    if (text[0] !== '-') fresh += 1
  }
  return -1
}

/** GitHub's old `position`, turned into a line; undefined when it is past the file's diff. */
export function lineAtPosition(file: ChangedFile, position: number): { line: number; side: Side } | undefined {
  const hunk = file.hunks.findLast(candidate => candidate.position < position)
  if (!hunk || position - hunk.position >= hunk.lines.length) return undefined
  let old = hunk.oldStart - 1
  let fresh = hunk.newStart - 1
  for (const text of hunk.lines.slice(1, position - hunk.position + 1)) {
    if (text[0] === ' ' || text[0] === '-') old += 1
    if (text[0] === ' ' || text[0] === '+') fresh += 1
  }
  const removed = hunk.lines[position - hunk.position]!.startsWith('-')
  return removed ? { line: old, side: 'LEFT' } : { line: fresh, side: 'RIGHT' }
}

/** Where a line of one commit stands in a later one; null when it was changed or removed. */
export async function followLine(
  gitDir: string,
  path: string,
  line: number,
  from: string,
  to: string,
): Promise<number | null> {
  const patch = await git(gitDir, ['diff', '--no-color', '--no-ext-diff', '--no-textconv', '-U0', from, to, '--', path])
  let shift = 0
  for (const hunk of readPatch(patch.toString()).flat()) {
    const last = hunk.oldLines === 0 ? hunk.oldStart : hunk.oldStart + hunk.oldLines - 1
    if (hunk.oldLines > 0 && line >= hunk.oldStart && line <= last) return null
    if (last < line || (hunk.oldLines === 0 && hunk.oldStart < line)) shift += hunk.newLines - hunk.oldLines
  }
  return line + shift
}
