// Open findings of earlier reviews that nobody reported again: each is kept, ended or asked about, and what stands is carried on.
import type { Since } from '../domain/change.ts'
import type { Judged, Placement, Verification } from '../domain/finding.ts'
import { inLanes } from '../domain/lanes.ts'
import type { Rechecked } from '../domain/plan.ts'
import type { Routine } from '../domain/routine.ts'
import { sayRules } from '../domain/rules.ts'
import { bySeverity } from '../domain/severity.ts'
import type { StoredFinding } from '../domain/store.ts'
import type { Checkout } from '../domain/workspace.ts'
import { type Told, tellByCode } from './again.ts'
import type { Counted } from './claims.ts'
import { dismissedAs, staysListed } from './dismissal.ts'
import { mayWithdraw, shutsSomeGate } from './gate.ts'
import type { Judging } from './judge.ts'
import { type PlaceNow, placing } from './place-now.ts'
import { rank } from './rank.ts'
import { asOffered } from './suggest.ts'
import { verify } from './verify.ts'

interface Rechecking extends Omit<Judging, 'findings'> {
  /** What this review found by itself. */
  judged: Judged[]
  since: Since | undefined
}

/** What people saw as open: a comment, an item of a review's text, or an annotation. */
const seen: Judged['verdict']['verdict'][] = ['posted', 'held', 'unverified']

/** Every finding that was on record comes out in `rechecked`, but for those that this review found again and confirmed; those that stand are in `judged` too. */
export async function recheck(input: Rechecking): Promise<{ judged: Judged[]; rechecked: Rechecked[] }> {
  const { earlier, checkout } = input
  const at = checkout.head.slice(0, 7)
  const again = new Map(input.judged.map(one => [one.fingerprint, one]))
  const onRecord = earlier.filter(
    one =>
      ((one.state === 'open' || one.state === 'stale') && seen.includes(one.verdict.verdict)) ||
      shutsSomeGate(one, input.routines) ||
      staysListed(one, input.routines),
  )
  const out: { judged: Judged[]; rechecked: Rechecked[] } = { judged: [], rechecked: [] }
  for (const finding of onRecord) {
    const { fingerprint } = finding
    const now = again.get(fingerprint)
    if (now?.verdict.verdict !== 'refuted') continue
    const { because, cited } = now.verification
    if (await mayWithdraw(cited, checkout))
      out.rechecked.push({ fingerprint, became: 'fixed', because: `A verifier refutes it at ${at}: ${because}` })
    else {
      const unproven = `A verifier refutes it at ${at}, but ${noCode} ${because}`
      const stands = { placement: now.placement, quote: finding.quote, file: finding.file }
      out.rechecked.push({ fingerprint, became: 'not settled', because: unproven })
      out.judged.push(carry(finding, { ...stands, verification: finding.verification }, unproven))
    }
  }
  const placeNow = placing(input)
  const told: Told[] = []
  for (const finding of onRecord.filter(one => !again.has(one.fingerprint)))
    told.push(
      unlessDismissed(
        await tellByCode(finding, { ...input, placeNow, hides: path => checkout.hides(path) }),
        input.routines,
      ),
    )
  const open = told.filter(one => one.told !== 'over' || one.finding.state !== 'stale')
  const answers = await askAll(
    input,
    open.filter(one => one.told === 'ask'),
  )
  for (const one of open) {
    const became = await settle(one, answers.get(one.finding.fingerprint), at, placeNow, checkout)
    out.rechecked.push({ fingerprint: one.finding.fingerprint, ...became.rechecked })
    if (became.stands) out.judged.push(carry(one.finding, became.stands, became.rechecked.because))
  }
  return {
    ...out,
    judged: [
      ...out.judged.filter(isSettled),
      ...rankAnew(
        out.judged.filter(one => !isSettled(one)),
        input,
      ),
    ],
  }
}

async function askAll(input: Rechecking, told: Told[]): Promise<Map<string, Verification>> {
  const rules = sayRules(input.rules)
  const words = { ...input.words, 'verifier-brief': input.words['recheck-brief'] }
  const change = input.since?.change ?? input.change
  const answers = new Map<string, Verification>()
  const worst = told.toSorted((a, b) => bySeverity(a.finding, b.finding))
  await inLanes(worst, input, async ({ finding, placement }, signal) => {
    const claim: Counted = { ...finding, id: idOf(finding), placement }
    const asking = { ...input, rules, words, change, signal }
    const verification = await verify(asking, claim)
    answers.set(finding.fingerprint, verification)
    await input.onVerified?.({ ...claim, verification })
  })
  return answers
}

