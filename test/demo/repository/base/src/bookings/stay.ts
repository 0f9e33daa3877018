/** Milliseconds. */
export const day = 24 * 60 * 60 * 1000

export function nights(arrives: Date, leaves: Date): number {
  return Math.max(1, Math.round((leaves.getTime() - arrives.getTime()) / day))
}
