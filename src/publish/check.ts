// A routine's completed check run: conclusion, table, annotations, coverage, cost, and a last line for machines.
import { type Judged, shortIdOf } from '../domain/finding.ts'
import type { Annotation, CheckUpdate } from '../domain/host.ts'
import { dollars } from '../domain/money.ts'
import { isEmpty } from '../domain/plan.ts'
import type { Routine } from '../domain/routine.ts'
import { atLeast } from '../domain/severity.ts'
import { renderCost, renderCoverageLine, renderGaps, renderNotes } from './body.ts'
import { explain, reviewAgain } from './buttons.ts'
import { categoryOf, placeOf, word } from './comment.ts'
import {
  type Conclusion,
  conclude,
  counts,
  countWords,
  type Facts,
  gaps,
  isHeard,
  isIncomplete,
  isListed,
  isOf,
  plural,
  rehearsedSentence,
  shutsGate,
  stands,
} from './facts.ts'
import { missingOf, renderIntent } from './intent.ts'
import { code, plain, scrubLine } from './scrub.ts'
import { renderInventory, renderSecurity } from './security.ts'

export interface CheckFacts extends Facts {
  routine: Routine
  checkName: string
  /** This routine's part of the cost, US dollars. */
  partUsd?: number
  /** What this run's calls have used up of budgets that outlive it, a sentence each. */
  budgets?: string[]
}

/** GitHub takes 65,535 bytes of text; the last line has to be among them. */
const textLimit = 60_000

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
    text: text(facts, own, conclusion),
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

function isUnsettled(finding: Judged): boolean {
  const { verdict, shown } = finding.verdict
  return !stands(finding) && (verdict === 'unverified' || verdict === 'held') && shown !== 'no'
}

function isDismissed({ verdict, elsewhere }: Judged): boolean {
  return verdict.verdict === 'suppressed' && verdict.shown === 'check' && elsewhere === undefined
}

function isElsewhere({ verdict, elsewhere }: Judged): boolean {
  return verdict.verdict === 'suppressed' && verdict.shown === 'check' && elsewhere !== undefined
}

