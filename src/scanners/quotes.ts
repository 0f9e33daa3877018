// How scanners read bytes as lines, quote one, which may be as long as a file, and put their sentences together.

const longest = 1_000

/** The line (from 1) with its secrets hidden, around `near` when it is long; a blank one is quoted with the next that is not. */
export function quoteOf(lines: string[], line: number, near: string | number = 0): string {
  const text = (lines[line - 1] ?? '').replace(/\r$/, '')
  if (text.trim() === '')
    return (
      lines
        .slice(line - 1)
        .find(one => one.trim() !== '')
        ?.slice(0, longest) ?? '(an empty line)'
    )
  if (text.length <= longest) return text
  const hidden = text.indexOf('[secret removed]')
  const at = typeof near === 'number' ? near : Math.max(0, hidden)
  const from = Math.max(0, Math.min(at - longest / 2, text.length - longest))
  return text.slice(from, from + longest).toWellFormed()
}

export function sentences(parts: (string | false)[]): string {
  return parts.filter(part => part !== false).join(' ')
}

/** UTF-16 by its mark, else UTF-8; what is neither is read all the same. */
export function textOf(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.subarray(2).toString('utf16le')
  if (bytes[0] === 0xfe && bytes[1] === 0xff)
    return Buffer.from(bytes.subarray(2, bytes.length & ~1))
      .swap16()
      .toString('utf16le')
  return bytes.toString('utf8')
}
