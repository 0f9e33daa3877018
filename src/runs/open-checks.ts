// Checks at dispatch: one for every routine that will run, and one that says why for every routine that was filtered out.
import type { Event, Occurrence, Pull } from '../domain/event.ts'
import type { Host } from '../domain/host.ts'
import type { Configuration } from '../domain/routine.ts'
import type { Store } from '../domain/store.ts'
import { renderEnd, renderProgress } from '../publish/index.ts'
import { checkName, openCheck } from './checks.ts'

export interface OpenPorts {
  store: Store
  host: Host
  now: () => Date
}

/** Routines with nothing to say on this head (they do not answer pull requests at all) get no check. */
export async function openChecks(
  ports: OpenPorts,
  facts: { event: Event; pull: Pull; configuration: Configuration },
  occurrences: Occurrence[],
): Promise<void> {
  const { event, pull, configuration } = facts
  const notes = configuration.problems.map(
    problem => `${problem.file}${problem.line ? `:${problem.line}` : ''}: ${problem.message}`,
  )
  for (const occurrence of occurrences) {
    const runs = occurrence.verdict === 'queued' || occurrence.verdict === 'coalesced'
    if (!runs && !saysWhy(facts, occurrence)) continue
    const routine = occurrence.routine
    if (!configuration.routines.find(one => one.name === routine)?.can.includes('check')) continue
    const update = runs
      ? renderProgress({ checkName: checkName(routine), stage: 'queued', because: occurrence.because, notes })
      : renderEnd({ checkName: checkName(routine), end: 'skipped', because: occurrence.because, notes })
    const runId = runs && occurrence.runId ? occurrence.runId : `occurrence:${occurrence.id}`
    const repository = event.repository
    await openCheck(
      { host: ports.host, effects: ports.store.effects, now: ports.now },
      { repository, runId, routine, head: pull.head.sha },
      update,
    )
  }
}

/** A pull request that a routine listens to and its filters refused gets the sentence as a skipped check; already reviewed heads keep theirs. */
function saysWhy(
  { event, configuration }: { event: Event; configuration: Configuration },
  occurrence: Occurrence,
): boolean {
  if (event.kind !== 'pull_request' || occurrence.runId) return false
  const routine = configuration.routines.find(one => one.name === occurrence.routine)
  return routine?.on.pull_request?.types.some(type => type === event.action) ?? false
}
