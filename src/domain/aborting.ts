// Work that is waited for only while its signal is not aborted.

/**
 * What the work comes to; thrown as soon as the signal is aborted: its reason. Work that was under way by then goes on, and its own failure is
 * nobody's any more; none is begun after that.
 */
export async function unlessAborted<T>(signal: AbortSignal, begin: () => T | Promise<T>): Promise<T> {
  signal.throwIfAborted()
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const leave = () => reject(signal.reason)
  signal.addEventListener('abort', leave, { once: true })
  try {
    return await Promise.race([begin(), aborted])
  } finally {
    signal.removeEventListener('abort', leave)
  }
}
