// Findings → verdicts, in this order: place, merge, verify (security: the panel), suppress, rank. Every finding comes out, marked.
import type { Change, Since } from '../domain/change.ts'
import type { Journal, Model, Tool } from '../domain/conversation.ts'
import type { Finding, Judged, Verification } from '../domain/finding.ts'
import { inLanes } from '../domain/lanes.ts'
import type { Plan, Rule } from '../domain/plan.ts'
import type { ReviewRules } from '../domain/review-rules.ts'
import type { Routine } from '../domain/routine.ts'
import { sayRules } from '../domain/rules.ts'
import { bySeverity } from '../domain/severity.ts'
import type { StoredFinding } from '../domain/store.ts'
import type { Words } from '../domain/words.ts'
import type { Checkout } from '../domain/workspace.ts'
import { tellByCode } from './again.ts'
import type { Known, Placed, Ruled, Verified } from './claims.ts'
import { dismissedAs } from './dismissal.ts'
import { recognise } from './fingerprint.ts'
import { isFact, merge } from './merge.ts'
import { followFiles } from './moved.ts'
import { originOf } from './origin.ts'
import { whyNoPath } from './path.ts'
import { type PlaceNow, placing, whereNow } from './place-now.ts'
import { aboveFloor, type FloorAt, rank, tooLate } from './rank.ts'
import { whyNoRule } from './rule.ts'
import { tellApart } from './same.ts'
import { settleSuggestions, type Trying, tryOut } from './suggest.ts'
import { onRecordElsewhere, sayOutgrown, suppress } from './suppress.ts'
import { verify } from './verify.ts'

/** A claim, once it is known whether it holds. */
type Settled = Finding & Pick<Verified, 'placement' | 'verification'>

export interface Judging extends Pick<Trying, 'parsing' | 'leavesAsItIs'> {
  findings: Finding[]
  change: Change
  checkout: Checkout
  plan: Plan
  routines: Routine[]
  rules: Rule[]
  /** What the front matter of REVIEW.md says about what is shown. */
  bars?: ReviewRules
  words: Words
  /** Read-only looks at the code, the same as the fleet's. */
  tools: Tool<never>[]
  model: Model
  /** Where the turns of a verifier's conversation are kept. */
  journal: (name: string) => Journal
  /** Findings of earlier reviews of the same pull. */
  earlier: StoredFinding[]
  firstReview: boolean
  /** Findings on record of the repository, not of this pull. */
  elsewhere?: StoredFinding[]
  /** What came since the last review, where that can be told. */
  since?: Since | undefined
  /** What is unchanged since then keeps the verification it got. */
  goesOn?: boolean
  /** There is no pull to comment on: quotes are looked for in the files themselves, and what is found stands on the check. */
  tree?: boolean
  floorAt?: FloorAt
  /** Told of each claim once it is settled whether it holds, and heard out before the judge goes on. */
  onVerified?: ((claim: Settled) => void | Promise<void>) | undefined
  signal: AbortSignal
  /** Verifications side by side. */
  atOnce?: number
}

/** Most important first. Every finding given comes out exactly once, with a verdict and its reason; a verifier that fails throws nothing. */
export async function judge(asked: Judging): Promise<Judged[]> {
  const input = asked.tree ? asked : { ...asked, earlier: await followFiles(asked.earlier, asked) }
  const placeNow = placing(input)
  const before = await whereNow(input.earlier, placeNow)
  const recognised = recognise(merge(await placeAll(input, placeNow)), before)
  const apart = input.tree ? recognised : await tellApart(input, recognised, before)
  const known = await tryOut(await lookUpPaths(apart, input.checkout), input)
  const outgrown = new Map(known.map(finding => [finding.id, sayOutgrown(finding, before)]))
  const dismissed = new Map(
    input.earlier.flatMap(one => (one.state === 'dismissed' ? [[one.fingerprint, dismissedAs(one)]] : [])),
  )
  const settled = await settledEarlier(input, known, placeNow)
  const fixed = new Set(input.earlier.filter(one => one.state === 'fixed').map(one => one.fingerprint))
  const verified = await verifyAll(input, known, settled)
  const ruled: Ruled[] = verified.map(finding => {
    if (finding.into)
      return {
        ...finding,
        verdict: { verdict: 'merged into', because: finding.into.because, shown: 'no', into: finding.into.id },
      }
    const noRule = whyNoRule(finding, input) ?? finding.noPath
    if (noRule !== undefined) return { ...finding, verdict: { verdict: 'held', because: noRule, shown: 'check' } }
    const verdict = finding.verification.state === 'invalid' ? undefined : suppress(finding, input.earlier)
    if (verdict) return { ...finding, verdict }
    const elsewhere = onRecordElsewhere(finding, input.elsewhere ?? [])
    if (elsewhere === undefined) return finding
    return { ...finding, elsewhere, verdict: { verdict: 'suppressed', because: elsewhere, shown: 'check' } }
  })
  return settleSuggestions(rank(ruled, input), before).map(
    ({ into: _, noPath: __, ...finding }: Judged & Pick<Known, 'into' | 'noPath'>) => ({
      ...finding,
      ...(fixed.has(finding.fingerprint) && { returned: true as const }),
      ...(dismissed.has(finding.fingerprint) && { dismissedAs: dismissed.get(finding.fingerprint)! }),
      ...(outgrown.get(finding.id) !== undefined && { outgrew: outgrown.get(finding.id)! }),
    }),
  )
}

