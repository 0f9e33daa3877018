// A finding that people answered, verified again with what they said: code that stands at the head takes it back, words do not.
import type { Verification } from '../domain/finding.ts'
import type { Plan } from '../domain/plan.ts'
import type { StoredFinding } from '../domain/store.ts'
import type { Words } from '../domain/words.ts'
import type { Questions } from './ask.ts'
import type { Counted } from './claims.ts'
import { citedAtHead } from './gate.ts'
import { followFiles } from './moved.ts'
import { placing, standsAs } from './place-now.ts'
import { verify } from './verify.ts'

export interface Replied extends Pick<Verification, 'because' | 'cited'> {
  became: 'withdrawn' | 'fixed' | 'kept' | 'not settled'
  /** Nobody answered: for want of money, or since the model could not be asked. */
  unanswered?: true
}

export interface Replying extends Questions {
  plan: Plan
  words: Words
  /** What people said, with its secrets hidden. */
  replies: string
}

/** Security findings are asked of the panel, as they were at first. */
export async function answerReplies(input: Replying, posted: StoredFinding): Promise<Replied> {
  const [finding = posted] = await followFiles([posted], input)
  if (input.checkout.hides(finding.placement.path)) {
    const because = 'Its file is kept from models (`private:`), so nobody looked.'
    return { became: 'not settled', because, cited: [], unanswered: true }
  }
  const then = finding.placement
  const now = await placing(input)({ file: then.path, quote: finding.quote })
  const stands = finding.quote === '' || standsAs(then, now)
  const claim: Counted = {
    ...finding,
    id: `reply-${finding.fingerprint.slice(0, 12)}`,
    placement: now.line === undefined ? then : now,
  }
  const words = { ...input.words, 'verifier-brief': input.words['reply-brief'] }
  const asking = { ...input, words, rules: 'The rules of the repository are not needed here.' }
  const answer = await verify(asking, claim)
  const { because, cited } = answer
  if (answer.state === 'valid') return { became: 'kept', because, cited }
  if (answer.state === 'unverified') return { became: 'not settled', because, cited, unanswered: true }
  if (answer.state !== 'invalid') return { became: 'not settled', because, cited }
  const standing = await citedAtHead(input.checkout, cited)
  if (standing.length > 0) return { became: stands ? 'withdrawn' : 'fixed', because, cited: standing }
  const word = `It was judged wrong, but no line of the code as it stands now was cited for that: ${because}`
  return { became: 'not settled', because: word, cited: [] }
}
