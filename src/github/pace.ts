// Keeps each installation's pace: one write at a time, about a second apart, and everybody still while GitHub says wait.
import { setTimeout as sleep } from 'node:timers/promises'
import { Problem } from '../domain/problem.ts'

export interface Pace {
  /** Resolves when the installation may send. Problem `stopped` when the signal aborts first. */
  clear(installation: number, signal?: AbortSignal): Promise<void>
  /** Runs one write at a time, no sooner than a second after the one before it ended; urgent ones go ahead of those that wait. Problem `stopped` when the signal aborts first. */
  write<Result>(
    installation: number,
    run: () => Promise<Result>,
    signal?: AbortSignal,
    urgent?: boolean,
  ): Promise<Result>
  /** Holds every request of the installation. */
  hold(installation: number, milliseconds: number): void
  wait(milliseconds: number, signal?: AbortSignal): Promise<void>
}

/** GitHub's advice on writes (https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#pause-between-mutative-requests). */
const apart = 1000

export function keepPace(scale: number): Pace {
  const heldUntil = new Map<number, number>()
  const lines = new Map<number, Line>()
  const pace: Pace = {
    async clear(installation, signal) {
      for (;;) {
        const left = (heldUntil.get(installation) ?? 0) - performance.now()
        if (left <= 0) return throwIfStopped(signal)
        await rest(left, signal)
      }
    },
    async write(installation, run, signal, urgent = false) {
      const line = lines.get(installation) ?? { busy: false, urgent: [], others: [] }
      lines.set(installation, line)
      await takeTurn(line, urgent, signal)
      try {
        await pace.clear(installation, signal)
      } catch (thrown) {
        passTurn(line)
        throw thrown
      }
      try {
        return await run()
      } finally {
        void rest(apart * scale).then(() => passTurn(line))
      }
    },
    hold(installation, milliseconds) {
      const until = performance.now() + milliseconds * scale
      heldUntil.set(installation, Math.max(until, heldUntil.get(installation) ?? 0))
    },
    wait: (milliseconds, signal) => rest(milliseconds * scale, signal),
  }
  return pace
}

/** Who waits, in order of arrival. */
interface Line {
  busy: boolean
  urgent: (() => void)[]
  others: (() => void)[]
}

async function takeTurn(line: Line, urgent: boolean, signal?: AbortSignal): Promise<void> {
  throwIfStopped(signal)
  if (!line.busy) {
    line.busy = true
    return
  }
  const waiting = urgent ? line.urgent : line.others
  await new Promise<void>((resolve, reject) => {
    const come = () => {
      signal?.removeEventListener('abort', leave)
      resolve()
    }
    const leave = () => {
      waiting.splice(waiting.indexOf(come), 1)
      reject(stopped(signal))
    }
    waiting.push(come)
    signal?.addEventListener('abort', leave, { once: true })
  })
}

function passTurn(line: Line): void {
  const next = line.urgent.shift() ?? line.others.shift()
  if (next) next()
  else line.busy = false
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
  if (signal?.aborted) throw stopped(signal)
}

function stopped(signal?: AbortSignal): Problem {
  return new Problem('stopped', 'The work was stopped before GitHub was asked.', { cause: signal?.reason })
}
