// What people dismissed stays dismissed: it is recognised and not posted again.
import type { Verdict } from '../domain/finding.ts'
import type { StoredFinding } from '../domain/store.ts'
import type { Known } from './claims.ts'
import { dismissedAs, outgrows } from './dismissal.ts'
import { repeats } from './fingerprint.ts'
import { sameClaim } from './merge.ts'
import type { Before } from './place-now.ts'

/** The verdict for a finding that somebody dismissed on an earlier push; a security finding stays on the check, where everybody can see it. */
export function suppress(finding: Known, earlier: StoredFinding[]): Verdict | undefined {
  const own = earlier.find(one => one.fingerprint === finding.fingerprint)
  // What stands on record by itself is dismissed by itself, though a milder one like it was.
  const before = own ?? earlier.find(one => holdsFor(one, finding) && returns(one, finding))
  if (!before || !holdsFor(before, finding)) return undefined
  const because = `Dismissed earlier (${before.stateBecause})`
  return finding.security
    ? { verdict: 'suppressed', because: `${because}; as a security finding it stays on the check.`, shown: 'check' }
    : { verdict: 'suppressed', because: `${because}; it is not posted again.`, shown: 'no' }
}

/** Whether somebody's dismissal answers this finding too. */
function holdsFor(before: StoredFinding, now: Known): boolean {
  return before.state === 'dismissed' && !outgrows(now, before)
}

/** The sentence, for what is said though something milder like it was dismissed. */
export function sayOutgrown(finding: Known, before: Before[]): string | undefined {
  if (finding.into || before.some(one => one.finding.fingerprint === finding.fingerprint)) return undefined
  const known = before.find(one => outgrows(finding, one.finding) && repeats(one, finding))?.finding
  return (
    known &&
    `What looks like the same was dismissed as ${dismissedAs(known)} (${known.stateBecause}); this is ${finding.severity}, so it was verified anew.`
  )
}

/** The sentence, for what stood there before the change and is on record of the repository already: by a sweep. */
export function onRecordElsewhere(finding: Known, record: StoredFinding[]): string | undefined {
  if (finding.origin !== 'pre_existing') return undefined
  const known = record.find(one => one.state === 'open' && one.verdict.verdict === 'posted' && returns(one, finding))
  return known && `Run ${known.runId}, which was about the repository, has it on record already.`
}

/** The same words about the same code, though lines moved or the quote was cut in another place. */
function returns(before: StoredFinding, now: Known): boolean {
  const [a, b] = [before.quote.replace(/\s+/g, ''), now.quote.replace(/\s+/g, '')]
  return (a.includes(b) || b.includes(a)) && sameClaim({ ...before, quote: now.quote }, now)
}
