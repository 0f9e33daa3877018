// One run of a pull at a time: a run that comes up while another is under way puts itself off.
import type { Store } from '../domain/store.ts'

/** Milliseconds until it looks again. */
const lookAgain = 3_000

/** True when the run was put off because another run of the same pull is under way. */
export async function waitForOther(ports: { store: Store; now: () => Date }, runId: string): Promise<boolean> {
  const { store, now } = ports
  const run = await store.runs.get(runId)
  if (run?.status !== 'queued') return false
  const active = await store.runs.active(run.repository.id, run.number)
  if (!active.some(other => other.id !== runId && other.status === 'running')) return false
  const notBefore = new Date(now().getTime() + lookAgain).toISOString()
  await store.runs.postpone(runId, { notBefore, pull: run.pull, routines: run.routines, asked: run.asked })
  return true
}
