// A routine with a task of its own answers an event: it gets a run, joins one, or is told when it may have one again.
import type { Event, Occurrence, Pull } from '../../domain/event.ts'
import type { Routine } from '../../domain/routine.ts'
import type { WorkRun } from '../../domain/run.ts'
import type { Rooms } from '../../domain/store.ts'
import { arrangeWork, type WorkArrangement } from './arrange-work.ts'
import { limitOf, lineFull } from './limits.ts'
import { occurrenceOf } from './occurrence.ts'
import { isAsked, keyOf, nameOfKey, numberOf } from './subject.ts'

interface Wanted {
  event: Event
  pull: Pull | undefined
  routine: Routine
  because: string
  /** A pause holds the repository, which `because` says. */
  held?: boolean
}

/** Minutes that a task without a budget of time may take. */
const usualMinutes = 60
/** Milliseconds a task is expected to take. */
const estimate = 600_000

/** Everything in the caller's transaction; the occurrence says what became of it. A repeated call for the same event changes nothing. */
export async function requestWork(
  rooms: Rooms,
  ports: { now: () => Date; newId: () => string },
  wanted: Wanted,
): Promise<Occurrence> {
  const { event, routine } = wanted
  const repositoryId = event.repository.id
  const key = keyOf(routine, event)
  // First, since it holds the routine: another dispatch of the same event has recorded its occurrence once this goes on.
  const active = await rooms.runs.activeWork(repositoryId, routine.name, key)
  const known = (await rooms.occurrences.ofEvent(event.id)).find(one => one.routine === routine.name)
  if (known) return known

  const now = ports.now()
  const arrangement = arrangeWork({ routine, event, key, active, now, ...(wanted.held && { held: true }) })
  const because = [wanted.because, arrangement.because].filter(Boolean).join(' ')
  const record = (about: Pick<Occurrence, 'verdict' | 'because'> & Partial<Occurrence>) =>
    rooms.occurrences.record(occurrenceOf(ports, event, { routine: routine.name, ...about }))
  if (arrangement.do === 'join' || arrangement.do === 'share') {
    const occurrence = await record({ verdict: 'coalesced', because, runId: arrangement.run.id })
    if (arrangement.do === 'join') await joinRun(rooms, arrangement, wanted, occurrence)
    return occurrence
  }
  const full = arrangement.do === 'queue' ? lineFull(active, nameOfKey(key), now) : undefined
  if (full) return record({ ...full, verdict: 'refused', because: `${wanted.because} ${full.because}` })
  const past = routine.gates.cooldown === undefined ? [] : await rooms.runs.pastWork(repositoryId, key, 50)
  const limit = await limitOf(rooms, { repositoryId, routine, runs: [...active, ...past], now })
  if (limit) return record({ ...limit, verdict: 'refused', because: `${wanted.because} ${limit.because}` })
  const runId = ports.newId()
  const occurrence = await record({ verdict: 'queued', because, runId })
  await rooms.runs.request({
    id: runId,
    kind: 'work',
    repository: event.repository,
    number: numberOf(event),
    ...(wanted.pull && { pull: wanted.pull }),
    event,
    key,
    routines: [{ routine, occurrenceId: occurrence.id }],
    asked: isAsked(event),
    eventId: event.id,
    requestedAt: after(active, now),
    notBefore: arrangement.notBefore,
    estimate,
    supersededInRow:
      arrangement.do === 'supersede' ? Math.max(...arrangement.runs.map(one => one.supersededInRow)) + 1 : 0,
    expireInSeconds: expiryOf(routine),
  })
  if (arrangement.do === 'supersede') await supersede(rooms, arrangement, runId, now)
  return occurrence
}

/** Seconds after which its job is given up. */
function expiryOf({ budget }: Routine): number {
  return Math.ceil((budget.minutes ?? usualMinutes) * 60 * 1.5) + 120
}

/** Later than all that wait, whatever the clocks of other processes say: runs of one subject start in this order. */
function after(active: WorkRun[], now: Date): string {
  const latest = Math.max(...active.map(run => Date.parse(run.requestedAt) + 1), now.getTime())
  return new Date(latest).toISOString()
}

/** The run carries the newest event; the older ones keep their occurrences. */
async function joinRun(
  rooms: Rooms,
  { run, notBefore }: Extract<WorkArrangement, { do: 'join' }>,
  { event, pull, routine }: Wanted,
  { id: occurrenceId }: Occurrence,
): Promise<void> {
  const asked = run.asked || isAsked(event)
  const newer = event.at >= run.event.at
  await rooms.runs.postpone(run.id, {
    notBefore,
    asked,
    routines: newer ? [{ routine, occurrenceId }] : run.routines,
    ...(newer && { event, ...(pull && { pull }), ...(numberOf(event) !== undefined && { number: numberOf(event) }) }),
  })
}

async function supersede(
  rooms: Rooms,
  { runs }: Extract<WorkArrangement, { do: 'supersede' }>,
  newer: string,
  now: Date,
): Promise<void> {
  for (const old of runs) {
    await rooms.runs.stop(old.id, { end: 'superseded', because: `Superseded by run ${newer}.` }, now.toISOString())
    for (const occurrence of await rooms.occurrences.ofRun(old.id))
      if (occurrence.verdict === 'queued' || occurrence.verdict === 'coalesced')
        await rooms.occurrences.update(occurrence.id, {
          verdict: 'superseded',
          because: `${occurrence.because} It was superseded by ${newer}.`,
        })
  }
}
