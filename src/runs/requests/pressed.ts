// What Re-run and buttons are about, where GitHub does not say: our own record of the check knows the pull, or the task and what started it.
import type { Event } from '../../domain/event.ts'
import type { Host } from '../../domain/host.ts'
import type { WorkRun } from '../../domain/run.ts'
import type { Store } from '../../domain/store.ts'

/** GitHub leaves the pull out of checks on pulls from forks, and knows nothing of tasks. */
export async function withNumber(
  { store, host }: { store: Store; host: Pick<Host, 'checks'> },
  event: Event,
): Promise<Event> {
  const { check, repository } = event
  if (!check) return event
  const run = event.kind === 'rerun' && check.externalId !== '' ? await store.runs.get(check.externalId) : undefined
  if (run?.kind === 'work' && run.repository.id === repository.id) return onceMore(run, event)
  if (event.number !== undefined) return event
  // "Re-run all checks" names the commit alone: any of our checks on it knows the pull.
  const ids =
    check.id === 0 ? (await host.checks(repository, check.head)).map(one => one.externalId) : [check.externalId]
  for (const id of new Set(ids)) {
    const number = await numberOf(store, repository.id, id)
    if (number !== undefined) return { ...event, number }
  }
  return event
}

/** What started the task starts it again, asked for by whoever pressed. */
function onceMore(
  { event: started, routines }: WorkRun,
  { id, kind, action, at, repository, actor, check, own }: Event,
) {
  const { comment: _, due: __, ...about } = started
  const [part] = routines
  const routine = part && { routine: part.routine.name }
  return { ...about, id, kind, action, at, repository, actor, ...(check && { check }), own, ...routine }
}

/** Of the pull that a check of ours is about, by what it was opened for: a run, or an occurrence without one. */
async function numberOf(store: Store, repositoryId: number, externalId: string): Promise<number | undefined> {
  if (externalId === '') return undefined
  const [, occurrence] = /^occurrence:(.+)$/.exec(externalId) ?? []
  const about = occurrence ? await store.occurrences.get(occurrence) : await store.runs.get(externalId)
  const here = about && ('repository' in about ? about.repository.id : about.repositoryId) === repositoryId
  return here ? about.number : undefined
}
