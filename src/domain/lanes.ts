// Pieces of work side by side, so many at a time; a failure stops the others before it is thrown.

/**
 * Begins in the order given. What one throws is thrown once all have ended, and aborts the signal that the others were given, with it as the
 * reason; none is begun after that.
 */
export async function inLanes<T>(
  items: T[],
  { atOnce = 8, signal }: { atOnce?: number | undefined; signal: AbortSignal },
  work: (item: T, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const waiting = [...items]
  const broken = new AbortController()
  const either = AbortSignal.any([signal, broken.signal])
  const lane = async () => {
    while (waiting.length > 0) await work(waiting.shift()!, either)
  }
  const giveUp = (thrown: unknown) => {
    waiting.length = 0
    broken.abort(thrown)
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, waiting.length) }, () => lane().catch(giveUp)))
  if (broken.signal.aborted) throw broken.signal.reason
}
