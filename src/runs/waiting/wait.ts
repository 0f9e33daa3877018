// One run of a pull, or of a routine's subject, at a time: a run that comes up while another is under way stands in line, and is woken when that one ends.
import type { ReviewRun, Run, WorkRun } from '../../domain/run.ts'
import type { Rooms, Store } from '../../domain/store.ts'
import { concurrencyOf } from '../requests/subject.ts'

/** Milliseconds until it looks by itself, lest it waits for somebody who woke nobody: as long as it has waited, within these. */
const lookAgain = { least: 15_000, most: 600_000 }

/** True when the run was put off because of another run: of the same pull, or of the same routine and subject. */
export async function waitForOther(ports: { store: Store; now: () => Date }, runId: string): Promise<boolean> {
  const { store, now } = ports
  const run = await store.runs.get(runId)
  if (run?.status !== 'queued') return false
  // In one transaction, which holds the others: an event that joins this run meanwhile would be lost otherwise.
  return store.transaction(async ({ runs }) => {
    const { mine, waits } = run.kind === 'review' ? await reviewInLine(runs, run) : await workInLine(runs, run)
    if (mine?.status !== 'queued') return false
    const at = now()
    if (waits) await runs.putOff(runId, nextLook(mine, at), at.toISOString())
    else if (Date.parse(mine.notBefore) > at.getTime()) await runs.comeForward(runId, at.toISOString())
    return waits
  })
}

function nextLook({ requestedAt }: Run, now: Date): string {
  const waited = now.getTime() - Date.parse(requestedAt)
  return new Date(now.getTime() + Math.min(Math.max(waited, lookAgain.least), lookAgain.most)).toISOString()
}

/** The run as it is now. */
interface Place {
  mine?: Run | undefined
  waits: boolean
}

async function reviewInLine(runs: Rooms['runs'], { id, repository, number }: ReviewRun): Promise<Place> {
  const active = await runs.active(repository.id, number)
  return { mine: active.find(one => one.id === id), waits: active.some(one => one.status === 'running') }
}

/** Runs of one subject start in the order in which they were asked for. */
async function workInLine(runs: Rooms['runs'], { id, repository, routines, key }: WorkRun): Promise<Place> {
  const routine = routines[0]?.routine
  if (!routine || concurrencyOf(routine).policy === 'parallel') return { waits: false }
  const active = await runs.activeWork(repository.id, routine.name, key)
  const place = active.findIndex(one => one.id === id)
  const waits = active.some((one, index) => one.id !== id && (one.status === 'running' || index < place))
  return { mine: active[place], waits }
}
