// One run of a pull at a time: a run that comes up while another is under way puts itself off.
import type { Store } from '../domain/store.ts'

/** Milliseconds until it looks again. */
const lookAgain = 3_000

/** True when the run was put off because another run of the same pull is under way. */
export async function waitForOther(ports: { store: Store; now: () => Date }, runId: string): Promise<boolean> {
  const { store, now } = ports
  const run = await store.runs.get(runId)
  if (run?.kind !== 'review' || run.status !== 'queued') return false
  // In one transaction, which holds the pull's runs: a push that joins this run meanwhile would be lost otherwise.
  return store.transaction(async ({ runs }) => {
    const active = await runs.active(run.repository.id, run.number)
    const mine = active.find(one => one.id === runId)
    if (mine?.status !== 'queued' || !active.some(one => one.status === 'running')) return false
    const notBefore = new Date(now().getTime() + lookAgain).toISOString()
    await runs.postpone(runId, { notBefore, pull: mine.pull, routines: mine.routines, asked: mine.asked })
    return true
  })
}
