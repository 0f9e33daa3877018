// One line of a benchmark's result, and the arithmetic they share.

export interface Figure {
  what: string
  value: string
  /** What it is held to, in words. */
  limit?: string
  met?: boolean
  /** What it was measured beside. */
  beside?: string[]
}

/** The value below which `share` of the sorted numbers lie. */
export function quantile(numbers: number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

export const percent = (share: number) => `${(share * 100).toFixed(1)} %`
export const ms = (milliseconds: number) =>
  `${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms`
