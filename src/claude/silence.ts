// An ear on one call: when nothing at all arrives for a while, its signal aborts. Pings count as signs of life.

export interface Ear {
  signal: AbortSignal
  /** Passes bytes through and notes that they came. */
  tap(): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>
  close(): void
}

export function listen(silentAfterMs: number): Ear {
  const silence = new AbortController()
  const timer = setTimeout(
    () => silence.abort(new Error(`The model sent nothing for ${Math.round(silentAfterMs / 1000)} seconds.`)),
    silentAfterMs,
  )
  return {
    signal: silence.signal,
    tap: () =>
      new TransformStream({
        transform(bytes, passed) {
          timer.refresh()
          passed.enqueue(bytes)
        },
      }),
    close: () => clearTimeout(timer),
  }
}
