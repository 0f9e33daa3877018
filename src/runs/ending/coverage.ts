// What was not looked at, or not answered, in sentences; none means the look over is complete.

import type { ManifestEntry } from '../../domain/change.ts'
import type { Judged } from '../../domain/finding.ts'
import { type AgentReport, type Plan, type Rechecked, sameCap } from '../../domain/plan.ts'
import { plural } from '../../domain/plural.ts'
import { sayRemaining } from '../reading/unfinished.ts'

export function missing(plan: Plan, reports: AgentReport[], judged: Judged[]): string[] {
  const sentences = sayRemaining(plan, reports)
  for (const entry of plan.manifest)
    if (entry.coverage === 'partial') sentences.push(`\`${entry.path}\` was looked at in part: ${entry.because}`)
  for (const { id } of plan.assignments) {
    const report = reports.find(one => one.assignment === id)
    if (!report) sentences.push(`${id} was not sent.`)
    else if (report.ended.end === 'budget' && !isFirst(report, reports)) continue
    else if (report.ended.end !== 'done')
      sentences.push(`${id} did not finish: ${report.ended.because}${andSo(report, reports)}`)
    else if (!report.looked) sentences.push(`${id} ended without looking at its files.`)
  }
  return [...sentences, ...unsettled(judged)]
}

const namedAtMost = 8

/** The others that met the same cap, whose sentence differs in what was spent by then. */
function andSo(report: AgentReport, reports: AgentReport[]): string {
  const others = reports.filter(one => one !== report && sameCap(one, report)).map(one => one.assignment)
  const more = others.length > namedAtMost ? ` and ${others.length - namedAtMost} more` : ''
  return others.length === 0 ? '' : ` The same cap stopped ${others.slice(0, namedAtMost).join(', ')}${more}.`
}

function isFirst(report: AgentReport, reports: AgentReport[]): boolean {
  return reports.find(one => sameCap(one, report)) === report
}

/** Of a review: a file that somebody was sent over has been looked at only if one of them got through. */
export function covered({ manifest, assignments }: Plan, reports: AgentReport[]): ManifestEntry[] {
  const looked = new Set(reports.filter(report => report.looked).map(report => report.assignment))
  const sentOver = new Set(assignments.flatMap(one => one.files))
  const lookedAt = new Set(assignments.filter(one => looked.has(one.id)).flatMap(one => one.files))
  return manifest.map(entry =>
    sentOver.has(entry.path) && !lookedAt.has(entry.path) && (entry.coverage === 'full' || entry.coverage === 'partial')
      ? { ...entry, coverage: 'not yet', because: 'no agent got through with it' }
      : entry,
  )
}

/** Claims that nobody could settle. */
export function unsettled(judged: Judged[]): string[] {
  const unverified = judged.filter(
    finding => finding.verification.state === 'unverified' && finding.verdict.verdict === 'unverified',
  )
  return unverified.length === 0 ? [] : [`${plural(unverified.length, 'claim')} could not be verified.`]
}

/** Earlier findings that a change may have mended, and nobody answered for. */
export function notChecked(rechecked: Rechecked[]): string[] {
  const open = rechecked.filter(one => one.unanswered)
  return open.length === 0 ? [] : [`${plural(open.length, 'earlier finding')} could not be checked again.`]
}

/** Of a sweep: every part with what its agents opened of it, or that they did not look. */
export function swept({ manifest, assignments }: Plan, reports: AgentReport[]): ManifestEntry[] {
  return manifest.map(entry => {
    const sent = assignments.filter(one => one.component === entry.path)
    if (sent.length === 0 || entry.coverage === 'skipped') return entry
    const looked = sent.filter(({ id }) => reports.find(report => report.assignment === id)?.looked)
    const words = sent.map(({ id, files }) => {
      const report = reports.find(one => one.assignment === id)
      const opened = files.filter(file => report?.opened?.includes(file)).length
      return report?.looked ? `${id} opened ${opened} of them` : `${id} did not look at it`
    })
    const coverage = looked.length === sent.length ? 'full' : looked.length > 0 ? 'partial' : 'skipped'
    return { path: entry.path, coverage, because: [entry.because, ...words].join('; ') }
  })
}
