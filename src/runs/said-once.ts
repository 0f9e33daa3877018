// What is said on a pull request or issue is said by one process at a time: each reads what stands before it posts, and two that read at once would both find nothing.
import { unlessAborted } from '../domain/aborting.ts'
import type { Host } from '../domain/host.ts'
import type { Store } from '../domain/store.ts'

/** The same host; its reviews and comments take turns with those of whoever else works on this database. */
export function saidOnce<T extends Host>(host: T, { effects }: Pick<Store, 'effects'>): T {
  return {
    ...host,
    comment: (...said) => {
      const [{ id }, number, key] = said
      return effects.alone(`comment:${id}:${number}:${key}`, () => host.comment(...said))
    },
    // Who is stopped waits for nobody's turn.
    publish: (repository, number, wanted, signal) =>
      unlessAborted(signal, () =>
        effects.alone(`publish:${repository.id}:${number}`, async () => {
          signal.throwIfAborted()
          return host.publish(repository, number, wanted, signal)
        }),
      ),
  }
}
