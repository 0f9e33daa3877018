// One run of a pull, or of a routine's subject, at a time: a run that comes up while another is under way puts itself off.
import type { ReviewRun, WorkRun } from '../domain/run.ts'
import type { Rooms, Store } from '../domain/store.ts'
import { concurrencyOf } from './subject.ts'

/** Milliseconds until it looks again. */
const lookAgain = 3_000

/** True when the run was put off because of another run: of the same pull, or of the same routine and subject. */
export async function waitForOther(ports: { store: Store; now: () => Date }, runId: string): Promise<boolean> {
  const { store, now } = ports
  const run = await store.runs.get(runId)
  if (run?.status !== 'queued') return false
  // In one transaction, which holds the others: an event that joins this run meanwhile would be lost otherwise.
  return store.transaction(async ({ runs }) => {
    const mine = run.kind === 'review' ? await reviewInLine(runs, run) : await workInLine(runs, run)
    if (!mine) return false
    const notBefore = new Date(now().getTime() + lookAgain).toISOString()
    const { routines, asked } = mine
    await runs.postpone(runId, { notBefore, routines, asked })
    return true
  })
}

/** The run as it is now, when it has to wait. */
async function reviewInLine(
  runs: Rooms['runs'],
  { id, repository, number }: ReviewRun,
): Promise<ReviewRun | undefined> {
  const active = await runs.active(repository.id, number)
  const mine = active.find(one => one.id === id)
  return mine?.status === 'queued' && active.some(one => one.status === 'running') ? mine : undefined
}

/** Runs of one subject start in the order in which they were asked for. */
async function workInLine(
  runs: Rooms['runs'],
  { id, repository, routines, key }: WorkRun,
): Promise<WorkRun | undefined> {
  const routine = routines[0]?.routine
  if (!routine || concurrencyOf(routine).policy === 'parallel') return undefined
  const active = await runs.activeWork(repository.id, routine.name, key)
  const place = active.findIndex(one => one.id === id)
  const mine = active[place]
  const waits = active.some((one, index) => one.id !== id && (one.status === 'running' || index < place))
  return mine?.status === 'queued' && waits ? mine : undefined
}
