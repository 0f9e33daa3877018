// Re-run and buttons on checks of pulls from forks: GitHub leaves the pull out of those; our own record of the check knows it.
import type { Event } from '../domain/event.ts'
import type { Store } from '../domain/store.ts'

export async function withNumber({ store }: { store: Store }, event: Event): Promise<Event> {
  if (event.number !== undefined || !event.check?.externalId) return event
  const [, occurrence] = /^occurrence:(.+)$/.exec(event.check.externalId) ?? []
  const about = occurrence ? await store.occurrences.get(occurrence) : await store.runs.get(event.check.externalId)
  const here = about && ('repository' in about ? about.repository.id : about.repositoryId) === event.repository.id
  return here && about.number !== undefined ? { ...event, number: about.number } : event
}
