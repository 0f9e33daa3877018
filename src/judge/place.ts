// Where a quote stands: on a line of the diff at the exact head, else in the file, else nowhere; always with the reason.
import type { Change, ChangedFile, Hunk, HunkLine } from '../domain/change.ts'
import type { Claim, Placement } from '../domain/finding.ts'

/**
 * Pure. `text` is the file at head, when it could be read. Tried in this order, each on the new side before the old one:
 * whole lines exactly, whole lines without regard to whitespace, a unique part of a line.
 */
export function place(claim: Pick<Claim, 'file' | 'quote'>, change: Change, text?: string): Placement {
  const file = fileOf(change, claim.file)
  const path = file?.path ?? plainPath(claim.file)
  const quote = linesOf(claim.quote)
  if (quote.length === 0) return { at: file ? 'file' : 'nowhere', path, because: 'The quote is empty.' }
  if (!file) return outside(path, quote, text)
  for (const how of ways) {
    const hits = distinct(file.hunks.flatMap(hunk => findInHunk(hunk, quote, how)))
    if (hits.length === 0) continue
    const best = prefer(hits)
    if (best.length > 1) {
      const where = best.map(hit => hit.line).sort((a, b) => a - b)
      return {
        at: 'file',
        path,
        line: where[0]!,
        because: `Ambiguous: the quote stands ${best.length} times in the diff, at lines ${where.slice(0, 5).join(', ')}.`,
      }
    }
    return onLine(path, best[0]!, how)
  }
  return inFile(path, quote, text)
}

/** The changed file a claim means; agents sometimes write `a/`, `b/` or `./` before a path, or the name before a rename. */
export function fileOf(change: Change, path: string): ChangedFile | undefined {
  const names = [path, plainPath(path), plainPath(path).replace(/^[ab]\//, '')]
  for (const name of names) {
    const file = change.files.find(one => one.path === name) ?? change.files.find(one => one.oldPath === name)
    if (file) return file
  }
  return undefined
}

export function plainPath(path: string): string {
  return path.trim().replace(/^(\.?\/)+/, '')
}

const ways = ['exact', 'whitespace', 'substring'] as const
type Way = (typeof ways)[number]

interface Hit {
  side: 'LEFT' | 'RIGHT'
  line: number
  startLine: number
  /** Lines that the change itself touches. */
  touched: number
}

function linesOf(quote: string): string[] {
  const lines = quote.split('\n').map(line => line.replace(/\r$/, ''))
  while (lines.length > 0 && lines[0]!.trim() === '') lines.shift()
  while (lines.length > 0 && lines.at(-1)!.trim() === '') lines.pop()
  return lines
}

function findInHunk(hunk: Hunk, quote: string[], how: Way): Hit[] {
  const right = match(
    hunk.lines.filter(line => line.kind !== 'removed'),
    quote,
    how,
  ).map(lines => hit('RIGHT', lines))
  const left = match(
    hunk.lines.filter(line => line.kind !== 'added'),
    quote,
    how,
  )
    .filter(lines => lines.some(line => line.kind === 'removed'))
    .map(lines => hit('LEFT', lines))
  if (right.length > 0 || left.length > 0) return [...right, ...left]
  // A quote of removed and added lines as the diff shows them stands on the side that has the added ones.
  return match(hunk.lines, quote, how).map(lines => {
    const added = lines.filter(line => line.kind === 'added')
    return added.length > 0
      ? hit(
          'RIGHT',
          lines
            .slice(lines.indexOf(added[0]!), lines.lastIndexOf(added.at(-1)!) + 1)
            .filter(line => line.kind !== 'removed'),
        )
      : hit(
          'LEFT',
          lines.filter(line => line.kind === 'removed'),
        )
  })
}

function match(lines: HunkLine[], quote: string[], how: Way): HunkLine[][] {
  return matchLines(
    lines.map(line => line.text),
    quote,
    how,
  ).map(at => lines.slice(at, at + quote.length))
}

/** Indexes at which the quote begins. */
function matchLines(texts: string[], quote: string[], how: Way): number[] {
  const read = (text: string) => (how === 'exact' ? text.replace(/\r$/, '') : squeeze(text))
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

function squeeze(text: string): string {
  return text.replace(/\s+/g, '')
}

function hit(side: Hit['side'], lines: HunkLine[]): Hit {
  const numbers = lines.map(line => (side === 'RIGHT' ? line.newLine : line.oldLine) ?? 0)
  return {
    side,
    startLine: Math.min(...numbers),
    line: Math.max(...numbers),
    touched: lines.filter(line => line.kind !== 'context').length,
  }
}

function distinct(hits: Hit[]): Hit[] {
  return [...new Map(hits.map(one => [`${one.side}${one.startLine}-${one.line}`, one])).values()]
}

/** The new side before the old one, and lines that the change touches before those it does not. */
function prefer(hits: Hit[]): Hit[] {
  const right = hits.filter(one => one.side === 'RIGHT')
  const touched = right.filter(one => one.touched > 0)
  if (touched.length > 0) return touched
  return right.length > 0 ? right : hits
}

function onLine(path: string, { side, line, startLine }: Hit, how: Way): Placement {
  const where = startLine === line ? `line ${line}` : `lines ${startLine} to ${line}`
  const words = {
    exact: 'The quote stands exactly',
    whitespace: 'But for whitespace, the quote stands',
    substring: 'The quote is a part of what stands',
  }
  const because = `${words[how]} at ${where} of the ${side === 'RIGHT' ? 'new' : 'old'} side of the diff.`
  return { at: 'line', path, side, line, ...(startLine < line && { startLine }), how, because }
}

function inFile(path: string, quote: string[], text: string | undefined): Placement {
  const found = findInText(quote, text)
  if (!found)
    return { at: 'nowhere', path, because: 'The quote stands neither in the diff nor in the file at this commit.' }
  if (found.length > 1)
    return {
      at: 'file',
      path,
      line: found[0]!,
      because: `Ambiguous: the quote stands ${found.length} times in the file, outside of what the diff shows.`,
    }
  return {
    at: 'file',
    path,
    line: found[0]!,
    because: `The quote stands at line ${found[0]} of the file, outside of what the diff shows.`,
  }
}

function outside(path: string, quote: string[], text: string | undefined): Placement {
  const found = findInText(quote, text)
  if (!found)
    return { at: 'nowhere', path, because: 'The file is not part of this change, and the quote was not found in it.' }
  return {
    at: 'nowhere',
    path,
    line: found[0]!,
    because: `The file is not part of this change; the quote stands at its line ${found[0]}.`,
  }
}

function findInText(quote: string[], text: string | undefined): number[] | undefined {
  if (text === undefined) return undefined
  const lines = text.split('\n')
  for (const how of ways) {
    const found = matchLines(lines, quote, how)
    if (found.length > 0) return found.map(index => index + 1)
  }
  return undefined
}
