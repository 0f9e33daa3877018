// What happens where the App may not be any more starts nothing: whoever called a routine by name is told so.
import type { Event } from '../../domain/event.ts'
import type { Store } from '../../domain/store.ts'

/** The sentence why; undefined where something may be done. Safe to repeat. */
export async function refuseAway(
  { store, now, newId }: { store: Store; now: () => Date; newId: () => string },
  event: Event,
): Promise<string | undefined> {
  const because = await store.away.of(event.repository)
  if (because === undefined || event.routine === undefined) return because
  await store.occurrences.record({
    id: newId(),
    eventId: event.id,
    repositoryId: event.repository.id,
    routine: event.routine,
    verdict: 'refused',
    because,
    at: now().toISOString(),
  })
  return because
}
