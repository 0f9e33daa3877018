// What is asked of GitHub in the background, which nobody waits for once the server stops.
import { AsyncLocalStorage } from 'node:async_hooks'

const current = new AsyncLocalStorage<AbortSignal>()

/** Within `work`, also in what it starts, reads and waits end as failures of GitHub to answer once the signal aborts; a write under way is let finish. */
export function inBackground<T>(signal: AbortSignal, work: () => T): T {
  return current.run(signal, work)
}

/** Of the work that asks now. */
export function backgroundSignal(): AbortSignal | undefined {
  return current.getStore()
}
