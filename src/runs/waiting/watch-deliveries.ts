// When GitHub's deliveries are compared with ours: at each start, then every hour, by one process of all.
import { setTimeout as sleep } from 'node:timers/promises'
import { asProblem } from '../../domain/problem.ts'
import { type ReconcilePorts, reconcile } from './reconcile.ts'

/** Milliseconds. */
const every = 3_600_000
/** After one that did not come to its end. */
const againAfter = 60_000
/** While another process has the turn, which may be a dead one's. */
const askEvery = 5_000

/** How long a stop waits for what is under way. */
const patience = 2_000

/** Goes on until `stop`; `scale` below 1 shortens the waits after what went wrong, for tests. */
export function watchDeliveries(ports: ReconcilePorts, scale = 1): { stop(): Promise<void> } {
  const { store, now, log } = ports
  const stopped = new AbortController()
  let unlessSince = now()
  let timer: NodeJS.Timeout | undefined
  let going: Promise<void> = go()

  async function go(): Promise<void> {
    const wait = await look().catch(thrown => {
      if (!stopped.signal.aborted)
        log(
          { problem: asProblem(thrown).message },
          "GitHub's deliveries could not be compared with ours; it is tried again.",
        )
      return againAfter * scale
    })
    if (stopped.signal.aborted) return
    timer = setTimeout(() => {
      going = go()
    }, wait)
    timer.unref()
  }

  /** Milliseconds until the next. */
  async function look(): Promise<number> {
    const outcome = await reconcile(ports, unlessSince.toISOString(), stopped.signal)
    if (outcome && !outcome.complete) return againAfter * scale
    const reached = Date.parse((await store.reconciliation.last())?.reached ?? '')
    if (!(reached >= unlessSince.getTime())) return askEvery * scale
    unlessSince = new Date(reached + every)
    return Math.max(unlessSince.getTime() - now().getTime(), askEvery * scale)
  }

  return {
    async stop() {
      stopped.abort()
      clearTimeout(timer)
      // Where GitHub has it wait, nobody waits for that.
      await Promise.race([going, sleep(patience, undefined, { ref: false })])
    },
  }
}
