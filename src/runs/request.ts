// The routines that answer an event take their place in one run of the pull: a new one, or one that waits already.
import type { Event, Occurrence, Pull } from '../domain/event.ts'
import type { Routine } from '../domain/routine.ts'
import type { NewRun, Rooms } from '../domain/store.ts'
import { type Arrangement, alreadyTaken, arrange, estimateReview, type Timing } from './arrange.ts'

export interface RequestPorts {
  now: () => Date
  newId: () => string
  timing: Timing
}

/**
 * Requests, joins or supersedes, all in the caller's transaction; the occurrences say which. A repeated call for the same event changes nothing.
 */
export async function requestRun(
  rooms: Rooms,
  ports: RequestPorts,
  facts: { event: Event; pull: Pull },
  answering: { routine: Routine; because: string }[],
): Promise<Occurrence[]> {
  if (answering.length === 0) return []
  const { event, pull } = facts
  const before = await rooms.occurrences.ofEvent(event.id)
  const again = answering.flatMap(({ routine }) => before.filter(occurrence => occurrence.routine === routine.name))
  if (again.length === answering.length) return again

  const active = await rooms.runs.active(event.repository.id, pull.number)
  const past = await rooms.runs.past(event.repository.id, pull.number, 20)
  const asked = event.kind !== 'pull_request'
  const pushed = event.kind === 'pull_request' && event.action === 'synchronize'
  const head = pull.head.sha
  const record = (routine: Routine, verdict: Occurrence['verdict'], because: string, runId: string) =>
    rooms.occurrences.record({
      id: ports.newId(),
      eventId: event.id,
      repositoryId: event.repository.id,
      routine: routine.name,
      number: pull.number,
      verdict,
      because,
      runId,
      at: ports.now().toISOString(),
    })

  const occurrences: Occurrence[] = []
  const wanting: typeof answering = []
  for (const one of answering) {
    const taken = alreadyTaken({ routine: one.routine.name, head, asked, active, past })
    if (taken)
      occurrences.push(await record(one.routine, taken.verdict, `${one.because} ${taken.because}`, taken.run.id))
    else wanting.push(one)
  }
  if (wanting.length === 0) return occurrences

  const arrangement = arrange({ head, pushed, active, now: ports.now(), timing: ports.timing })
  const runId = arrangement.do === 'join' ? arrangement.run.id : ports.newId()
  const routines: NewRun['routines'] = []
  for (const { routine, because } of wanting) {
    const sentence = arrangement.do === 'start' ? because : `${because} ${arrangement.because}`
    const occurrence = await record(routine, arrangement.do === 'join' ? 'coalesced' : 'queued', sentence, runId)
    occurrences.push(occurrence)
    routines.push({ routine, occurrenceId: occurrence.id })
  }
  await carryOut(rooms, ports, arrangement, { event, pull, routines, asked, runId })
  return occurrences
}

async function carryOut(
  rooms: Rooms,
  ports: RequestPorts,
  arrangement: Arrangement,
  wanted: { event: Event; pull: Pull; routines: NewRun['routines']; asked: boolean; runId: string },
): Promise<void> {
  const { event, pull, routines, asked, runId } = wanted
  if (arrangement.do === 'join') {
    const names = new Set(routines.map(part => part.routine.name))
    const kept = arrangement.run.routines.filter(part => !names.has(part.routine.name))
    return rooms.runs.postpone(arrangement.run.id, {
      notBefore: arrangement.notBefore,
      pull,
      routines: [...kept, ...routines],
      asked: asked || arrangement.run.asked,
    })
  }
  const minutes = Math.max(...routines.map(part => part.routine.budget.minutes ?? 12))
  await rooms.runs.request({
    id: runId,
    kind: 'review',
    repository: event.repository,
    number: pull.number,
    pull,
    routines,
    asked,
    eventId: event.id,
    requestedAt: ports.now().toISOString(),
    notBefore: arrangement.notBefore,
    estimate: estimateReview(pull),
    supersededInRow: arrangement.do === 'supersede' ? arrangement.run.supersededInRow + 1 : 0,
    expireInSeconds: Math.ceil(minutes * 60 * 1.5) + 120,
  })
  if (arrangement.do !== 'supersede') return
  const old = arrangement.run
  const because = `Superseded by run ${runId}, for commit ${pull.head.sha.slice(0, 7)}.`
  await rooms.runs.stop(old.id, { end: 'superseded', because }, ports.now().toISOString())
  for (const occurrence of await rooms.occurrences.ofRun(old.id))
    if (occurrence.verdict === 'queued' || occurrence.verdict === 'coalesced')
      await rooms.occurrences.update(occurrence.id, {
        verdict: 'superseded',
        because: `superseded by ${runId}: a newer commit was pushed.`,
      })
}
