// The diff as agents read it: marked as untrusted, invisible characters shown, line numbers outside of what can be quoted.
import type { ChangedFile, Hunk, HunkLine } from '../domain/change.ts'
import { showPath, untrusted } from '../domain/untrusted.ts'

/** Characters of one file's diff that a prompt takes; about 1,500 lines. */
export const fileLimit = 90_000
/** Characters of one line. */
const lineLimit = 2_000

export interface RenderedFile {
  text: string
  /** Set when not everything is in `text`: why. */
  cut?: string
}

/** One file's header and hunks. What does not fit is said in the text and in `cut`. */
export function renderFile(file: ChangedFile, coverage?: string): RenderedFile {
  const header = headerOf(file, coverage)
  if (file.hunks.length === 0) return { text: `${header}\n(no lines changed)` }
  const lines: string[] = []
  let size = 0
  let shown = 0
  let longLines = 0
  const total = file.hunks.reduce((sum, hunk) => sum + hunk.lines.length, 0)
  for (const hunk of file.hunks) {
    const head = hunkHeader(hunk)
    if (size + head.length > fileLimit) break
    lines.push(head)
    size += head.length
    for (const line of hunk.lines) {
      if (line.text.length > lineLimit) longLines++
      const rendered = renderLine(line)
      if (size + rendered.length > fileLimit) break
      lines.push(rendered)
      size += rendered.length + 1
      shown++
    }
    if (size + lineLimit > fileLimit && shown < total) break
  }
  const text = `${header}\n${untrusted(`diff of ${file.path}`, lines.join('\n'))}`
  if (shown < total) {
    const cut = `too large for a prompt: the first ${shown} of ${total} lines of its diff are shown`
    return { text: `${text}\n(${cut}; read the rest with your tools)`, cut }
  }
  if (longLines > 0)
    return { text, cut: `${longLines} of its lines are longer than ${lineLimit} characters and are cut` }
  return { text }
}

/** Where a change is, without its lines: for agents whose change is too large for one prompt. */
export function outlineFile(file: ChangedFile): string {
  const hunks = file.hunks.map(hunk => `  ${hunkHeader(hunk)}`)
  return `${headerOf(file)}\n${untrusted(`outline of ${file.path}`, hunks.slice(0, 60).join('\n'))}`
}

function headerOf(file: ChangedFile, coverage?: string): string {
  const marks = [
    file.status,
    file.oldPath && file.oldPath !== file.path ? `from ${showPath(file.oldPath)}` : '',
    `+${file.additions} -${file.deletions}`,
    file.symlink ? 'symbolic link' : '',
    file.oldMode !== file.newMode && file.status === 'modified' ? `mode ${file.oldMode} → ${file.newMode}` : '',
    coverage ?? '',
  ].filter(Boolean)
  return `### ${showPath(file.path)} (${marks.join(', ')})`
}

function hunkHeader(hunk: Hunk): string {
  const section = hunk.section.slice(0, 120)
  return `@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@${section ? ` ${section}` : ''}`
}

// `  12 + text`: the number, the mark, one space, then the line exactly as it stands, so that it can be quoted.
function renderLine(line: HunkLine): string {
  const number = line.kind === 'removed' ? '' : String(line.newLine ?? '')
  const mark = line.kind === 'added' ? '+' : line.kind === 'removed' ? '-' : ' '
  const text = line.text.replace(/\r$/, '')
  const shown = text.length > lineLimit ? `${text.slice(0, lineLimit)}… (${text.length} characters)` : text
  return `${number.padStart(6)} ${mark} ${shown}${line.noNewline ? '  (no newline at the end)' : ''}`
}
