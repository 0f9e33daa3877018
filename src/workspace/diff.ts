// Reads what `git diff --raw --patch` prints, as it comes, into changed files; the counts of each hunk say where it ends, never its content.
import type { ChangedFile, Hunk, HunkLine } from '../domain/change.ts'
import { asText, unquoted } from './text.ts'

/** A changed file before its attributes are known; `oldId` and `newId` are the blobs. */
export type ParsedFile = Omit<ChangedFile, 'generated' | 'vendored'> & { oldId: string; newId: string }

export interface DiffLimits {
  /** Bytes of patch of one file. */
  fileBytes: number
  /** Bytes and lines of patch of all files together. */
  totalBytes: number
  totalLines: number
}

const usualLimits: DiffLimits = { fileBytes: 1024 * 1024, totalBytes: 48 * 1024 * 1024, totalLines: 200_000 }

export interface DiffParser {
  push(chunk: Buffer): void
  /** Every file that git listed, read or not; undefined when it was `complete` in neither its patches nor its list. */
  end(complete: boolean): ParsedFile[] | undefined
}

/** `decode` makes text of a line's bytes; the paths are ASCII with escapes (core.quotePath). */
export function diffParser(limits: DiffLimits = usualLimits, decode: (line: Buffer) => string = asText): DiffParser {
  const files: ParsedFile[] = []
  const patches: { file: ParsedFile; oldId: string; newId: string }[] = []
  let patch = -1
  let file: ParsedFile | undefined
  let hunk: Hunk | undefined
  let last: HunkLine | undefined
  let oldLeft = 0
  let newLeft = 0
  let oldLine = 0
  let newLine = 0
  let fileBytes = 0
  let fileLines = 0
  let totalBytes = 0
  let totalLines = 0

  const list = (line: string) => {
    const entry = entryOf(line)
    files.push(entry)
    // A file that becomes a symlink or a submodule is printed as a deletion and an addition (diff.c, run_diff).
    const split = entry.oldMode !== none && entry.newMode !== none && kindOf(entry.oldMode) !== kindOf(entry.newMode)
    const zero = '0'.repeat(entry.oldId.length)
    if (split)
      patches.push({ file: entry, oldId: entry.oldId, newId: zero }, { file: entry, oldId: zero, newId: entry.newId })
    else patches.push({ file: entry, oldId: entry.oldId, newId: entry.newId })
  }

  const startPatch = () => {
    const next = patches[++patch]
    if (!next) throw new Error('git printed more patches than files')
    if (next.file !== file) fileBytes = fileLines = 0
    file = next.file
    hunk = undefined
    last = undefined
  }

  const startHunk = (line: string) => {
    const [, oldStart, oldLines = '1', newStart, newLines = '1', section = ''] =
      /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@ ?(.*)$/s.exec(line) ?? []
    if (!file || oldStart === undefined || newStart === undefined) throw new Error('git printed a hunk that is none')
    oldLeft = Number(oldLines)
    newLeft = Number(newLines)
    oldLine = Number(oldStart)
    newLine = Number(newStart)
    hunk = { oldStart: oldLine, oldLines: oldLeft, newStart: newLine, newLines: newLeft, section, lines: [] }
    if (!file.unread) file.hunks.push(hunk)
  }

  const readLine = (mark: number, text: () => string) => {
    if (!file || !hunk) throw new Error('git printed a line outside of a hunk')
    const added = mark === plus
    const removed = mark === minus
    if (added) file.additions++
    if (removed) file.deletions++
    if (file.unread) last = undefined
    else if (added) last = { kind: 'added', text: text(), newLine }
    else if (removed) last = { kind: 'removed', text: text(), oldLine }
    else last = { kind: 'context', text: text(), oldLine, newLine }
    if (last) hunk.lines.push(last)
    if (!added) {
      oldLine++
      oldLeft--
    }
    if (!removed) {
      newLine++
      newLeft--
    }
  }

  const count = (bytes: number) => {
    if (!file || file.unread) return
    fileBytes += bytes
    fileLines++
    totalBytes += bytes
    totalLines++
    if (fileBytes > limits.fileBytes) {
      forget(file, `its diff is larger than ${sizeOf(limits.fileBytes)}`)
      totalBytes -= fileBytes
      totalLines -= fileLines
    } else if (totalBytes > limits.totalBytes || totalLines > limits.totalLines)
      forget(file, 'the whole change is too large, and this file came after what could be read')
  }

  const readHeader = (line: string) => {
    if (line.startsWith(':') && patch < 0) list(line)
    else if (line.startsWith('diff --git ')) startPatch()
    else if (line.startsWith('@@ ')) startHunk(line)
    else if (line.startsWith('\\') && last) last.noNewline = true
    else if (line.startsWith('Binary files ') && file) file.binary = true
    else if (line.startsWith('index ')) checkIndex(line, patches[patch])
  }

  const lines = lineSplitter(limits.fileBytes + 1024, (line, length) => {
    count(length)
    const inHunk = oldLeft > 0 || newLeft > 0
    if (inHunk && line[0] !== backslash) readLine(line[0] ?? space, () => decode(line.subarray(1)))
    else readHeader(asText(line))
  })

  return {
    push: lines.push,
    end(complete) {
      if (complete) lines.end()
      else if (patch < 0) return undefined
      const read = complete ? patch + 1 : patch
      for (const { file } of patches.slice(read))
        if (!file.unread) forget(file, 'git needed too long for a change this large')
      return files
    },
  }
}

