// What `git grep -z -n` says, read as it comes: as many lines as are wanted, none of a file that is hidden.
import { asText } from './text.ts'

const nul = 0
const feed = 10

export interface GrepLines {
  /** False when there are enough. */
  take(chunk: Buffer): boolean
  /** `path:line:text`; paths with unusual characters as JSON strings. */
  all(): string[]
}

/** `before`: what git puts before each path ("COMMIT:"). Text is cut after `width` characters. */
export function grepLines(before: string, hides: (path: string) => boolean, most = 200, width = 500): GrepLines {
  const lines: string[] = []
  // PATH NUL LINE NUL TEXT LF: a path may hold anything but NUL, so that nobody can write one that looks like two.
  let fields: string[] = []
  let held: Buffer[] = []
  let size = 0
  const end = () => {
    const text = asText(Buffer.concat(held))
    const cut = size > kept() || (fields.length === 2 && text.length > width)
    fields.push(fields.length === 2 && cut ? `${text.slice(0, width)}…` : text)
    held = []
    size = 0
  }
  const kept = () => (fields.length === 2 ? width * 4 : longestPath)
  const add = (part: Buffer) => {
    if (size < kept()) held.push(part.subarray(0, kept() - size))
    size += part.length
  }
  return {
    take(chunk) {
      let from = 0
      while (from < chunk.length) {
        if (lines.length === most) return false
        const mark = fields.length === 2 ? feed : nul
        const at = chunk.indexOf(mark, from)
        if (at < 0) {
          add(chunk.subarray(from))
          break
        }
        add(chunk.subarray(from, at))
        end()
        from = at + 1
        if (fields.length < 3) continue
        const [name = '', line, text] = fields
        fields = []
        const path = name.startsWith(before) ? name.slice(before.length) : name
        if (!hides(path)) lines.push(`${shown(path)}:${line}:${text}`)
      }
      return true
    },
    all: () => lines,
  }
}

/** Longer ones git itself refuses (PATH_MAX is 4096 on Linux). */
const longestPath = 1 << 16

function shown(path: string): string {
  return /[\x00-\x1f\x7f"\\]/.test(path) ? JSON.stringify(path) : path
}
