// One routine's meeting with one event, as a row of its own.
import type { Event, Occurrence } from '../../domain/event.ts'
import { numberOf } from './subject.ts'

export function occurrenceOf(
  ports: { now: () => Date; newId: () => string },
  event: Event,
  about: Pick<Occurrence, 'routine' | 'verdict' | 'because'> & Partial<Occurrence>,
): Occurrence {
  const number = numberOf(event)
  return {
    id: ports.newId(),
    eventId: event.id,
    repositoryId: event.repository.id,
    at: ports.now().toISOString(),
    ...(number === undefined ? {} : { number }),
    ...about,
  }
}
