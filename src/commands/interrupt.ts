// Being told to stop: the first signal asks for an end in order, one that comes later ends at once.

/**
 * Calls `stop` once. A Ctrl-C may arrive twice (the terminal tells everybody, and an older Node that started this hands
 * it on), so only a signal a second after the first ends the process as it is, with the exit code that shells use: 130 or 143.
 */
export function whenToldToStop(signals: ('SIGINT' | 'SIGTERM')[], stop: (signal: string) => void): void {
  let since: number | undefined
  for (const signal of signals)
    process.on(signal, () => {
      if (since === undefined) {
        since = performance.now()
        stop(signal)
      } else if (performance.now() - since > 1000) process.exit(signal === 'SIGINT' ? 130 : 143)
    })
}
