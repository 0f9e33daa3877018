// Where a quote stands: on a line of the diff at the exact head, else in the file, else nowhere; always with the reason.
import type { Change, ChangedFile, Hunk, HunkLine } from '../domain/change.ts'
import type { Claim, Placement } from '../domain/finding.ts'
import { linesOf, matchLines, type Way, ways, withoutMark } from './quote.ts'

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
  if (claim.quote === path) return asShown(file, { at: 'file', path, because: 'It is about the name of the file.' })
  const found = inDiff(file, quote) ?? inDiff(file, linesOf(withoutMark(claim.quote)))
  return asShown(file, found ?? inFile(path, quote, text))
}

/** As `place`, where there is no diff to stand on: in the file alone. */
export function placeInTree(claim: Pick<Claim, 'file' | 'quote'>, text: string | undefined): Placement {
  const path = plainPath(claim.file)
  const quote = linesOf(claim.quote)
  const found = quote.length > 0 ? findInText(quote, text) : undefined
  if (!found?.[0])
    return {
      at: 'nowhere',
      path,
      because: `The quote does not stand in the file${text === undefined ? ', which does not exist' : ''}.`,
    }
  const [line] = found
  const more = found.length > 1 ? `, and ${found.length - 1} times more` : ''
  return { at: 'file', path, line, because: `The quote stands at line ${line} of the file${more}.` }
}

/** Where code that knows the line says it is. */
export function placeAt(claim: Pick<Claim, 'file'> & { line: number }, change: Change, tree = false): Placement {
  const { line } = claim
  const file = change.files.find(one => one.path === claim.file)
  const path = file?.path ?? plainPath(claim.file)
  if (tree) return { at: 'file', path, line, because: `Code found it at line ${line} of the file.` }
  if (!file)
    return { at: 'nowhere', path, line, because: `Code found it at line ${line}; the file is not part of this change.` }
  const shown = file.hunks.some(hunk => hunk.lines.some(one => one.newLine === line && one.kind !== 'removed'))
  return asShown(
    file,
    shown
      ? {
          at: 'line',
          path,
          side: 'RIGHT',
          line,
          how: 'exact',
          because: `Code found it at line ${line} of the new side of the diff.`,
        }
      : {
          at: 'file',
          path,
          line,
          because: `Code found it at line ${line} of the file, outside of what the diff shows.`,
        },
  )
}

function inDiff(file: ChangedFile, quote: string[]): Placement | undefined {
  const { path } = file
  for (const how of ways) {
    const hits = distinct(file.hunks.flatMap(hunk => findInHunk(hunk, quote, how)))
    if (hits.length === 0) continue
    const best = prefer(hits)
    if (best.length === 1) return onLine(path, best[0]!, how)
    const where = best.map(hit => hit.line).sort((a, b) => a - b)
    return {
      at: 'file',
      path,
      line: where[0]!,
      because: `Ambiguous: the quote stands ${best.length} times in the diff, at lines ${where.slice(0, 5).join(', ')}.`,
    }
  }
  return undefined
}

/** A comment needs a name that GitHub can be told, and a line that it shows. */
function asShown(file: ChangedFile, placement: Placement): Placement {
  const { path, because } = placement
  const numbered = placement.line !== undefined && !isOld(placement) ? { line: placement.line } : {}
  // A path that is no UTF-8 keeps git's quoted form, which names no file.
  if (/^".*\\[0-7]{3}.*"$/s.test(path))
    return {
      at: 'nowhere',
      path,
      ...numbered,
      because: `${because} No comment can name the file: its path is not UTF-8.`,
    }
  if (file.hidden && placement.at === 'line')
    return {
      at: 'file',
      path,
      ...numbered,
      because: `${because} GitHub takes the file for binary and shows no line of it.`,
    }
  return placement
}

function isOld(placement: Placement): boolean {
  return placement.at === 'line' && placement.side === 'LEFT'
}

/** The changed file a claim means, by its name or by the one before a rename. */
export function fileOf(change: Change, path: string): ChangedFile | undefined {
  for (const name of namesOf(path)) {
    const file = change.files.find(one => one.path === name) ?? change.files.find(one => one.oldPath === name)
    if (file) return file
  }
  return undefined
}

/** Agents sometimes write `a/`, `b/` or `./` before a path, and a line after it. The path as it was written comes first. */
function namesOf(path: string): string[] {
  const plain = [path, withoutDot(path), plainPath(path)]
  const short = [...plain, ...plain.map(name => name.replace(/^[ab]\//, ''))]
  const numbers = [/:\d+(?:-\d+)?$/, /:\d+:\d+$/]
  return [...new Set([...short, ...numbers.flatMap(number => short.map(name => name.replace(number, '')))])]
}

/** Unusual paths are shown to agents in quotation marks, as JSON has them. */
export function plainPath(path: string): string {
  return withoutDot(unquoted(path.trim()))
}

function withoutDot(path: string): string {
  return path.replace(/^(\.?\/)+/, '')
}

function unquoted(path: string): string {
  if (!/^".*"$/s.test(path)) return path
  try {
    return String(JSON.parse(path))
  } catch {
    return path
  }
}

interface Hit {
  side: 'LEFT' | 'RIGHT'
  line: number
  startLine: number
  /** Lines that the change itself touches. */
  touched: number
}

function findInHunk(hunk: Hunk, quote: string[], how: Way): Hit[] {
  const onSide = (side: Hit['side']) =>
    match(
      hunk.lines.filter(line => line.kind !== (side === 'RIGHT' ? 'removed' : 'added')),
      quote,
      how,
    ).map(lines => hit(side, lines))
  const right = onSide('RIGHT')
  const left = onSide('LEFT')
  // What stands on both sides is one place, and the new side has it.
  const old = left.filter(one => one.touched > 0)
  if (right.length > 0 || old.length > 0) return [...right, ...old]
  const shown = match(hunk.lines, quote, how).map(asTheDiffShows)
  return shown.length > 0 ? shown : left
}

/** A quote of removed and added lines together stands on the side that has the added ones. */
function asTheDiffShows(lines: HunkLine[]): Hit {
  const added = lines.filter(line => line.kind === 'added')
  if (added.length === 0)
    return hit(
      'LEFT',
      lines.filter(line => line.kind === 'removed'),
    )
  const [first, last] = [lines.indexOf(added[0]!), lines.lastIndexOf(added.at(-1)!)]
  return hit(
    'RIGHT',
    lines.slice(first, last + 1).filter(line => line.kind !== 'removed'),
  )
}

function match(lines: HunkLine[], quote: string[], how: Way): HunkLine[][] {
  const texts = lines.map(line => line.text)
  const found = matchLines(texts, quote, how).map(at => lines.slice(at, at + quote.length))
  if (found.length > 0 || how !== 'substring' || quote.length === 1) return found
  // Git ends no line at a lone carriage return; whoever reads one and quotes it does.
  const broken = texts.map(text => (/\r(?!$)/.test(text) ? text : ''))
  return matchLines(broken, [quote.join('')], how).map(at => [lines[at]!])
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
  const side = right.length > 0 ? right : hits
  const touched = side.filter(one => one.touched > 0)
  return touched.length > 0 ? touched : side
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
