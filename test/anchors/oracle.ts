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
  lines(path: string, side: Spot['side']): string[]
}

export async function askOracle(gitDir: string, mergeBase: string, head: string): Promise<Oracle> {
  const [files, old, fresh] = await Promise.all([
    changedFiles(gitDir, mergeBase, head),
    blobsOf(gitDir, mergeBase),
    blobsOf(gitDir, head),
  ])
  const blobOf = (path: string, side: Spot['side']) =>
    side === 'RIGHT' ? fresh.get(path) : old.get(files.find(one => one.path === path)?.previousPath ?? path)
  const blobs = files.flatMap(({ path }) => [blobOf(path, 'RIGHT'), blobOf(path, 'LEFT')])
  const contents = await contentsOf(
    gitDir,
    blobs.flatMap(blob => (blob && blob.mode !== '160000' ? blob.id : [])),
  )
  return {
    gitDir,
    mergeBase,
    head,
    files,
    lines(path, side) {
      const { mode, id } = blobOf(path, side) ?? { mode: 'none', id: 'none' }
      if (mode === '160000') return [`Subproject commit ${id}`]
      return contents.get(id)?.toString().replaceAll('\0', '\uFFFD').split('\n') ?? []
    },
  }
}

async function contentsOf(gitDir: string, ids: string[]): Promise<Map<string, Buffer>> {
  const all = await git(gitDir, ['cat-file', '--batch'], ids.map(id => `${id}\n`).join(''))
  const contents = new Map<string, Buffer>()
  for (let at = 0; at < all.length; ) {
    const end = all.indexOf(10, at)
    const [id = '', , size] = all.subarray(at, end).toString().split(' ')
    contents.set(id, all.subarray(end + 1, end + 1 + Number(size)))
    at = end + Number(size) + 2
  }
  return contents
}

async function blobsOf(gitDir: string, commit: string): Promise<Map<string, { mode: string; id: string }>> {
  const entries = (await git(gitDir, ['ls-tree', '-r', '-z', commit])).toString().split('\0').slice(0, -1)
  return new Map(
    entries.map(entry => {
      const [mode = '', , id = ''] = entry.split(/[ \t]/)
      return [entry.slice(entry.indexOf('\t') + 1), { mode, id }]
    }),
  )
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
