// What the code alone tells of an earlier finding that nobody reported again: it stands unchanged, it is over, or somebody has to be asked.
import type { Change, ChangedFile, Since } from '../domain/change.ts'
import type { Placement } from '../domain/finding.ts'
import type { StoredFinding } from '../domain/store.ts'
import { withoutLines } from '../domain/suggestion.ts'
import type { Checkout } from '../domain/workspace.ts'
import { whereFileWent } from './moved.ts'
import { type PlaceNow, standsAs } from './place-now.ts'
import { linesOf, matchLines } from './quote.ts'
import { readText } from './texts.ts'

export type Told = { finding: StoredFinding; placement: Placement; because: string } & (
  | { told: 'unchanged' | 'ask' }
  | { told: 'over'; became: 'fixed' | 'stale' }
)

interface Looking {
  change: Change
  /** What came since the last review, where that can be told. */
  since: Since | undefined
  placeNow: PlaceNow
  checkout: Checkout
  /** Files that nobody may be shown. */
  hides: (path: string) => boolean
}

/** Lines around a finding within which a change may bear on it: about a function. */
const reach = 15

export async function tellByCode(finding: StoredFinding, looking: Looking): Promise<Told> {
  const { change, since, checkout } = looking
  const at = checkout.head.slice(0, 7)
  const then = finding.placement
  const path = await whereFileWent(finding, looking)
  const file = change.files.find(one => one.path === path) ?? change.files.find(one => one.oldPath === path)
  if (looking.hides(path) || looking.hides(finding.file)) return hidden()
  const placement = await looking.placeNow({ file: path, quote: finding.quote })
  if (then.at !== 'nowhere' && !file)
    return over('stale', `Its file is not changed by this pull request any more at ${at}.`)
  if (file?.status === 'deleted' && !isOld(then)) return over('fixed', `Its file was deleted in ${at}.`)
  if (finding.quote === '')
    return { ...same(then), because: 'What it quoted is no longer kept, so nobody can tell that it is gone.' }
  if (finding.verdict.verdict === 'unverified') return ask(placement, 'No verifier has settled it yet.')
  if (!standsAs(then, placement)) return ask(where(placement), `Its lines are not there any more at ${at}.`)
  if (!since) return { ...same(placement), because: `Its lines stand at ${at} as they were.` }
  const from = since.commit.slice(0, 7)
  const part = since.change.files.find(one => one.path === path)
  if (part && bearsOn(part, placement)) return ask(placement, `Lines at or around it changed since ${from}.`)
  const gone = await goneEvidence(finding, since, checkout)
  if (gone !== undefined) return ask(placement, `What decided it in ${gone} changed since ${from}.`)
  return { ...same(placement), because: `Nothing at or around it changed since ${from}.` }

  /** No model is asked; it stays, by its path and title, until the file goes or a person decides. */
  function hidden(): Told {
    if (file?.status === 'deleted' && !isOld(then)) {
      const because = `Its file was deleted in ${at}.`
      return { finding, placement: then, told: 'over', became: 'fixed', because }
    }
    const { fix: _, suggestion: _b, source: _c, sink: _d, suggested, ...kept } = finding
    const offered = suggested && { suggested: withoutLines(suggested) }
    const unquoted = { ...kept, ...offered, quote: '', verification: { ...kept.verification, cited: [] } }
    const because =
      'Its file is kept from models now (`private:`), so nobody looked; it stays as it was, without its quote.'
    return { finding: unquoted, placement: then, told: 'unchanged', because }
  }
  function same(placement: Placement) {
    return { finding, placement, told: 'unchanged' } as const
  }
  function ask(placement: Placement, because: string) {
    return { finding, placement, told: 'ask', because } as const
  }
  function over(became: 'fixed' | 'stale', because: string) {
    return { finding, placement, told: 'over', became, because } as const
  }
  /** Of lines that are gone, where they were, so that whoever is asked is shown what came there. */
  function where(placement: Placement): Placement {
    const part = since?.change.files.find(one => one.path === path)
    const line = part && lineWhereItWas(part, finding.quote)
    return placement.line === undefined && line !== undefined
      ? { at: 'file', path, line, because: placement.because }
      : placement
  }
}

/** Whether lines of the new file from `line - around` to `line + around` came or went. */
export function bearsOn(file: ChangedFile, placement: Placement, around = reach): boolean {
  if (file.unread) return true
  if (placement.line === undefined || isOld(placement)) return true
  const from = (placement.at === 'line' ? (placement.startLine ?? placement.line) : placement.line) - around
  const to = placement.line + around
  return touchedLines(file).some(line => line >= from && line <= to)
}

/** Lines of the new file that came, and those between which lines went. */
function touchedLines(file: ChangedFile): number[] {
  const touched: number[] = []
  for (const hunk of file.hunks) {
    let next = hunk.newStart
    for (const line of hunk.lines) {
      if (line.kind === 'removed') touched.push(next - 1, next)
      else {
        if (line.kind === 'added') touched.push(line.newLine ?? next)
        next = (line.newLine ?? next) + 1
      }
    }
  }
  return touched
}

function lineWhereItWas(file: ChangedFile, quote: string): number | undefined {
  const wanted = linesOf(quote)
  for (const hunk of file.hunks) {
    const old = hunk.lines.filter(line => line.kind !== 'added')
    const [at] = matchLines(
      old.map(line => line.text),
      wanted,
      'whitespace',
    )
    if (at === undefined) continue
    const before = hunk.lines.slice(0, hunk.lines.indexOf(old[at]!)).filter(line => line.kind !== 'removed')
    return hunk.newStart + before.length
  }
  return file.hunks[0]?.newStart
}

/** The file of a line that decided the claim, where that line is gone since. */
async function goneEvidence(
  { verification }: StoredFinding,
  since: Since,
  checkout: Checkout,
): Promise<string | undefined> {
  const changed = new Set(since.change.files.flatMap(file => [file.path, file.oldPath ?? file.path]))
  for (const cited of verification.cited) {
    if (cited.text === '' || !changed.has(cited.path)) continue
    const now = await readText(checkout, cited.path)
    if (!now?.replace(/\s+/g, '').includes(cited.text.replace(/\s+/g, ''))) return cited.path
  }
  return undefined
}

function isOld(placement: Placement): boolean {
  return placement.at === 'line' && placement.side === 'LEFT'
}