async function lookUpPaths(findings: Known[], checkout: Checkout): Promise<Known[]> {
  const out: Known[] = []
  for (const finding of findings) {
    const noPath = finding.into ? undefined : await whyNoPath(finding, checkout)
    out.push(noPath === undefined ? finding : { ...finding, noPath })
  }
  return out
}

async function placeAll({ findings, routines, change, tree }: Judging, placeNow: PlaceNow): Promise<Placed[]> {
  const placed: Placed[] = []
  for (const finding of findings) {
    // What code found by itself concerns whoever reviews.
    const credited = finding.routines.length > 0 ? finding.routines : routines.map(routine => routine.name)
    const placement = await placeNow(finding)
    const origin = tree ? finding.origin : originOf(finding, placement, change)
    placed.push({ ...finding, origin, routines: credited, placement })
  }
  return placed
}

/** Verifications of earlier reviews that still hold: of what they confirmed, and nothing at or around it changed since. By fingerprint. */
async function settledEarlier(input: Judging, known: Known[], placeNow: PlaceNow): Promise<Map<string, Verification>> {
  const { checkout, since, change, earlier } = input
  const settled = new Map<string, Verification>()
  if (!input.goesOn || !since) return settled
  const now = new Set(known.map(finding => finding.fingerprint))
  for (const one of earlier) {
    if (one.state !== 'open' || one.verification.state !== 'valid' || !now.has(one.fingerprint)) continue
    const looking = { change, since, placeNow, checkout, hides: () => false }
    if ((await tellByCode(one, looking)).told === 'unchanged') {
      const { fixes: _, ...verification } = one.verification
      // What was said of a replacement was said of the one that was shown then.
      settled.set(one.fingerprint, verification)
    }
  }
  return settled
}

async function verifyAll(input: Judging, findings: Known[], settled: Map<string, Verification>): Promise<Verified[]> {
  const rules = sayRules(input.rules)
  const out: Verified[] = []
  // The worse first: when money or time runs out, what is left unverified is what matters least.
  const worst = [...findings.entries()].sort(([, a], [, b]) => bySeverity(a, b))
  await inLanes(worst, input, async ([index, finding], signal) => {
    const noRule = finding.into ? undefined : (whyNoRule(finding, input) ?? finding.noPath)
    const verified: Verified = {
      ...finding,
      verification:
        noRule !== undefined
          ? { state: 'unverified', because: `Not asked. ${noRule}`, cited: [] }
          : (settled.get(finding.fingerprint) ?? (await check(finding, { ...input, rules, signal }))),
    }
    out[index] = verified
    await input.onVerified?.(verified)
  })
  return out
}

async function check(finding: Known, asking: Omit<Judging, 'rules'> & { rules: string }): Promise<Verification> {
  return withoutAsking(finding, asking) ?? verify(asking, finding)
}

/** Claims whose verification would change nothing that is shown are not paid for. */
function withoutAsking(finding: Known, context: Omit<Judging, 'rules'>): Verification | undefined {
  const cited: Verification['cited'] = []
  if (isFact(finding))
    return {
      state: 'valid',
      because: 'Found by code: the text stands there.',
      cited: [
        {
          path: finding.placement.path,
          text: finding.quote,
          ...(finding.placement.line !== undefined && { line: finding.placement.line }),
        },
      ],
    }
  if (suppress(finding, context.earlier))
    return { state: 'unverified', because: 'Not asked: somebody dismissed it.', cited }
  if (finding.into) return { state: 'unverified', because: `Verified as ${finding.into.id}.`, cited }
  if (!aboveFloor(finding, context)) return { state: 'unverified', because: 'Not asked: it is below the floor.', cited }
  const late = tooLate(finding, context)
  if (late) return { state: 'unverified', because: `Not asked. ${late}`, cited }
  return undefined
}
