// What the listing commands print: runs, ledger; and what pause and resume did.
import { dollars } from '../domain/money.ts'
import { plural } from '../domain/plural.ts'
import type { LedgerResult } from './answers.ts'
import type { ListedRun } from './list-runs.ts'
import { plain, table } from './print.ts'
import type { Paused, Resumed } from './steer.ts'

/** The pull request or issue it is about, or the repository. */
const aboutOf = ({ repository, number }: ListedRun) =>
  `${repository.owner}/${repository.name}${number === undefined ? '' : `#${number}`}`

export function showRuns(runs: ListedRun[]): string {
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
  return `${list}\n${plural(total.calls, 'call')}, ${dollars(total.usd)} in all.`
}

export function showPaused({ pause, stopped }: Paused): string {
  const { label } = pause
  const resume = `watchbill resume ${label === 'all' ? '--all' : label}`
  return `${nameOf(label)} is paused; ${runsOf(stopped)} stopped. What comes meanwhile is queued, and \`${resume}\` starts both.`
}

export function showResumed(label: string, { resumed, started, remaining }: Resumed): string {
  const answer = resumed
    ? `${nameOf(label)} is on watch again; ${runsOf(started)} started.`
    : `There was no pause of ${nameOf(label)} to end.`
  const others = remaining.map(one => `Still paused: ${nameOf(one.label)}, by ${plain(one.by)} since ${one.at}.`)
  return [answer, ...others].join('\n')
}

const nameOf = (label: string) => (label === 'all' ? 'everything' : plain(label))
const runsOf = (ids: string[]) => plural(ids.length, 'run')
