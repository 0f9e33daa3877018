// The time that a run's stages may take, counted once for all of them, and what a stop does to a stage.
import { Problem } from '../../domain/problem.ts'

/** Share of the plan's time that finders may use; the rest is kept for judging, so that what was found still gets its answer. */
export const finderShare = 0.7

/** Aborts at a share of the plan's time, counted from now for all stages alike. */
export function deadlines(signal: AbortSignal, milliseconds: number): (share: number) => AbortSignal {
  const began = performance.now()
  return share => {
    const left = began + milliseconds * share - performance.now()
    return AbortSignal.any([signal, AbortSignal.timeout(Math.max(0, Math.round(left)))])
  }
}

/** A stage that was cut short by a stop is not stored as if it had ended by itself. */
export function unlessStopped<T>(signal: AbortSignal, value: T): T {
  if (signal.aborted)
    throw signal.reason instanceof Problem
      ? signal.reason
      : new Problem('stopped', 'The run was stopped.', { cause: signal.reason })
  return value
}
