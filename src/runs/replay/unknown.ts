// What a routine would have asked about a past event and nobody kept: such an event counts as unknown, never as answered or skipped.
import type { Event } from '../../domain/event.ts'
import type { RepositorySettings, Routine } from '../../domain/routine.ts'
import { needsOf, shunsForks } from '../../routines/index.ts'
import type { Meeting } from '../requests/meet.ts'
import { pullNumberOf } from '../requests/subject.ts'
import type { PastEvent } from './side.ts'

/** A review of a pull request that only its number is known of. */
export function lacksPull({ kind, off }: Routine, event: Event): string | undefined {
  if (off || kind !== 'review' || event.pull || pullNumberOf(event) === undefined) return undefined
  return 'The pull request as it was then was not kept.'
}

/** Undefined where everything that decides is known, or what is known rules the routine out. `verdict`: of the meeting with what is known. */
export function unknownOf(
  routine: Routine,
  settings: RepositorySettings,
  { event, facts }: PastEvent,
  verdict: Meeting['verdict'],
): string | undefined {
  // Filters that fail on what is known fail whatever else there is; a search that nobody made refuses, and skips nothing.
  if (verdict === 'skipped') return undefined
  const { pull } = event
  const paths = facts.paths ?? event.push?.paths
  const needs = needsOf(routine, event)
  const missing = [
    ...(needs.paths && paths === undefined ? ['its changed paths'] : []),
    ...(asksSize(routine, event) && pull?.additions === undefined ? ['its size'] : []),
    ...(lacksOrigin(routine, event) ? ['whether the pull request comes from a fork'] : []),
    ...(asksPermission(routine, event, needs.permission) && facts.permission === undefined
      ? ["the sender's permission"]
      : []),
    ...needs.searches
      .filter(search => facts.searches?.[search] === undefined)
      .map(search => `what the search "${search}" found`),
    ...(asksInstallation(routine, settings, event) && facts.installationSize === undefined
      ? ['how many repositories the installation held']
      : []),
  ]
  return missing.length > 0 ? `Not kept of this event: ${missing.join(', ')}.` : undefined
}

function asksSize({ on }: Routine, { kind }: Event): boolean {
  return kind === 'pull_request' && on.pull_request?.size !== undefined
}

/** Comments, labels and what is started by hand may name a pull request by its number alone: whether it comes from a fork, which this routine asks, is then not told. */
export function lacksOrigin(routine: Routine, event: Event): boolean {
  const { pull, outcome } = event
  return pull === undefined && pullNumberOf(event) !== undefined && outcome?.fork === undefined && shunsForks(routine)
}

/** By hand anybody can do it; a pull or an issue in a public repository can be anybody's. */
function asksPermission({ gates }: Routine, event: Event, gate: boolean): boolean {
  if (gate) return true
  if (event.kind === 'pull_request' || event.kind === 'issues')
    return !event.repository.private && gates.permission === undefined
  return ['comment', 'label', 'rerun', 'button'].includes(event.kind)
}

function asksInstallation({ kind }: Routine, settings: RepositorySettings, event: Event): boolean {
  return kind === 'review' && event.kind === 'pull_request' && settings.automatic === undefined
}
