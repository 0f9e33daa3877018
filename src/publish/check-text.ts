// What a check says below its summary: findings in tables, what remains, coverage, agents; as much of it as a check takes.
import { type Judged, shortIdOf } from '../domain/finding.ts'
import { dollars } from '../domain/money.ts'
import { type AgentReport, sameCap } from '../domain/plan.ts'
import { plural } from '../domain/plural.ts'
import type { CheckFacts } from './check.ts'
import { categoryOf, placeOf, word } from './comment.ts'
import { type Conclusion, coverageWord, isListed, stands } from './facts.ts'
import { renderIntent } from './intent.ts'
import { machineLine } from './machine-line.ts'
import { code, scrubLine } from './scrub.ts'
import { renderInventory } from './security.ts'

/** GitHub takes 65,535 bytes of text; the last line has to be among them. */
const textLimit = 60_000

export function renderText(facts: CheckFacts, own: Judged[], conclusion: Conclusion): string {
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
        : `- ${code(path)}: ${coverageWord(coverage)}, ${scrubLine(because)}`,
    )
  if (plan.manifest.length > rows.length)
    rows.push(`- and ${plan.manifest.length - rows.length} more files; the run has them all`)
  return rows.length === 0 ? '' : `### Coverage\n\n${rows.join('\n')}`
}

export function agents({ reports }: Pick<CheckFacts, 'reports'>): string {
  const rows = reports.map(
    report =>
      `- ${scrubLine(report.assignment, 80)}: ${report.looked ? 'looked' : 'did not look'} at its files, ${plural(report.findings.length, 'claim')}, ${dollars(report.ended.usd)}. ${scrubLine(why(report, reports))}`,
  )
  return rows.length === 0 ? '' : `### Agents\n\n${rows.join('\n')}`
}

/** What a cap says of one is not said again of the next. */
function why(report: AgentReport, reports: AgentReport[]): string {
  const first = reports.find(one => sameCap(one, report))
  return first && first !== report ? `The same cap stopped it as ${first.assignment}.` : report.ended.because
}

export function isUnsettled(finding: Judged): boolean {
  const { verdict, shown } = finding.verdict
  return !stands(finding) && (verdict === 'unverified' || verdict === 'held') && shown !== 'no'
}

export function isDismissed({ verdict, elsewhere }: Judged): boolean {
  return verdict.verdict === 'suppressed' && verdict.shown === 'check' && elsewhere === undefined
}

function isElsewhere({ verdict, elsewhere }: Judged): boolean {
  return verdict.verdict === 'suppressed' && verdict.shown === 'check' && elsewhere !== undefined
}