const none = '000000'
const plus = '+'.charCodeAt(0)
const minus = '-'.charCodeAt(0)
const space = ' '.charCodeAt(0)
const backslash = '\\'.charCodeAt(0)
const lineFeed = 10

const statuses: Record<string, ChangedFile['status']> = {
  A: 'added',
  M: 'modified',
  D: 'deleted',
  R: 'renamed',
  C: 'copied',
  T: 'type-changed',
}

function entryOf(line: string): ParsedFile {
  const [facts = '', first = '', second] = line.split('\t')
  const [oldMode = ':', newMode = '', oldId = '', newId = '', letter = ''] = facts.split(' ')
  const modes = [oldMode.slice(1), newMode]
  const status = statuses[letter.charAt(0)]
  if (!status) throw new Error(`git printed a status that is none: ${letter}`)
  return {
    path: unquoted(second ?? first),
    ...(second === undefined ? {} : { oldPath: unquoted(first) }),
    status,
    oldMode: modes[0] ?? none,
    newMode,
    submodule: modes.includes('160000'),
    symlink: modes.includes('120000'),
    binary: false,
    additions: 0,
    deletions: 0,
    hunks: [],
    oldId,
    newId,
  }
}

function kindOf(mode: string): string {
  return mode.slice(0, 3)
}

function forget(file: ParsedFile, because: string) {
  file.unread = because
  file.hunks = []
}

/** Patches come in the order of the list; their blobs prove it. */
function checkIndex(line: string, patch: { oldId: string; newId: string } | undefined) {
  const [oldId, newId] = line.split(' ')[1]?.split('..') ?? []
  if (patch && (patch.oldId !== oldId || patch.newId !== newId)) throw new Error('git printed a patch out of order')
}

function sizeOf(bytes: number): string {
  return bytes >= 1024 * 1024 ? `${Math.round(bytes / 1024 / 1024)} MiB` : `${Math.round(bytes / 1024)} KiB`
}

/** Cuts at line feeds. Of a line longer than `kept` only the beginning is handed on, with its true length. */
function lineSplitter(kept: number, take: (line: Buffer, length: number) => void) {
  let parts: Buffer[] = []
  let held = 0
  let length = 0
  const add = (part: Buffer) => {
    length += part.length
    if (held >= kept || part.length === 0) return
    parts.push(part)
    held += part.length
  }
  const finish = () => {
    take(parts.length === 1 ? parts[0]! : Buffer.concat(parts), length + 1)
    parts = []
    held = 0
    length = 0
  }
  return {
    push(chunk: Buffer) {
      let from = 0
      for (let at = chunk.indexOf(lineFeed); at >= 0; at = chunk.indexOf(lineFeed, from)) {
        add(chunk.subarray(from, at))
        finish()
        from = at + 1
      }
      add(chunk.subarray(from))
    },
    end() {
      if (length > 0) finish()
    },
  }
}
