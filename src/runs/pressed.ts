// Re-run and buttons on checks of pulls from forks: GitHub leaves the pull out of those; our own record of the check knows it.
import type { Event } from '../domain/event.ts'
import type { Host } from '../domain/host.ts'
import type { Store } from '../domain/store.ts'

export async function withNumber(
  { store, host }: { store: Store; host: Pick<Host, 'checks'> },
  event: Event,
): Promise<Event> {
  const { check, repository } = event
  if (event.number !== undefined || !check) return event
  // "Re-run all checks" names the commit alone: any of our checks on it knows the pull.
  const ids =
    check.id === 0 ? (await host.checks(repository, check.head)).map(one => one.externalId) : [check.externalId]
  for (const id of new Set(ids)) {
    const number = await numberOf(store, repository.id, id)
    if (number !== undefined) return { ...event, number }
  }
  return event
}

/** Of the pull that a check of ours is about, by what it was opened for: a run, or an occurrence without one. */
async function numberOf(store: Store, repositoryId: number, externalId: string): Promise<number | undefined> {
  if (externalId === '') return undefined
  const [, occurrence] = /^occurrence:(.+)$/.exec(externalId) ?? []
  const about = occurrence ? await store.occurrences.get(occurrence) : await store.runs.get(externalId)
  const here = about && ('repository' in about ? about.repository.id : about.repositoryId) === repositoryId
  return here ? about.number : undefined
}
