// Keeps each installation's pace: one write at a time, about a second apart, and everybody still while GitHub says wait.
import { setTimeout as sleep } from 'node:timers/promises'
import { Problem } from '../domain/problem.ts'

export interface Pace {
  /** Resolves when the installation may send. Problem `stopped` when the signal aborts first. */
  clear(installation: number, signal?: AbortSignal): Promise<void>
  /** Runs one write after the one before it, no sooner than a second after that ended. */
  write<Result>(installation: number, run: () => Promise<Result>, signal?: AbortSignal): Promise<Result>
  /** Holds every request of the installation. */
  hold(installation: number, milliseconds: number): void
  wait(milliseconds: number, signal?: AbortSignal): Promise<void>
}

/** GitHub's advice on writes (https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#pause-between-mutative-requests). */
const apart = 1000

export function keepPace(scale: number): Pace {
  const heldUntil = new Map<number, number>()
  const lines = new Map<number, Promise<unknown>>()
  const pace: Pace = {
    async clear(installation, signal) {
      for (;;) {
        const left = (heldUntil.get(installation) ?? 0) - performance.now()
        if (left <= 0) return throwIfStopped(signal)
        await rest(left, signal)
      }
    },
    async write(installation, run, signal) {
      const before = lines.get(installation) ?? Promise.resolve()
      const mine = before.then(async () => {
        await pace.clear(installation, signal)
        return run()
      })
      const done = mine.then(
        () => rest(apart * scale),
        () => rest(apart * scale),
      )
      lines.set(installation, done)
      done.then(() => lines.get(installation) === done && lines.delete(installation))
      return mine
    },
    hold(installation, milliseconds) {
      const until = performance.now() + milliseconds * scale
      heldUntil.set(installation, Math.max(until, heldUntil.get(installation) ?? 0))
    },
    wait: (milliseconds, signal) => rest(milliseconds * scale, signal),
  }
  return pace
}

async function rest(milliseconds: number, signal?: AbortSignal): Promise<void> {
  throwIfStopped(signal)
  try {
    await sleep(milliseconds, undefined, signal ? { signal } : {})
  } catch {
    throwIfStopped(signal)
  }
}

function throwIfStopped(signal?: AbortSignal): void {
  if (signal?.aborted)
    throw new Problem('stopped', 'The work was stopped before GitHub was asked.', { cause: signal.reason })
}
