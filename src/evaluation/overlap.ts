// Whether two comments are about the same lines, and how well.

/** Lines count from 1; none for what is about a file as a whole. */
export interface Span {
  path: string
  side: 'LEFT' | 'RIGHT'
  from?: number
  to?: number
}

/** Lines that may lie between two comments that are still taken for neighbours: as AACR-Bench's own evaluator has it (evaluator_runner/core/match_location.py). */
export const defaultTolerance = 1

/**
 * Above 0 and at most 1: how much of the lines they share, or, when they share none, how near they lie, which always counts for less.
 * Undefined when they are about other files, other sides, lines farther apart than `tolerance`, or have no lines.
 */
export function overlap(a: Span, b: Span, tolerance: number): number | undefined {
  if (a.path !== b.path || a.side !== b.side) return undefined
  if (a.from === undefined || b.from === undefined) return undefined
  const [aTo, bTo] = [a.to ?? a.from, b.to ?? b.from]
  const shared = Math.min(aTo, bTo) - Math.max(a.from, b.from) + 1
  const all = Math.max(aTo, bTo) - Math.min(a.from, b.from) + 1
  if (shared > 0) return nearest + (1 - nearest) * (shared / all)
  /** 1 for lines that follow each other. */
  const apart = 1 - shared
  return apart <= tolerance ? nearest / (1 + apart) : undefined
}

/** What the least overlap is worth more than. */
const nearest = 0.1
