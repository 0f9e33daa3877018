// A run that comes up during a pause stays queued, and its checks say by whom it is held.
import type { ReviewPorts } from '../ports.ts'
import { showWaiting } from './show-waiting.ts'

/** True when the run is held; whoever ends the pause starts it. */
export async function waitForResume(ports: ReviewPorts, runId: string): Promise<boolean> {
  const { store, now } = ports
  const before = await store.runs.get(runId)
  if (before?.status !== 'queued') return false
  const because = await store.runs.hold(runId, now().toISOString())
  if (because === undefined) return false
  if (before.because === because) return true
  ports.log({ run: runId }, because)
  await showWaiting(ports, { ...before, waits: undefined, waitsFor: undefined }, 'paused', because)
  return true
}
