// Whether a change brought what a finding is about: a model may call it old, lines that the change brought are not.
import type { Change } from '../domain/change.ts'
import type { Finding, Placement } from '../domain/finding.ts'
import { linesOf } from './quote.ts'

/**
 * Pure. What a finder says, but for a quote of lines that the change adds and takes from nowhere: code can be told to say of itself that it
 * is old, and what is old shuts no gate and is not told in public.
 */
export function originOf(
  { origin, quote, rule }: Pick<Finding, 'origin' | 'quote' | 'rule'>,
  placement: Placement,
  { files }: Pick<Change, 'files'>,
): Finding['origin'] {
  if (origin === 'introduced' || rule || placement.line === undefined) return origin
  const file = files.find(one => one.path === placement.path)
  if (!file || (placement.at === 'line' && placement.side === 'LEFT')) return origin
  const from = placement.at === 'line' ? (placement.startLine ?? placement.line) : placement.line
  const to = placement.at === 'line' ? placement.line : from + linesOf(quote).length - 1
  const lines = file.hunks.flatMap(hunk => hunk.lines)
  const brought = lines.filter(
    ({ kind, newLine = 0, text }) => kind === 'added' && newLine >= from && newLine <= to && /\w\W*\w/.test(text),
  )
  if (brought.length === 0) return origin
  const gone = new Set(
    files.flatMap(one => one.hunks.flatMap(hunk => hunk.lines.filter(line => line.kind === 'removed').map(bare))),
  )
  return brought.every(line => gone.has(bare(line))) ? origin : 'introduced'
}

/** Moved lines are indented anew. */
function bare({ text }: { text: string }): string {
  return text.replace(/\s+/g, '')
}