/** Of a dismissal that stands nobody is asked again: its weakness stays on record until its file goes, with what is known of it. */
function unlessDismissed(told: Told, routines: Routine[]): Told {
  const { finding, placement, because } = told
  if (told.told !== 'ask' || finding.state !== 'dismissed' || shutsSomeGate(finding, routines)) return told
  const unasked = `${because} Nobody was asked whether it still holds, since it is dismissed.`
  return { finding, placement, told: 'unchanged', because: unasked }
}

const noCode = 'no line of the code as it stands there was cited for that:'

interface Settled {
  rechecked: Omit<Rechecked, 'fingerprint'>
  /** Absent where it is over. */
  stands?: { placement: Placement; quote: string; file: string; verification: Verification }
}

async function settle(
  told: Told,
  answer: Verification | undefined,
  at: string,
  placeNow: PlaceNow,
  checkout: Checkout,
): Promise<Settled> {
  const { finding, placement, because } = told
  const as = { placement, quote: finding.quote, file: placement.path, verification: finding.verification }
  if (told.told === 'over') return { rechecked: { became: told.became, because } }
  if (!answer) return { rechecked: { became: 'unchanged', because }, stands: as }
  if (answer.state === 'invalid' && !(await mayWithdraw(answer.cited, checkout)))
    return {
      rechecked: {
        became: 'not settled',
        because: `${because} A verifier says that it no longer holds at ${at}, but ${noCode} ${answer.because}`,
      },
      stands: as,
    }
  if (answer.state === 'invalid') {
    // A panel's own sentence tells its votes alone.
    const mended = answer.panel?.find(one => one.state === 'invalid')?.because
    return { rechecked: { became: 'fixed', because: [because, answer.because, mended].filter(Boolean).join(' ') } }
  }
  if (answer.state !== 'valid')
    return {
      rechecked: {
        became: 'not settled',
        because: `Whether it still holds at ${at} is not settled: ${answer.because}`,
        ...(answer.state === 'unverified' && { unanswered: true as const }),
      },
      stands: { ...as, verification: finding.verdict.verdict === 'unverified' ? answer : finding.verification },
    }
  const verification = answer
  if (placement.at === 'line' && placement.path === finding.placement.path)
    return {
      rechecked: { became: 'still true', because: `Still true at ${at}: ${answer.because}` },
      stands: { ...as, verification },
    }
  for (const { path, text } of answer.cited) {
    const now = await placeNow({ file: path, quote: text })
    if (now.at === 'nowhere') continue
    return {
      rechecked: {
        became: 'moved',
        because: `Still true at ${at}, at another place: ${answer.because}`,
        placement: now,
      },
      stands: { placement: now, quote: text, file: now.path, verification },
    }
  }
  return {
    rechecked: { became: 'still true', because: `Still true at ${at}: ${answer.because}` },
    stands: { ...as, verification },
  }
}

/** As a finding of this review: what the check counts, lists and gates by. */
function carry(finding: StoredFinding, stands: NonNullable<Settled['stands']>, because: string): Judged {
  const { claim, title, severity, confidence, origin, category, cwe, fix, agents, routines, security, votes } = finding
  return {
    ...{ claim, title, severity, confidence, origin, agents, routines, security, votes },
    ...(category !== undefined && { category }),
    ...(cwe !== undefined && { cwe }),
    ...(fix !== undefined && { fix }),
    ...asOffered(finding),
    ...stands,
    id: idOf(finding),
    fingerprint: finding.fingerprint,
    verdict: verdictOf(finding, because),
    ...(finding.where !== undefined && { stood: true as const }),
    ...(finding.state === 'dismissed' && { dismissedAs: dismissedAs(finding) }),
    ...(finding.state === 'stale' && { returned: true as const }),
  }
}

/** What was dismissed is on the check alone: a weakness where everybody sees it, all else for the gate's sake. */
function verdictOf({ state, stateBecause, security, verdict }: StoredFinding, because: string): Judged['verdict'] {
  if (state !== 'dismissed') return { ...verdict, because: `Found by an earlier review. ${because}` }
  return {
    verdict: 'suppressed',
    because: `Dismissed earlier (${stateBecause}). ${because}`,
    shown: security ? 'check' : 'no',
  }
}

/** Those of other runs have ids that may be taken in this one. */
function idOf({ fingerprint }: Pick<StoredFinding, 'fingerprint'>): string {
  return `earlier-${fingerprint.slice(0, 12)}`
}

function isSettled({ verdict, verification }: Judged): boolean {
  return verdict.verdict !== 'unverified' || verification.state === 'unverified'
}

/** What was unverified until now gets the place that it would have had. */
function rankAnew(findings: Judged[], input: Rechecking): Judged[] {
  return rank(
    findings.map(({ verdict: _, ...finding }) => finding),
    input,
  )
}
