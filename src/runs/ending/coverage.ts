// What was not looked at, or not answered, in sentences; none means the look over is complete.

import type { ManifestEntry } from '../../domain/change.ts'
import type { Judged } from '../../domain/finding.ts'
import type { AgentReport, Plan, Rechecked } from '../../domain/plan.ts'
import { sayRemaining } from '../reading/unfinished.ts'

export function missing(plan: Plan, reports: AgentReport[], judged: Judged[]): string[] {
  const sentences = sayRemaining(plan, reports)
  for (const entry of plan.manifest)
    if (entry.coverage === 'partial') sentences.push(`\`${entry.path}\` was looked at in part: ${entry.because}`)
  for (const assignment of plan.assignments) {
    const report = reports.find(one => one.assignment === assignment.id)
    if (!report) sentences.push(`${assignment.id} was not sent.`)
    else if (report.ended.end !== 'done') sentences.push(`${assignment.id} did not finish: ${report.ended.because}`)
    else if (!report.looked) sentences.push(`${assignment.id} ended without looking at its files.`)
  }
  return [...sentences, ...unsettled(judged)]
}

/** Claims that nobody could settle. */
export function unsettled(judged: Judged[]): string[] {
  const unverified = judged.filter(
    finding => finding.verification.state === 'unverified' && finding.verdict.verdict === 'unverified',
  )
  return unverified.length === 0
    ? []
    : [`${unverified.length} claim${unverified.length === 1 ? '' : 's'} could not be verified.`]
}

/** Earlier findings that a change may have mended, and nobody answered for. */
export function notChecked(rechecked: Rechecked[]): string[] {
  const open = rechecked.filter(one => one.unanswered)
  return open.length === 0
    ? []
    : [`${open.length} earlier finding${open.length === 1 ? '' : 's'} could not be checked again.`]
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
