// What people dismissed stays dismissed: it is recognised and not posted again.
import type { Verdict } from '../domain/finding.ts'
import { atLeast } from '../domain/severity.ts'
import type { StoredFinding } from '../domain/store.ts'
import type { Known } from './claims.ts'
import { sameClaim } from './merge.ts'

/** The verdict for a finding that somebody dismissed on an earlier push; a security finding stays on the check, where everybody can see it. */
export function suppress(finding: Known, earlier: StoredFinding[]): Verdict | undefined {
  const before = earlier.find(
    one =>
      one.state === 'dismissed' &&
      (one.fingerprint === finding.fingerprint || returns(one, finding)) &&
      !isGraver(finding, one),
  )
  if (!before) return undefined
  const because = `Dismissed earlier (${before.stateBecause})`
  return finding.security
    ? { verdict: 'suppressed', because: `${because}; as a security finding it stays on the check.`, shown: 'check' }
    : { verdict: 'suppressed', because: `${because}; it is not posted again.`, shown: 'no' }
}

/** The sentence, for what stood there before the change and is on record of the repository already: by a sweep. */
export function onRecordElsewhere(finding: Known, record: StoredFinding[]): string | undefined {
  if (finding.origin !== 'pre_existing') return undefined
  const known = record.find(one => one.state === 'open' && one.verdict.verdict === 'posted' && returns(one, finding))
  return known && `Run ${known.runId}, which was about the repository, has it on record already.`
}

/** A weakness that was dismissed when it was mild is not dismissed as a grave one: the code behind it may be another by now. */
function isGraver(now: Known, { severity, inGate }: StoredFinding): boolean {
  return now.security && atLeast(now.severity, 'high') && !atLeast(inGate?.severity ?? severity, 'high')
}

/** The same words about the same code, though lines moved or the quote was cut in another place. */
function returns(before: StoredFinding, now: Known): boolean {
  const [a, b] = [before.quote.replace(/\s+/g, ''), now.quote.replace(/\s+/g, '')]
  return (a.includes(b) || b.includes(a)) && sameClaim({ ...before, quote: now.quote }, now)
}
