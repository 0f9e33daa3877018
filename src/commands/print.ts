// How listings look in a terminal: aligned columns, plain lines, JSON when asked for.
import { styleText } from 'node:util'

/** Rows under headings; columns as wide as their widest cell, the last one unbounded. An empty list says `empty`. */
export function table(headings: string[], rows: string[][], empty: string): string {
  if (rows.length === 0) return empty
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map(row => (row[column] ?? '').length)),
  )
  const line = (cells: string[]) =>
    cells.map((cell, column) => (column === cells.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join('  ')
  return [line(headings), ...rows.map(line)].join('\n')
}

export const strong = (text: string) => styleText('bold', text, { stream: process.stdout })

/** Model and pull request text on its way to a terminal: control characters (escape sequences) are shown, not obeyed. */
export function plain(text: string): string {
  return text.replace(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g,
    character => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  )
}
