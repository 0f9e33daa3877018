// What is said on a pull request or issue is said by one process at a time: each reads what stands before it posts, and two that read at once would both find nothing.
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
    publish: (repository, number, wanted, signal) =>
      untilAborted(
        signal,
        effects.alone(`publish:${repository.id}:${number}`, async () => {
          signal.throwIfAborted()
          return host.publish(repository, number, wanted, signal)
        }),
      ),
  }
}

/** Who is stopped waits for nobody's turn. */
async function untilAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  signal.throwIfAborted()
  const { promise, reject } = Promise.withResolvers<never>()
  const abort = () => reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([work, promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
