// What the listing commands print: runs, ledger; and what pause and resume did.

import { dollars } from '../domain/money.ts'
import type { Run } from '../domain/run.ts'
import type { LedgerResult } from './answers.ts'
import { plain, table } from './print.ts'

/** The pull request or issue it is about, or the repository. */
const aboutOf = ({ repository, number }: Run) =>
  `${repository.owner}/${repository.name}${number === undefined ? '' : `#${number}`}`

export function showRuns(runs: Run[]): string {
  const rows = runs.map(run => [
    run.id,
    aboutOf(run),
    run.routines.map(part => part.routine.name).join(', '),
    run.status === 'ended' ? (run.end ?? 'ended') : run.status,
    dollars(run.usd),
    run.requestedAt,
    plain(run.because ?? ''),
  ])
  return table(['run', 'about', 'routines', 'state', 'cost', 'requested', 'why'], rows, 'Nothing has run yet.')
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

export function showSteered(
  verb: 'pause' | 'resume',
  scope: string,
  result: { stopped?: string[]; started?: string[]; resumed?: boolean },
): string {
  if (verb === 'resume' && !result.resumed) return `${scope} was not paused.`
  const runs = result.stopped ?? result.started ?? []
  return `${scope} is ${verb === 'pause' ? 'paused' : 'on watch again'}; ${runs.length} ${runs.length === 1 ? 'run' : 'runs'} ${verb === 'pause' ? 'stopped' : 'started again'}.`
}
