// Which findings are shown where: important first, thresholds of the routines, caps that never cut what is critical or high.
import type { Since } from '../domain/change.ts'
import type { Finding, Judged, Verdict } from '../domain/finding.ts'
import type { ReviewRules } from '../domain/review-rules.ts'
import type { Routine } from '../domain/routine.ts'
import { atLeast, bySeverity, type Severity, severities } from '../domain/severity.ts'
import type { StoredFinding } from '../domain/store.ts'
import { bearsOn } from './again.ts'
import type { Known, Ruled } from './claims.ts'

/** Comments a review posts, comments that stand open on a pull, and nits a first review mentions. */
const usual = { inline: 10, open: 25, nits: 3 }

interface Context {
  routines: Routine[]
  earlier: StoredFinding[]
  firstReview: boolean
  /** What came since the last review, where that can be told. */
  since?: Since | undefined
  tree?: boolean
  floorAt?: FloorAt
  /** Of REVIEW.md. */
  bars?: ReviewRules
}

/** A floor of a routine's own for a path, where it sets one. */
export type FloorAt = (routine: Routine, path: string) => Severity | undefined

/** Gives every finding that has none yet its verdict; the order out is the order of importance. */
export function rank(findings: Ruled[], context: Context): (Ruled & { verdict: Verdict })[] {
  const { bars = {} } = context
  const caps = { ...usual, inline: bars.comments ?? usual.inline, nits: bars.nits ?? usual.nits }
  const now = new Set(findings.map(finding => finding.fingerprint))
  const standing = context.earlier.filter(one => one.state === 'open' && one.commentId !== undefined)
  const stoodAlready = new Set(standing.map(one => one.fingerprint))
  const listedAlready = new Set(context.earlier.filter(isListed).map(one => one.fingerprint))
  const room = {
    inline: caps.inline,
    open: caps.open - standing.filter(one => !now.has(one.fingerprint)).length,
    nits: caps.nits,
  }
  return [...findings]
    .sort(byImportance)
    .map(finding => ({ ...finding, verdict: finding.verdict ?? verdictHere(finding) }))

  function verdictHere(finding: Ruled): Verdict {
    const verdict = verdictOf(finding)
    return context.tree && verdict.shown === 'body' ? { ...verdict, shown: 'check' } : verdict
  }

  function verdictOf(finding: Ruled): Verdict {
    if (!aboveFloor(finding, context)) return held('Below the floor of the routines that reported it.', 'no')
    const late = tooLate(finding, context)
    if (late && finding.verification.state !== 'invalid') return held(late, 'check')
    const byState = verdictOfState(finding, bars)
    if (byState) return byState
    if (context.tree) return posted(`Verified. ${finding.placement.because}`, 'check')
    if (finding.severity === 'nit') return verdictOfNit()
    if (isBelowConvergence(finding, context))
      return held(`Below ${bars.convergence}: REVIEW.md wants no more than that after the first review.`, 'check')
    if (!atLeast(finding.severity, threshold(finding, context, 'inline')))
      return posted('Verified, and below what stands inline.', 'body')
    return verdictOfPlace(finding)
  }

  function verdictOfNit(): Verdict {
    return room.nits-- > 0
      ? posted('A nit, verified; the first few are folded into the review.', 'body')
      : held(caps.nits === 0 ? 'REVIEW.md wants no nits.' : `More than ${caps.nits} nits.`, 'check')
  }

  function verdictOfPlace(finding: Ruled): Verdict {
    if (finding.placement.at === 'nowhere') return posted(`Verified. ${finding.placement.because}`, 'body')
    const shown = finding.placement.at === 'line' ? 'inline' : 'file'
    if (stoodAlready.has(finding.fingerprint)) {
      room.open--
      return posted('Verified again; its comment stands already.', shown)
    }
    if (!atLeast(finding.severity, 'high')) {
      if (listedAlready.has(finding.fingerprint))
        return posted('Verified again; the body of an earlier review lists it already.', 'body')
      if (room.open <= 0) return held(`${caps.open} findings are open on this pull; more are on the check.`, 'check')
      if (room.inline <= 0)
        return posted(`Verified; a review has ${caps.inline} comments at most, so it is folded into its body.`, 'body')
    }
    room.inline--
    room.open--
    return posted(`Verified. ${finding.placement.because}`, shown)
  }
}

