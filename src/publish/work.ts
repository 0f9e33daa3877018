// What a work run came to: its report in Markdown, and the check run that carries it, with annotations and a last line for machines.
import type { CheckUpdate } from '../domain/host.ts'
import { dollars } from '../domain/money.ts'
import { plural } from '../domain/plural.ts'
import type { RunEnd } from '../domain/run.ts'
import { atLeast } from '../domain/severity.ts'
import { annotation } from './annotations.ts'
import { fitText } from './check-text.ts'
import { type Conclusion, counts, countWords, duration, rehearsedSentence } from './facts.ts'
import { millionths } from './machine-line.ts'
import { code, scrub, scrubLine } from './scrub.ts'
import { renderSecurity } from './security.ts'
import {
  againOf,
  freshOf,
  isFresh,
  isOpen,
  posted,
  proposalsOf,
  publicSections,
  sections,
  told,
  type WorkFacts,
} from './work-sections.ts'

export type { WorkFacts }

export function renderWork(facts: WorkFacts): CheckUpdate {
  const conclusion = concludeWork(facts)
  const fresh = told(facts).filter(finding => isFresh(finding, facts))
  return {
    name: facts.checkName,
    status: 'completed',
    conclusion,
    title: `${facts.rehearsed ? 'Rehearsed: ' : ''}${titleOf(facts)}`,
    summary: summary(facts),
    text: fitText(publicSections(facts), machineLine(facts, conclusion)),
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
    ...(facts.inPublic === 'nothing' ? [] : renderSecurity(facts, facts.routine)),
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
