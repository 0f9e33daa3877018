// What git itself says: the lines of each hunk with their numbers, the lines of each blob, and where a quote has to be placed.
import { showInvisible } from '../../src/domain/untrusted.ts'
import { git } from '../simulators/github/bare-repository.ts'
import { type ChangedFile, changedFiles, type Hunk } from '../simulators/github/positions.ts'

export interface Line {
  mark: '+' | '-' | ' '
  text: string
  old?: number
  fresh?: number
}

export interface Spot {
  side: 'LEFT' | 'RIGHT'
  startLine: number
  line: number
}

export type { ChangedFile, Hunk }

export interface Oracle {
  gitDir: string
  mergeBase: string
  head: string
  files: ChangedFile[]
  /** The lines of the file that a comment on this side of this path stands on. */
  lines(path: string, side: Spot['side']): Promise<string[]>
}

export async function askOracle(gitDir: string, mergeBase: string, head: string): Promise<Oracle> {
  const files = await changedFiles(gitDir, mergeBase, head)
  const kept = new Map<string, Promise<string[]>>()
  const read = async (commit: string, path: string) => {
    const tree = await git(gitDir, ['--literal-pathspecs', 'ls-tree', commit, '--', path])
    const [mode, , id] = tree.toString().split(/[ \t]/)
    if (mode === '160000') return [`Subproject commit ${id}`]
    const text = (await git(gitDir, ['cat-file', 'blob', `${commit}:${path}`])).toString()
    return text.replaceAll('\0', '\uFFFD').split('\n')
  }
  return {
    gitDir,
    mergeBase,
    head,
    files,
    lines(path, side) {
      const file = files.find(one => one.path === path)
      const [commit, name] = side === 'RIGHT' ? [head, path] : [mergeBase, file?.previousPath ?? path]
      const key = `${commit}:${name}`
      const lines = kept.get(key) ?? read(commit, name)
      kept.set(key, lines)
      return lines
    },
  }
}

/** The lines of a hunk as an agent is shown them: a NUL has no text and is shown as U+FFFD. */
export function linesOf(hunk: Hunk): Line[] {
  let old = hunk.oldStart
  let fresh = hunk.newStart
  return hunk.lines.slice(1).flatMap(raw => {
    const mark = raw[0] as Line['mark']
    if (mark !== '+' && mark !== '-' && mark !== ' ') return []
    const text = raw.slice(1).replaceAll('\0', '\uFFFD')
    return [{ mark, text, ...(mark !== '+' && { old: old++ }), ...(mark !== '-' && { fresh: fresh++ }) }]
  })
}

/**
 * Where whole lines, quoted exactly, have to stand: on the new side where the change touches them, else anywhere on the new side, else on the
 * old side. Several spots: the quote is ambiguous. None: it stands on no side as it is.
 */
export function spotsOf(file: ChangedFile, quote: string): Spot[] {
  const wanted = trimmed(quote.split('\n').map(bare))
  if (wanted.length === 0) return []
  const hunks = file.hunks.map(linesOf)
  const right = hunks.flatMap(lines => windows(lines, 'RIGHT', wanted))
  const touched = right.filter(spot => spot.touched)
  const left = hunks.flatMap(lines => windows(lines, 'LEFT', wanted))
  const best = [touched, right, left.filter(spot => spot.touched), left].find(spots => spots.length > 0) ?? []
  return best.map(({ touched: _, ...spot }) => spot)
}

function windows(all: Line[], side: Spot['side'], wanted: string[]): (Spot & { touched: boolean })[] {
  const lines = all.filter(line => (side === 'RIGHT' ? line.mark !== '-' : line.mark !== '+'))
  const number = (line: Line) => (side === 'RIGHT' ? line.fresh : line.old)!
  return lines.flatMap((first, at) => {
    const window = lines.slice(at, at + wanted.length)
    if (window.length < wanted.length || !window.every((line, index) => bare(line.text) === wanted[index])) return []
    const touched = window.some(line => line.mark !== ' ')
    return [{ side, startLine: number(first), line: number(window.at(-1)!), touched }]
  })
}

/** Whether the lines of a file that a comment stands on say what was quoted. */
export function says(lines: string[], quote: string, how: string): boolean {
  // A quote may be of what agents are shown, where invisible characters have a form.
  const squeeze = (text: string) =>
    how === 'exact' ? showInvisible(bare(text)) : showInvisible(text).replace(shownOrSpace, '')
  const [have, wanted] = [lines.map(squeeze), trimmed(quote.split('\n').map(bare)).map(squeeze)]
  const fits = (line: string, part: string) => (how === 'substring' ? line.includes(part) : line === part)
  if (have.length === wanted.length) return have.every((line, index) => fits(line, wanted[index]!))
  // Quoted as the diff shows it, removed and added lines together: what stands on one side is left, in order.
  let at = 0
  for (const part of wanted) if (at < have.length && fits(have[at]!, part)) at++
  return at === have.length && have.length < wanted.length
}

const shownOrSpace = /\s+|\\u\{[0-9a-f]+\}/g

export function bare(line: string): string {
  return line.replace(/\r$/, '')
}

export function trimmed(lines: string[]): string[] {
  const full = lines.map(line => line.trim() !== '')
  return full.includes(true) ? lines.slice(full.indexOf(true), full.lastIndexOf(true) + 1) : []
}
