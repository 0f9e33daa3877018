// What a work run came to: its report in Markdown, and the check run that carries it, with annotations and a last line for machines.
import type { Judged } from '../domain/finding.ts'
import type { CheckUpdate } from '../domain/host.ts'
import { dollars } from '../domain/money.ts'
import type { AgentReport, Cost, Plan } from '../domain/plan.ts'
import type { Routine } from '../domain/routine.ts'
import type { RunEnd } from '../domain/run.ts'
import { atLeast } from '../domain/severity.ts'
import { agents, annotation, fitText, millionths, table } from './check.ts'
import { placeOf, word } from './comment.ts'
import { type Conclusion, counts, countWords, duration, plural, rehearsedSentence, stands } from './facts.ts'
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
}

export function renderWork(facts: WorkFacts): CheckUpdate {
  const conclusion = concludeWork(facts)
  const fresh = freshOf(facts)
  return {
    name: facts.checkName,
    status: 'completed',
    conclusion,
    title: `${facts.rehearsed ? 'Rehearsed: ' : ''}${titleOf(facts)}`,
    summary: summary(facts),
    text: fitText(sections(facts), machineLine(facts, conclusion)),
    annotations: fresh.flatMap(annotation(conclusion)),
  }
}

/** All of it, for whoever asks the server. */
export function renderReport(facts: WorkFacts): string {
  return [`## ${facts.routine.name}: ${titleOf(facts)}`, summary(facts), ...sections(facts)]
    .filter(Boolean)
    .join('\n\n')
}

/** *failure* by the gate alone; *success* when the task was done and nothing at or above the floor stands; else *neutral*. */
function concludeWork({ routine, end, judged, since }: WorkFacts): Conclusion {
  const { gate } = routine.severity
  const standing = [...judged.filter(posted), ...since.still]
  if (gate !== 'none' && standing.some(finding => atLeast(finding.severity, gate))) return 'failure'
  const done = end === 'done' || end === 'nothing to do'
  return done && standing.length === 0 && !judged.some(isOpen) ? 'success' : 'neutral'
}

function posted(finding: Judged): boolean {
  return stands(finding) && finding.verdict.verdict === 'posted'
}

function isOpen({ verdict, verification }: Judged): boolean {
  return verdict.verdict === 'unverified' || (verdict.verdict === 'held' && verification.state === 'ambiguous')
}

function freshOf({ judged, since }: WorkFacts): Judged[] {
  return judged.filter(finding => posted(finding) && since.fresh.includes(finding.fingerprint))
}

function againOf({ judged, since }: WorkFacts): Judged[] {
  return judged.filter(finding => posted(finding) && !since.fresh.includes(finding.fingerprint))
}

const titles: Partial<Record<RunEnd, string>> = {
  'nothing to do': 'Nothing to do',
  partial: 'Not everything was done',
  'over budget': 'The budget was reached',
  failed: 'The task was not done',
}

function titleOf(facts: WorkFacts): string {
  const fresh = countWords(freshOf(facts))
  const known = againOf(facts).length + facts.since.still.length
  const found = [fresh && `${fresh} new`, known > 0 && `${known} known`].filter(Boolean).join(', ')
  const proposed = proposalsOf(facts).length
  const words = [found, proposed > 0 && `${plural(proposed, 'change')} proposed`].filter(Boolean).join('; ')
  const end = titles[facts.end]
  return end ? `${end}${words ? `; ${words}` : ''}` : words || 'Done; nothing was found'
}

function summary(facts: WorkFacts): string {
  const { cost, run, because, occasion, rehearsed, gaps, notes, budgets } = facts
  const where = `${run.repository}${run.number === undefined ? '' : ` ${code(`#${run.number}`)}`} at ${code(run.head.slice(0, 7))}`
  return [
    rehearsed ? rehearsedSentence : '',
    scrub(because, { limit: 4_000 }),
    `${scrubLine(occasion, 500)} Looked at ${where}: ${scrubLine(facts.plan.because, 300)}.`,
    listed('**Not everything was done**', gaps),
    listed('**Notes**', notes),
    `${dollars(cost.usd)} · ${plural(cost.calls, 'model call')} · ${duration(cost.milliseconds)} · run ${code(run.id)}`,
    ...budgets,
    `All of it, on the server: ${code(`watchbill explain ${run.id}`)}`,
  ]
    .filter(Boolean)
    .join('\n\n')
}

function listed(heading: string, sentences: string[]): string {
  if (sentences.length === 0) return ''
  const shown = sentences.slice(0, 20).map(sentence => `- ${scrub(sentence, { limit: 1_000 }).replace(/\n+/g, ' ')}`)
  if (sentences.length > shown.length) shown.push(`- and ${sentences.length - shown.length} more`)
  return `${heading}\n\n${shown.join('\n')}`
}

function sections(facts: WorkFacts): string[] {
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

function proposalsOf({ reports }: WorkFacts) {
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

function machineLine(facts: WorkFacts, conclusion: Conclusion): string {
  const { run, routine, end, judged, since, cost, rehearsed } = facts
  const json = JSON.stringify({
    run: run.id,
    head: run.head,
    routine: routine.name,
    end,
    conclusion,
    complete: end === 'done' || end === 'nothing to do',
    findings: counts(judged.filter(posted)),
    new: freshOf(facts).length,
    known: againOf(facts).length + since.still.length,
    gone: since.gone.length,
    proposed: proposalsOf(facts).length,
    usd: millionths(cost.usd),
    rehearsed,
  })
  return `<!-- watchbill: ${json.replaceAll('>', '\\u003e')} -->`
}
