// What was not looked at, or not answered, in sentences; none means the look over is complete.
import type { Judged } from '../domain/finding.ts'
import type { AgentReport, Plan } from '../domain/plan.ts'

export function missing(plan: Plan, reports: AgentReport[], judged: Judged[]): string[] {
  const sentences: string[] = []
  for (const entry of plan.manifest)
    if (entry.coverage === 'partial') sentences.push(`\`${entry.path}\` was looked at in part: ${entry.because}`)
  for (const assignment of plan.assignments) {
    const report = reports.find(one => one.assignment === assignment.id)
    if (!report) sentences.push(`${assignment.id} was not sent.`)
    else if (report.ended.end !== 'done') sentences.push(`${assignment.id} did not finish: ${report.ended.because}`)
    else if (!report.looked) sentences.push(`${assignment.id} ended without looking at its files.`)
  }
  const unverified = judged.filter(
    finding => finding.verification.state === 'unverified' && finding.verdict.verdict === 'unverified',
  )
  if (unverified.length > 0)
    sentences.push(`${unverified.length} claim${unverified.length === 1 ? '' : 's'} could not be verified.`)
  return sentences
}