function summary(facts: CheckFacts, own: Judged[], conclusion: Conclusion): string {
  const { routine, partUsd, run } = facts
  const gate = routine.severity.gate === 'none' ? 'none' : routine.severity.gate
  return [
    ...(facts.rehearsed ? [rehearsedSentence] : []),
    reason(facts, own, conclusion),
    ...stillInGate(own, routine),
    ...dismissed(own, routine),
    renderCoverageLine(facts),
    ...renderSecurity(facts, routine),
    ...renderGaps(facts),
    ...renderNotes(facts),
    `${renderCost(facts)}${partUsd === undefined ? '' : ` · of which ${dollars(partUsd)} for this routine`} · shown from ${routine.severity.floor}, inline from ${routine.severity.inline}, gate ${gate}`,
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

function text(facts: CheckFacts, own: Judged[], conclusion: Conclusion): string {
  const last = machineLine(facts, own, conclusion)
  const parts = [
    table('Findings', own.filter(isListed)),
    table('Not settled', own.filter(isUnsettled)),
    table('Dismissed earlier', own.filter(isDismissed)),
    table('On record elsewhere', own.filter(isElsewhere)),
    table(
      'Refuted',
      own.filter(finding => finding.verdict.verdict === 'refuted'),
    ),
    renderIntent(facts, facts.routine),
    remains(facts),
    coverage(facts),
    renderInventory(facts, facts.routine),
    agents(facts),
  ]
  return fitText(parts, last)
}

/** As many lines as a check takes, and the last one in any case. */
export function fitText(parts: string[], last: string): string {
  const kept: string[] = []
  let size = Buffer.byteLength(last)
  for (const line of parts.filter(Boolean).join('\n\n').split('\n')) {
    size += Buffer.byteLength(line) + 1
    if (size > textLimit) {
      kept.push('', 'There is more than a check takes; the run has all of it.')
      break
    }
    kept.push(line)
  }
  return [...kept, '', last].join('\n')
}

export function table(heading: string, findings: Judged[]): string {
  if (findings.length === 0) return ''
  const rows = findings
    .slice(0, 100)
    .map(finding =>
      [
        word(finding.severity),
        categoryOf(finding),
        scrubLine(finding.title, 200),
        placeOf(finding).replaceAll('|', '\\|'),
        finding.agents.map(agent => scrubLine(agent, 60)).join(', '),
        scrubLine(finding.verdict.because, 300),
        code(shortIdOf(finding)),
      ].map(cell),
    )
  const more = findings.length > rows.length ? `\n\nand ${findings.length - rows.length} more` : ''
  return `### ${heading}\n\n| Severity | Kind | What | Where | Found by | Why | Id |\n|---|---|---|---|---|---|---|\n${rows.map(row => `| ${row.join(' | ')} |`).join('\n')}${more}`
}

/** In a table row a bar ends the cell even inside code: https://github.github.com/gfm/#tables-extension- */
function cell(content: string): string {
  return content.replace(/(?<!\\)\|/g, '\\|')
}

/** Files of which some agent has not seen its part, each with who; what all were to look at is not named again. */
function remains({ plan, reports }: Pick<CheckFacts, 'plan' | 'reports'>): string {
  const looked = new Set(reports.filter(report => report.looked).map(report => report.assignment))
  const missing = plan.assignments.filter(one => !looked.has(one.id))
  if (missing.length === 0) return ''
  const agents = new Map<string, string[]>()
  for (const one of missing) for (const file of one.files) agents.set(file, [...(agents.get(file) ?? []), one.id])
  const rows = [...agents].slice(0, 150).map(([path, ids]) => `- ${code(path)}: ${scrubLine(ids.join(', '), 200)}`)
  if (agents.size > rows.length) rows.push(`- and ${agents.size - rows.length} more files; the run has them all`)
  return `### What remains\n\nNot looked at yet, by these agents:\n\n${rows.join('\n')}`
}

function coverage({ plan }: Pick<CheckFacts, 'plan'>): string {
  const rows = plan.manifest
    .slice(0, 300)
    .map(({ path, coverage, because }) =>
      coverage === 'reviewed'
        ? `- ${code(path)}: ${scrubLine(because)}`
        : `- ${code(path)}: ${coverage}, ${scrubLine(because)}`,
    )
  if (plan.manifest.length > rows.length)
    rows.push(`- and ${plan.manifest.length - rows.length} more files; the run has them all`)
  return rows.length === 0 ? '' : `### Coverage\n\n${rows.join('\n')}`
}

export function agents({ reports }: Pick<CheckFacts, 'reports'>): string {
  const rows = reports.map(
    report =>
      `- ${scrubLine(report.assignment, 80)}: ${report.looked ? 'looked' : 'did not look'} at its files, ${plural(report.findings.length, 'claim')}, ${dollars(report.ended.usd)}. ${scrubLine(report.ended.because)}`,
  )
  return rows.length === 0 ? '' : `### Agents\n\n${rows.join('\n')}`
}

function machineLine(
  { run, routine, complete, cost, partUsd, rehearsed, ...facts }: CheckFacts,
  own: Judged[],
  conclusion: Conclusion,
): string {
  const found = own.filter(isListed)
  const of = (origin: Judged['origin']) => counts(found.filter(finding => finding.origin === origin))
  const count = (verdict: Judged['verdict']['verdict']) =>
    own.filter(finding => finding.verdict.verdict === verdict).length
  const json = JSON.stringify({
    run: run.id,
    head: run.head,
    routine: routine.name,
    conclusion,
    complete: complete && gaps({ complete, ...facts }).length === 0,
    findings: counts(found),
    introduced: of('introduced'),
    pre_existing: of('pre_existing'),
    unverified: count('unverified'),
    ...(facts.intent && { missing: missingOf({ intent: facts.intent, routines: [routine] }).length }),
    refuted: count('refuted'),
    // The routine's part, and the whole run's; a millionth of a dollar is the price of a token.
    usd: millionths(partUsd ?? cost.usd),
    run_usd: millionths(cost.usd),
    rehearsed,
  })
  return `<!-- watchbill: ${json.replaceAll('>', '\\u003e')} -->`
}

export const millionths = (usd: number) => Math.round(usd * 1e6) / 1e6

/** GitHub shows annotations beside comments: what has a comment of its own has none. */
function needsAnnotation(finding: Judged, quiet = false): boolean {
  const { verdict, shown } = finding.verdict
  if (quiet && stands(finding) && !isHeard(finding, { quiet })) return true
  if (shown !== 'body' && shown !== 'check') return false
  return stands(finding) || ((verdict === 'unverified' || verdict === 'held') && atLeast(finding.severity, 'high'))
}

export function annotation(conclusion: Conclusion): (finding: Judged) => Annotation[] {
  return finding => {
    const { placement } = finding
    if (
      placement.at === 'nowhere' ||
      placement.line === undefined ||
      (placement.at === 'line' && placement.side === 'LEFT')
    )
      return []
    const grave = atLeast(finding.severity, 'high')
    const shut = grave && conclusion === 'failure' && stands(finding)
    const level = shut ? 'failure' : grave || finding.severity === 'medium' ? 'warning' : 'notice'
    const startLine = placement.at === 'line' ? (placement.startLine ?? placement.line) : placement.line
    return [
      {
        path: placement.path,
        startLine,
        endLine: placement.line,
        level,
        title: plain(`${word(finding.severity)}${stands(finding) ? '' : ', not verified'}: ${finding.title}`, 250),
        message: plain(finding.claim, 4_000),
      },
    ]
  }
}
