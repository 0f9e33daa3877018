// A labelled comment as a claim, as if an agent had made it: its words, and the lines it is about as the quote.
import type { Finding } from '../domain/finding.ts'
import { isSecurity, type Labelled } from './item.ts'

/** `text` is the file on the label's side. Undefined when the lines are not in it, or hold nothing to quote. */
export function claimOf(label: Labelled, text: string | undefined, routines: string[]): Finding | undefined {
  const quote = quoteOf(text?.split('\n').slice(label.from - 1, label.to) ?? [])
  if (quote.trim() === '') return undefined
  const [first = ''] = label.text.split(/\n|(?<=[.!?])\s/)
  return {
    id: label.id,
    file: label.path,
    quote,
    title: first.length > mostOfTitle ? `${first.slice(0, mostOfTitle - 1)}…` : first,
    claim: label.text.slice(0, mostOfClaim),
    severity: label.severity ?? 'medium',
    confidence: 'medium',
    origin: 'introduced',
    ...(label.category !== undefined && { category: label.category }),
    agents: ['labelled'],
    routines,
    security: isSecurity(label),
  }
}

const mostOfTitle = 200
const mostOfClaim = 4000
const mostOfQuote = 2000

/** As many whole lines as a claim may quote; of one that is longer by itself, its beginning. */
function quoteOf(lines: string[]): string {
  const kept: string[] = []
  let length = 0
  for (const line of lines) {
    length += line.length + 1
    if (length > mostOfQuote && kept.length > 0) break
    kept.push(line)
  }
  return kept.join('\n').slice(0, mostOfQuote)
}
