// What every text about a run is rendered from.
import type { ManifestEntry } from '../domain/change.ts'
import type { Finding, Judged } from '../domain/finding.ts'
import { type Cost, type Inspection, isEmpty, sameCap } from '../domain/plan.ts'
import type { Routine } from '../domain/routine.ts'
import { atLeast, type Severity, severities } from '../domain/severity.ts'

export interface Facts extends Inspection {
  cost: Cost
  routines: Routine[]
  run: { id: string; head: string; asked: boolean }
  /** The model was a rehearsed one; every text says so. */
  rehearsed: boolean
  /** Only critical and high findings are posted as comments: a person asked for it. */
  quiet?: boolean | undefined
}

export const rehearsedSentence =
  '**Rehearsed.** A scripted model spoke here, not a real one: nothing below is a judgement of this code.'

/** Verified, and not put aside by a person: what counts for conclusion and gate. */
export function stands(finding: Judged): boolean {
  return (
    finding.verification.state === 'valid' &&
    (finding.verdict.verdict === 'posted' || finding.verdict.verdict === 'held')
  )
}

/** Those that a check counts and lists. */
export function isListed(finding: Judged): boolean {
  return stands(finding) && finding.verdict.shown !== 'no'
}

/** On a pull that is to be quiet, what is critical or high is said all the same. */
export function isHeard(finding: Pick<Finding, 'severity'>, { quiet }: Pick<Facts, 'quiet'>): boolean {
  return !quiet || atLeast(finding.severity, 'high')
}

export function isOf(finding: Pick<Finding, 'routines'>, routine: Routine): boolean {
  return finding.routines.length === 0 || finding.routines.includes(routine.name)
}

/** "1 high, 2 medium"; empty for none. */
export function countWords(findings: Pick<Finding, 'severity'>[]): string {
  return severities
    .map(severity => ({ severity, count: findings.filter(finding => finding.severity === severity).length }))
    .filter(({ count }) => count > 0)
    .map(({ severity, count }) => `${count} ${severity}`)
    .join(', ')
}

export function counts(findings: Pick<Finding, 'severity'>[]): Record<Severity, number> {
  return Object.fromEntries(
    severities.map(severity => [severity, findings.filter(one => one.severity === severity).length]),
  ) as Record<Severity, number>
}

export type Conclusion = 'success' | 'neutral' | 'failure'

/**
 * *failure* by the gate alone, which is also shut by what was not looked at where the routine says `incomplete: fail`; *success* when everything
 * was looked at and nothing is at or above the floor; else *neutral*, which GitHub lets pass where the check is required
 * (https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/collaborating-on-repositories-with-code-quality-features/about-status-checks).
 */
export function conclude(facts: Inspection, routine: Routine): Conclusion {
  const own = facts.judged.filter(finding => isOf(finding, routine))
  const { floor } = routine.severity
  if (own.some(finding => shutsGate(finding, routine))) return 'failure'
  if (isIncomplete(facts) && failsIncomplete(routine)) return 'failure'
  if (isEmpty(facts.plan)) return 'neutral'
  if (gaps(facts).length > 0 && routine.incomplete !== 'pass') return 'neutral'
  // What is shown is at or above the floor that holds for its file.
  const counts = (finding: Judged) => finding.verdict.verdict === 'posted' || atLeast(finding.severity, floor)
  if (isMissing(facts, routine)) return 'neutral'
  return own.some(finding => counts(finding) && matters(finding)) ? 'neutral' : 'success'
}

/** Verified, brought by the change and grave enough; or on record as that, and neither fixed nor dismissed by somebody who may. */
export function shutsGate(finding: Judged, { severity: { gate } }: Routine): boolean {
  if (gate === 'none') return false
  if (finding.inGate) return atLeast(finding.inGate.severity, gate)
  return stands(finding) && finding.origin === 'introduced' && atLeast(finding.severity, gate)
}

/** That there was nothing to look at leaves nothing out. */
export function isIncomplete(facts: Inspection): boolean {
  return gaps(facts).some(sentence => sentence !== nothingToLookAt)
}

/** Without a gate a check never fails. */
export function failsIncomplete({ severity, incomplete }: Pick<Routine, 'severity' | 'incomplete'>): boolean {
  return severity.gate !== 'none' && incomplete === 'fail'
}

/** Something that was asked for is not there, and the routine wants to know. */
function isMissing({ intent }: Inspection, { name }: Routine): boolean {
  return intent?.routines.includes(name) === true && intent.missing.some(one => one.verification.state === 'valid')
}

const nothingToLookAt = 'No changed file was one to look at.'

/** Why nobody may say that there is nothing, one sentence each. */
export function gaps(facts: Inspection): string[] {
  const because = [...facts.incompleteBecause]
  if (isEmpty(facts.plan)) because.push(nothingToLookAt)
  if (!facts.complete && because.length === 0) because.push('The review did not come to its end.')
  const partly = facts.plan.manifest.filter(
    entry => entry.coverage === 'partial' && !says(because, `\`${entry.path}\``),
  )
  because.push(...partly.map(entry => `\`${entry.path}\` was looked at in part: ${entry.because}`))
  for (const assignment of facts.plan.assignments) {
    const report = facts.reports.find(one => one.assignment === assignment.id)
    const said = report && facts.reports.find(one => sameCap(one, report))?.assignment
    if (report?.looked !== true && !says(because, said ?? assignment.id))
      because.push(`${assignment.id} did not look at its files.`)
  }
  return because
}

/** Such sentences begin with what they are about: a name within another one is not said by it. */
function says(because: string[], subject: string): boolean {
  return because.some(sentence => sentence.startsWith(`${subject} `))
}

/** Refuted and merged ones are settled; so is a dismissed one, unless it is about security; a claim nobody asked about is none. */
function matters(finding: Judged): boolean {
  const { verdict, shown } = finding.verdict
  if (verdict === 'refuted' || verdict === 'merged into') return false
  if (verdict === 'suppressed') return shown === 'check'
  return verdict === 'held' ? finding.verification.state !== 'unverified' : true
}

export function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000)
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

export function coverageWord(coverage: ManifestEntry['coverage']): string {
  return coverage === 'not yet' ? 'not looked at yet' : coverage
}
