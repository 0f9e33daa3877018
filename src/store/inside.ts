// Knows whether a call is made inside a transaction, so that using the store there instead of the given rooms fails at once.
import { AsyncLocalStorage } from 'node:async_hooks'

export interface Inside {
  /** Runs the transaction's work. */
  run<T>(work: () => Promise<T>): Promise<T>
  /** Throws inside that work: on PGlite's only connection such a call would wait for ever, on a server it would not see what the transaction wrote. */
  guard(): void
}

export function trackInside(): Inside {
  const current = new AsyncLocalStorage<{ open: boolean }>()
  return {
    run(work) {
      const transaction = { open: true }
      return current.run(transaction, async () => {
        try {
          return await work()
        } finally {
          // What was started inside and lives longer may use the store again.
          transaction.open = false
        }
      })
    },
    guard() {
      if (current.getStore()?.open) {
        throw new Error('The store was used inside its own transaction; use the rooms that the transaction was given.')
      }
    },
  }
}
