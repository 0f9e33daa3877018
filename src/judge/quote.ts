// A quote against lines: exactly, without regard to whitespace, or as a part; what agents are shown counts as what is written.
import { invisible, showInvisible } from '../domain/untrusted.ts'

export const ways = ['exact', 'whitespace', 'substring'] as const
export type Way = (typeof ways)[number]

/** Without blank lines around it; none when there is nothing else in it. */
export function linesOf(quote: string): string[] {
  const lines = quote.split('\n').map(line => line.replace(/\r$/, ''))
  while (lines.length > 0 && lines[0]!.trim() === '') lines.shift()
  while (lines.length > 0 && lines.at(-1)!.trim() === '') lines.pop()
  return lines
}

/** Without what a diff says of the end of a file, which an agent may take for a part of it. */
export function withoutMark(quote: string): string {
  return quote.replace(/ *(?:\n\\ No newline at end of file|\(no newline at the end\))\s*$/, '')
}

/** Indexes at which the quote begins. */
export function matchLines(texts: string[], quote: string[], how: Way): number[] {
  const read = (text: string) => (how === 'exact' ? showInvisible(text.replace(/\r$/, '')) : squeeze(text))
  const wanted = quote.map(read)
  if (wanted.every(line => line === '')) return []
  const have = texts.map(read)
  const found: number[] = []
  for (let at = 0; at + wanted.length <= have.length; at++) {
    if (wanted.every((line, index) => fits(have[at + index]!, line, index, wanted.length, how))) found.push(at)
  }
  return found
}

// As a part, the first line of a quote may begin late and its last one end early; those between are whole.
function fits(have: string, wanted: string, index: number, length: number, how: Way): boolean {
  if (how !== 'substring') return have === wanted
  if (length === 1) return wanted.length >= 4 && have.includes(wanted)
  if (index === 0) return wanted !== '' && have.endsWith(wanted)
  return index === length - 1 ? wanted !== '' && have.startsWith(wanted) : have === wanted
}

/** Without what nobody sees, in the form that agents are shown (`showInvisible`) too. */
export function squeeze(text: string): string {
  return text.replace(invisible, '').replace(/\s+|\\u\{[0-9a-f]+\}/g, '')
}
