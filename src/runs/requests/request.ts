// All that one event leads to, in one transaction where it leads to runs: what is kept of it, an occurrence for every routine, and the runs of those that answer.
import type { Occurrence } from '../../domain/event.ts'
import type { Rooms } from '../../domain/store.ts'
import type { Facts } from './facts.ts'
import type { Meeting } from './meet.ts'
import { occurrenceOf } from './occurrence.ts'
import { type RequestPorts, requestReview } from './request-review.ts'
import { requestWork } from './request-work.ts'

/** Safe to repeat, also at the same time from several processes: occurrences are unique, and runs are requested once. */
export async function requestRuns(
  rooms: Rooms,
  ports: RequestPorts,
  facts: Pick<Facts, 'event' | 'pull' | 'known'> & Partial<Pick<Facts, 'paused'>>,
  meetings: Meeting[],
): Promise<Occurrence[]> {
  const { event, pull, known } = facts
  const held = facts.paused !== undefined
  // By name: two transactions that hold several routines each would else wait for each other.
  const answering = meetings.filter(meeting => meeting.verdict === 'answers').sort((a, b) => (a.name < b.name ? -1 : 1))
  const recorded: Occurrence[] = []
  for (const { routine, because } of answering)
    if (routine.kind === 'work') recorded.push(await requestWork(rooms, ports, { event, pull, routine, because, held }))
  const reviews = answering.filter(({ routine }) => routine.kind === 'review')
  if (pull) recorded.push(...(await requestReview(rooms, ports, { event, pull }, reviews)))
  const others = meetings.flatMap(({ name, verdict, because }) =>
    verdict === 'answers' ? [] : [occurrenceOf(ports, event, { routine: name, verdict, because })],
  )
  recorded.push(...(await rooms.occurrences.recordAll(others)))
  await rooms.events.keep({ ...event, ...(pull && { pull }) }, known)
  return recorded
}
