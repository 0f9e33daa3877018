// What the listing commands print: runs, ledger, explain, replay.

import type { Run } from '../domain/run.ts'
import type { Explanation, LedgerResult } from './answers.ts'
import { dollars, plain, strong, table } from './print.ts'

const pullOf = (run: Run) => `${run.repository.owner}/${run.repository.name}#${run.number}`

export function showRuns(runs: Run[]): string {
  const rows = runs.map(run => [
    run.id,
    pullOf(run),
    run.status === 'ended' ? (run.end ?? 'ended') : run.status,
    dollars(run.usd),
    run.requestedAt,
    plain(run.because ?? ''),
  ])
  return table(['run', 'pull request', 'state', 'cost', 'requested', 'why'], rows, 'Nothing has run yet.')
}

export function showLedger({ entries, total }: LedgerResult): string {
  const rows = entries.map(entry => [
    entry.at,
    entry.runId,
    entry.name,
    entry.model,
    String(entry.usage.input),
    String(entry.usage.cacheRead),
    String(entry.usage.cacheWrite),
    String(entry.usage.output),
    dollars(entry.usd ?? entry.reservedUsd),
    entry.usd === undefined ? 'set aside' : entry.status,
  ])
  const list = table(
    ['at', 'run', 'who', 'model', 'input', 'cache read', 'cache write', 'output', 'cost', 'status'],
    rows,
    'Nothing has been spent.',
  )
  return `${list}\n${total.calls} calls, ${dollars(total.usd)} in all.`
}

export function showExplanation(answer: Explanation): string {
  if (answer.kind === 'delivery') {
    const occurrences = answer.occurrences.map(
      one => `  ${one.routine}: ${one.verdict}. ${plain(one.because)}${one.runId ? ` (run ${one.runId})` : ''}`,
    )
    return [
      strong(`Delivery ${answer.id}`),
      `${answer.name}, received ${answer.at}, ${answer.status}${answer.because ? `: ${plain(answer.because)}` : ''}`,
      ...occurrences,
    ].join('\n')
  }
  if (answer.kind === 'occurrence') {
    const { occurrence, run } = answer
    return [
      strong(`${occurrence.routine}: ${occurrence.verdict}`),
      plain(occurrence.because),
      `Event ${occurrence.eventId}, ${occurrence.at}`,
      ...(run ? [`Run ${run.id}: ${run.end ?? run.status}. ${plain(run.because ?? '')}`] : []),
    ].join('\n')
  }
  if (answer.kind === 'finding') {
    const { finding } = answer
    return [
      strong(`${finding.severity}: ${plain(finding.title)}`),
      `In ${plain(finding.file)}, reported by ${finding.agents.join(', ')} in run ${finding.runId}`,
      `Placed: ${plain(finding.placement.because)}`,
      `Verified: ${finding.verification.state}. ${plain(finding.verification.because)}`,
      ...finding.verification.cited.map(
        cited => `  ${plain(cited.path)}${cited.line ? `:${cited.line}` : ''}  ${plain(cited.text)}`,
      ),
      `Verdict: ${finding.verdict.verdict}. ${plain(finding.verdict.because)}`,
      `Stands: ${finding.where ?? 'nowhere'}; ${finding.state}. ${plain(finding.stateBecause)}`,
    ].join('\n')
  }
  const { run, occurrences, findings, effects, spent } = answer
  return [
    strong(`Run ${run.id}: ${run.end ?? run.status}`),
    plain(run.because ?? ''),
    `${pullOf(run)} at ${run.head ?? run.pull?.head.sha ?? 'no commit yet'}, attempt ${run.attempt}, ${spent.calls} model calls, ${dollars(spent.usd)}`,
    'Why it ran',
    ...occurrences.map(one => `  ${one.routine}: ${one.verdict}. ${plain(one.because)}`),
    'Findings',
    ...(findings.length === 0
      ? ['  none']
      : findings.map(
          one =>
            `  ${one.rowId}  ${one.severity}  ${one.verdict.verdict}  ${plain(one.title)}\n      ${plain(one.verdict.because)}`,
        )),
    'On GitHub',
    ...effects.map(effect => `  ${effect.kind} ${effect.key}: ${effect.done ? 'done' : 'intended, not confirmed'}`),
  ].join('\n')
}

export function showSteered(
  verb: 'pause' | 'resume',
  scope: string,
  result: { stopped?: string[]; started?: string[]; resumed?: boolean },
): string {
  if (verb === 'resume' && !result.resumed) return `${scope} was not paused.`
  const runs = result.stopped ?? result.started ?? []
  return `${scope} is ${verb === 'pause' ? 'paused' : 'on watch again'}; ${runs.length} ${runs.length === 1 ? 'run' : 'runs'} ${verb === 'pause' ? 'stopped' : 'started again'}.`
}
