// The reviews that answer an event take their place in one run of the pull: a new one, or one that waits already.
import type { Event, Occurrence, Pull } from '../../domain/event.ts'
import { secondsOf } from '../../domain/gates.ts'
import type { Routine } from '../../domain/routine.ts'
import type { ReviewRun } from '../../domain/run.ts'
import type { NewRun, Rooms } from '../../domain/store.ts'
import { type Arrangement, alreadyTaken, arrange, estimateReview, type Timing } from './arrange.ts'
import { quietsAtMost } from './arrange-work.ts'
import { type Limit, limitOf } from './limits.ts'
import { occurrenceOf } from './occurrence.ts'
import { concurrencyOf } from './subject.ts'

export interface RequestPorts {
  now: () => Date
  newId: () => string
  timing: Timing
}

/** Requests, joins or supersedes, all in the caller's transaction; the occurrences say which. A repeated call for the same event changes nothing. */
export async function requestReview(
  rooms: Rooms,
  ports: RequestPorts,
  facts: { event: Event; pull: Pull },
  all: { routine: Routine; because: string }[],
): Promise<Occurrence[]> {
  if (all.length === 0) return []
  const { event, pull } = facts
  const repositoryId = event.repository.id
  // First, since it holds the pull: another dispatch of the same event has recorded its occurrences once this goes on.
  const active = await rooms.runs.active(repositoryId, pull.number)
  const before = await rooms.occurrences.ofEvent(event.id)
  const isKnown = (name: string) => before.some(occurrence => occurrence.routine === name)
  const past = await rooms.runs.past(repositoryId, pull.number, 20)
  const asked = event.kind !== 'pull_request'
  const head = pull.head.sha
  const record = (routine: Routine, about: Pick<Occurrence, 'verdict' | 'because'> & Partial<Occurrence>) =>
    rooms.occurrences.record(occurrenceOf(ports, event, { routine: routine.name, ...about }))

  const occurrences = before.filter(({ routine }) => all.some(one => one.routine.name === routine))
  const wanting: typeof all = []
  for (const { routine, because } of all.filter(one => !isKnown(one.routine.name))) {
    const taken = alreadyTaken({ routine: routine.name, head, asked, active, past })
    const limit = taken ? undefined : await limitOfReview(rooms, { event, routine, active, past, now: ports.now() })
    if (taken)
      occurrences.push(
        await record(routine, {
          verdict: taken.verdict,
          because: `${because} ${taken.because}`,
          runId: taken.run.id,
        }),
      )
    else if (limit)
      occurrences.push(await record(routine, { ...limit, verdict: 'refused', because: `${because} ${limit.because}` }))
    else wanting.push({ routine, because })
  }
  if (wanting.length === 0) return occurrences

  const arrangement = arrange({ head, active, now: ports.now(), ...paceOf(event, wanting, active, ports.timing) })
  const runId = arrangement.do === 'join' ? arrangement.run.id : ports.newId()
  const routines: NewRun['routines'] = []
  for (const { routine, because } of wanting) {
    const sentence = arrangement.do === 'start' ? because : `${because} ${arrangement.because}`
    const verdict = arrangement.do === 'join' ? 'coalesced' : 'queued'
    const occurrence = await record(routine, { verdict, because: sentence, runId })
    occurrences.push(occurrence)
    routines.push({ routine, occurrenceId: occurrence.id })
  }
  await carryOut(rooms, ports, arrangement, { event, pull, routines, asked, runId })
  return occurrences
}

/** One that waits to start is joined, which starts nothing. */
async function limitOfReview(
  rooms: Rooms,
  about: { event: Event; routine: Routine; active: ReviewRun[]; past: ReviewRun[]; now: Date },
): Promise<Limit | undefined> {
  const { event, routine, active, past, now } = about
  const has = (run: ReviewRun) => run.routines.some(part => part.routine.name === routine.name)
  if (active.some(run => run.status === 'queued' && has(run))) return undefined
  return limitOf(rooms, { repositoryId: event.repository.id, routine, runs: [...active, ...past], now })
}

/** The longest quiet that is asked for holds; who says how runs follow each other, but not `supersede`, waits for the one under way. */
function paceOf({ kind, action }: Event, wanting: { routine: Routine }[], active: ReviewRun[], timing: Timing) {
  const queued = active.find(run => run.status === 'queued')
  const quiets = [...wanting, ...(queued?.routines ?? [])].map(({ routine }) => quietOf(routine))
  const debounce = kind === 'pull_request' ? Math.max(...quiets) : 0
  return {
    pushed: debounce > 0 || (kind === 'pull_request' && action === 'synchronize'),
    patient: wanting.some(({ routine }) => routine.gates.concurrency && concurrencyOf(routine).policy !== 'supersede'),
    timing: debounce > timing.quiet ? { quiet: debounce, quietAtMost: debounce * quietsAtMost } : timing,
  }
}

function quietOf({ gates }: Routine): number {
  return gates.debounce === undefined ? 0 : secondsOf(gates.debounce) * 1000
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