/** What an earlier review said stands as it did. */
function isBelowConvergence(finding: Ruled, { earlier, firstReview, bars }: Context): boolean {
  if (firstReview || !bars?.convergence || atLeast(finding.severity, bars.convergence)) return false
  return !earlier.some(one => one.state === 'open' && one.fingerprint === finding.fingerprint)
}

/** A sentence, for what is not raised after the first review: nits, and what is low on lines that were looked at then. */
export function tooLate(
  finding: Known,
  { earlier, firstReview, since }: Pick<Context, 'earlier' | 'firstReview' | 'since'>,
): string | undefined {
  if (firstReview) return undefined
  if (finding.severity === 'nit') return 'Nits are mentioned in the first review of a pull only.'
  if (finding.severity !== 'low' || !since) return undefined
  if (earlier.some(one => one.state === 'open' && one.fingerprint === finding.fingerprint)) return undefined
  const part = since.change.files.find(file => file.path === finding.placement.path)
  if (part && bearsOn(part, finding.placement, 0)) return undefined
  return 'Low, and on lines that an earlier review has looked at already.'
}

/** Folded into a review when that was full: said once, it is not said again as a comment when the next review has room. */
function isListed({ state, verdict }: StoredFinding): boolean {
  return state === 'open' && verdict.verdict === 'posted' && verdict.shown === 'body'
}

function verdictOfState(finding: Ruled, { unsettled }: ReviewRules): Verdict | undefined {
  const { state, because } = finding.verification
  const grave = unsettled !== 'check' && atLeast(finding.severity, 'high')
  if (state === 'invalid') return { verdict: 'refuted', because, shown: 'check' }
  if (state === 'unverified') return { verdict: 'unverified', because, shown: grave ? 'body' : 'check' }
  if (state === 'ambiguous') return held(`The verifier could not settle it: ${because}`, grave ? 'body' : 'check')
  return undefined
}

type Located = Pick<Judged, 'routines' | 'placement'>

export function aboveFloor(finding: Located & Pick<Finding, 'severity'>, context: Shown): boolean {
  return atLeast(finding.severity, threshold(finding, context, 'floor'))
}

type Shown = Pick<Context, 'routines' | 'floorAt'>

/** Of the routines that reported it, the one that shows most. */
function threshold(finding: Located, { routines, floorAt }: Shown, which: 'inline' | 'floor'): Severity {
  const own = routines.filter(routine => finding.routines.includes(routine.name))
  const levelOf = (routine: Routine) =>
    (which === 'floor' && floorAt?.(routine, finding.placement.path)) || routine.severity[which]
  const levels = (own.length > 0 ? own : routines).map(routine => severities.indexOf(levelOf(routine)))
  return severities[Math.max(...levels, -1)] ?? (which === 'inline' ? 'medium' : 'nit')
}

const sure = ['high', 'medium', 'low']

function byImportance(a: Ruled, b: Ruled): number {
  return (
    bySeverity(a, b) ||
    Number(b.origin === 'introduced') - Number(a.origin === 'introduced') ||
    b.votes - a.votes ||
    sure.indexOf(a.confidence) - sure.indexOf(b.confidence) ||
    (a.id < b.id ? -1 : 1)
  )
}

function posted(because: string, shown: Verdict['shown']): Verdict {
  return { verdict: 'posted', because, shown }
}

function held(because: string, shown: Verdict['shown']): Verdict {
  return { verdict: 'held', because, shown }
}
