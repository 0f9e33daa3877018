// A finding on its way through the judge: what the stages have said of it so far.
import type { Finding, Placement, Verdict, Verification } from '../domain/finding.ts'
import type { Suggested } from '../domain/suggestion.ts'

export interface Placed extends Finding {
  placement: Placement
}

export interface Counted extends Placed {
  votes: number
  /** Set when it lives on in another. */
  into?: { id: string; because: string }
  /** Why the path that it quotes can not be believed. */
  noPath?: string
  /** Of what proposes a replacement, once it was tried out. */
  suggested?: Suggested
}

export interface Known extends Counted {
  fingerprint: string
}

export interface Verified extends Known {
  verification: Verification
}

export interface Ruled extends Verified {
  /** Set by the first stage that knows the answer. */
  verdict?: Verdict
}

/** Words that carry meaning, for telling whether two claims say the same. */
export function wordsOf(text: string): Set<string> {
  const words = text.toLowerCase().match(/[\p{L}\p{N}_]{3,}/gu) ?? []
  return new Set(words.filter(word => !common.has(word)).map(word => word.replace(/(ing|ed|es|s)$/, '')))
}

/** Of two claims about the same lines the words that could tell them apart: those of the lines themselves say nothing, numbers do. */
export function tellingWordsOf(claim: Pick<Finding, 'title' | 'claim' | 'quote'>): Set<string> {
  const text = `${claim.title} ${claim.claim}`
  const quoted = wordsOf(claim.quote)
  const numbers = (text.match(/(?<![\w.])\d+(?:\.\d+)?(?![\w.]*\w)/g) ?? []).filter(
    number => !claim.quote.includes(number),
  )
  return new Set([...wordsOf(text), ...numbers].filter(word => !quoted.has(word)))
}

/** Shared words over the words of the shorter text, 0 to 1. */
export function overlap(a: Set<string>, b: Set<string>): number {
  const smaller = Math.min(a.size, b.size)
  if (smaller === 0) return 0
  let shared = 0
  for (const word of a) if (b.has(word)) shared++
  return shared / smaller
}

const common = new Set(
  'the and for that this with when then than are was not can could will would should from into its has have had but any all which what there here does did been being also only may might must such because while where who how line code file function value'.split(
    ' ',
  ),
)
