// A routine's completed check run: its conclusion and why, in a title and a summary.
import { type Judged, shortIdOf } from '../domain/finding.ts'
import type { CheckUpdate } from '../domain/host.ts'
import { dollars } from '../domain/money.ts'
import { isEmpty } from '../domain/plan.ts'
import { plural } from '../domain/plural.ts'
import type { Routine } from '../domain/routine.ts'
import { annotation, needsAnnotation } from './annotations.ts'
import { renderCost, renderCoverageLine, renderGaps, renderNotes } from './body.ts'
import { explain, reviewAgain } from './buttons.ts'
import { isDismissed, isUnsettled, renderText } from './check-text.ts'
import { word } from './comment.ts'
import {
  type Conclusion,
  conclude,
  countWords,
  type Facts,
  gaps,
  isIncomplete,
  isListed,
  isOf,
  rehearsedSentence,
  shutsGate,
} from './facts.ts'
import { code, scrubLine } from './scrub.ts'
import { renderSecurity } from './security.ts'

export interface CheckFacts extends Facts {
  routine: Routine
  checkName: string
  /** This routine's part of the cost, US dollars. */
  partUsd?: number
  /** What this run's calls have used up of budgets that outlive it, a sentence each. */
  budgets?: string[]
  /** What a repository is told once, in Markdown of our own. */
  welcome?: string | undefined
}

export function renderCheck(facts: CheckFacts): CheckUpdate {
  const { routine } = facts
  const own = facts.judged.filter(finding => isOf(finding, routine))
  const conclusion = conclude(facts, routine)
  return {
    name: facts.checkName,
    status: 'completed',
    conclusion,
    title: title(facts, own),
    summary: summary(facts, own, conclusion),
    text: renderText(facts, own, conclusion),
    annotations: own.filter(one => needsAnnotation(one, facts.quiet)).flatMap(annotation(conclusion)),
    buttons: [reviewAgain, explain],
  }
}

function title(facts: CheckFacts, own: Judged[]): string {
  const found = countWords(own.filter(isListed))
  const missing = gaps(facts).length > 0
  const nothing = isEmpty(facts.plan)
  const words = nothing
    ? 'Nothing to look at'
    : missing
      ? `${found ? `${found}; not` : 'Not'} everything was looked at`
      : found || unsettled(own) || `Nothing at or above ${facts.routine.severity.floor}`
  return facts.rehearsed ? `Rehearsed: ${words}` : words
}

function unsettled(own: Judged[]): string {
  const open = own.filter(isUnsettled).length
  const dismissed = own.filter(isDismissed).length
  if (open > 0) return `${plural(open, 'claim')} not settled`
  return dismissed > 0 ? `${plural(dismissed, 'security finding')} dismissed earlier` : ''
}

function summary(facts: CheckFacts, own: Judged[], conclusion: Conclusion): string {
  const { routine, partUsd, run } = facts
  const { floor, inline, gate } = routine.severity
  return [
    ...(facts.rehearsed ? [rehearsedSentence] : []),
    reason(facts, own, conclusion),
    ...(facts.welcome === undefined ? [] : [facts.welcome]),
    ...stillInGate(own, routine),
    ...dismissed(own, routine),
    renderCoverageLine(facts),
    ...renderSecurity(facts, routine),
    ...renderGaps(facts),
    ...renderNotes(facts),
    `${renderCost(facts)}${partUsd === undefined ? '' : ` · of which ${dollars(partUsd)} for this routine`} · shown from ${floor}, inline from ${inline}, gate ${gate}`,
    ...(facts.budgets ?? []),
    // Pages answer on the server's own machine only: no link of theirs would open for who reads this.
    `All of it, on the server: ${code(`watchbill explain ${run.id}`)}`,
  ].join('\n\n')
}

function reason(facts: CheckFacts, own: Judged[], conclusion: Conclusion): string {
  const { floor, gate } = facts.routine.severity
  if (conclusion === 'failure')
    return own.some(finding => shutsGate(finding, facts.routine))
      ? `The gate is shut: verified findings at or above ${gate} came with this change.`
      : 'Not everything was looked at, and this routine says `incomplete: fail`, so the gate is shut.'
  if (conclusion === 'success' && isIncomplete(facts))
    return `Not everything was looked at; this routine says \`incomplete: pass\`, and nothing at or above ${floor} was found in what was.`
  if (conclusion === 'success')
    return `Everything that was to be looked at was looked at, and nothing at or above ${floor} ${own.some(({ verdict }) => verdict.verdict === 'suppressed') ? 'stands' : 'was found'}.`
  const found = countWords(own.filter(isListed))
  return found ? `Verified: ${found}.` : 'No verified finding; that is not to say that there is none, see below.'
}

/** What people ruled out is named wherever it is counted out, with who and why. */
function dismissed(own: Judged[], routine: Routine): string[] {
  const counts = (finding: Judged) => finding.inGate !== undefined && shutsGate(finding, routine)
  const ruledOut = own.filter(
    finding => finding.verdict.verdict === 'suppressed' && finding.elsewhere === undefined && !counts(finding),
  )
  if (ruledOut.length === 0) return []
  const items = ruledOut.map(
    finding => `- ${word(finding.severity)}: ${scrubLine(finding.title)}. ${scrubLine(finding.verdict.because)}`,
  )
  return [`${plural(ruledOut.length, 'finding')} dismissed by people, and not counted:\n\n${items.join('\n')}`]
}

/** What keeps the gate shut though this review alone would not: dismissed by somebody who may not open it, or seen otherwise this time. */
function stillInGate(own: Judged[], routine: Routine): string[] {
  const kept = own.filter(finding => finding.inGate && shutsGate(finding, routine))
  if (kept.length === 0) return []
  const items = kept.map(
    finding =>
      `- ${code(shortIdOf(finding))} ${word(finding.inGate!.severity)}: ${scrubLine(finding.title)}. ${scrubLine(finding.inGate!.because, 600)}`,
  )
  return [`${plural(kept.length, 'finding')} of earlier reviews still in the gate:\n\n${items.join('\n')}`]
}
