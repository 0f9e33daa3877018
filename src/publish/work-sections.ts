// The parts of a work run's text: results, proposals, findings new and known, evidence, coverage; and which of them may be told in public.
import type { SecurityLook } from '../domain/evidence.ts'
import type { Judged } from '../domain/finding.ts'
import type { AgentReport, Cost, Plan } from '../domain/plan.ts'
import type { Routine } from '../domain/routine.ts'
import type { RunEnd } from '../domain/run.ts'
import { agents, table } from './check-text.ts'
import { placeOf, word } from './comment.ts'
import { stands } from './facts.ts'
import { code, scrub, scrubLine } from './scrub.ts'

export interface WorkFacts {
  routine: Routine
  checkName: string
  run: { id: string; head: string; repository: string; number?: number }
  end: RunEnd
  because: string
  /** What started it, in a sentence. */
  occasion: string
  plan: Plan
  reports: AgentReport[]
  judged: Judged[]
  security?: SecurityLook
  /** Fingerprints of what is new; what is on record and still stands; what is mended, and why. */
  since: { fresh: string[]; still: Judged[]; gone: { finding: Judged; because: string }[] }
  /** Sources of what was gathered from GitHub; repositories that were read beside. */
  gathered: string[]
  beside: string[]
  gaps: string[]
  notes: string[]
  /** What this run's calls have used up of budgets that outlive it, a sentence each. */
  budgets: string[]
  cost: Cost
  rehearsed: boolean
  /** Anybody reads the check: what was found is not told on it, or not what is a weakness from before. Counts are. */
  inPublic?: 'nothing' | 'no weakness from before'
}

export function sections(facts: WorkFacts): string[] {
  const { judged, since } = facts
  return [
    results(facts),
    proposals(facts),
    table('New since last time', freshOf(facts)),
    table('Known, and still there', [...againOf(facts), ...since.still]),
    mended(since.gone),
    table('Not settled', judged.filter(isOpen)),
    table(
      'Dismissed earlier',
      judged.filter(({ verdict }) => verdict.verdict === 'suppressed' && verdict.shown === 'check'),
    ),
    table(
      'Refuted',
      judged.filter(({ verdict }) => verdict.verdict === 'refuted'),
    ),
    evidence(facts),
    lookedAt(facts),
    coverage(facts),
    agents(facts),
  ]
}

function results({ reports }: WorkFacts): string {
  const said = reports.flatMap(({ assignment, result }) => (result ? [{ assignment, result }] : []))
  if (said.length === 0) return ''
  const texts = said.map(({ assignment, result }) => {
    const text = scrub(result.summary, { limit: 4_000 })
    return said.length === 1 ? text : `**${scrubLine(assignment, 120)}**\n\n${text}`
  })
  return `### Result\n\n${texts.join('\n\n')}`
}

export function proposalsOf({ reports }: WorkFacts) {
  return reports.flatMap(report => report.result?.would_do ?? [])
}

function proposals(facts: WorkFacts): string {
  const all = proposalsOf(facts)
  if (all.length === 0) return ''
  const items = all
    .slice(0, 50)
    .map(
      ({ action, what, why }, index) =>
        `${index + 1}. **${scrubLine(action, 200)}**: ${scrubLine(what, 2_000)}  \n   Why: ${scrubLine(why, 1_000)}`,
    )
  if (all.length > items.length) items.push(`\nand ${all.length - items.length} more`)
  return `### What it would do\n\nNothing of this was carried out.\n\n${items.join('\n')}`
}

function mended(gone: WorkFacts['since']['gone']): string {
  if (gone.length === 0) return ''
  const items = gone
    .slice(0, 50)
    .map(
      ({ finding, because }) =>
        `- ${word(finding.severity)}: ${scrubLine(finding.title, 200)} (${placeOf(finding)}). ${scrubLine(because, 300)}`,
    )
  if (gone.length > items.length) items.push(`- and ${gone.length - items.length} more`)
  return `### Gone since last time\n\n${items.join('\n')}`
}

function evidence({ reports }: WorkFacts): string {
  const quotes = reports.flatMap(report => report.result?.evidence ?? []).slice(0, 50)
  const rows = quotes.map(({ path, quote }) => `- ${code(path)}: ${code(quote, 400)}`)
  return rows.length === 0
    ? ''
    : `### Evidence\n\nEach of these quotes was looked up and stands there.\n\n${rows.join('\n')}`
}

function lookedAt({ reports, gathered, beside }: WorkFacts): string {
  const opened = new Set(reports.flatMap(report => report.opened ?? []))
  const said = new Set(reports.flatMap(report => report.result?.looked_at ?? []))
  const unseen = [...said].filter(name => !opened.has(name) && !gathered.includes(name))
  const rows = [
    names('Opened', [...opened]),
    names('Given', gathered),
    names('Could be read beside', beside),
    names('Named by agents, and not opened with their tools', unseen),
  ].filter(Boolean)
  return rows.length === 0 ? '' : `### Looked at\n\n${rows.join('\n')}`
}

function names(what: string, all: string[]): string {
  if (all.length === 0) return ''
  const more = all.length > 100 ? ` and ${all.length - 100} more` : ''
  return `- ${what}: ${all
    .slice(0, 100)
    .map(one => code(one, 200))
    .join(', ')}${more}`
}

/** A row for every part, or every changed file. */
function coverage({ plan }: WorkFacts): string {
  if (plan.manifest.length === 0) return ''
  const rows = plan.manifest
    .slice(0, 300)
    .map(
      ({ path, coverage, because }) =>
        `| ${code(path).replace(/(?<!\\)\|/g, '\\|')} | ${coverage} | ${scrubLine(because)} |`,
    )
  const more = plan.manifest.length > rows.length ? `\n\nand ${plan.manifest.length - rows.length} more` : ''
  return `### Coverage\n\n| Where | Looked at | Why |\n|---|---|---|\n${rows.join('\n')}${more}`
}

export function told({ judged, inPublic }: WorkFacts): Judged[] {
  if (inPublic === 'nothing') return []
  return inPublic ? judged.filter(finding => !isFromBefore(finding)) : judged
}

function isFromBefore({ security, origin }: Judged): boolean {
  return security && origin === 'pre_existing'
}

/** What agents write in their results, and what they quote, tells of what they found as much as the findings do. */
export function publicSections(facts: WorkFacts): string[] {
  if (facts.inPublic === 'nothing')
    return ['What was found is not told here, where anybody reads it: the run has all of it.', coverage(facts)]
  const { since } = facts
  const kept = facts.inPublic ? (finding: Judged) => !isFromBefore(finding) : () => true
  return sections({
    ...facts,
    judged: told(facts),
    since: {
      ...since,
      still: since.still.filter(kept),
      gone: since.gone.filter(({ finding }) => kept(finding)),
    },
  })
}

export function posted(finding: Judged): boolean {
  return stands(finding) && finding.verdict.verdict === 'posted'
}

export function isOpen({ verdict, verification }: Judged): boolean {
  return verdict.verdict === 'unverified' || (verdict.verdict === 'held' && verification.state === 'ambiguous')
}

export function freshOf(facts: WorkFacts): Judged[] {
  return facts.judged.filter(finding => isFresh(finding, facts))
}

export function isFresh(finding: Judged, { since }: WorkFacts): boolean {
  return posted(finding) && since.fresh.includes(finding.fingerprint)
}

export function againOf({ judged, since }: WorkFacts): Judged[] {
  return judged.filter(finding => posted(finding) && !since.fresh.includes(finding.fingerprint))
}
