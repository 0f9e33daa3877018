// What people have put on hold, and what is said of the work that waits for its end.

export interface Pause {
  /** "all", "owner:ID" or "repository:ID". */
  scope: string
  /** The scope as people call it. */
  label: string
  by: string
  at: string
}

export function heldBy({ by, at, label }: Pause): string {
  return `Paused by ${by} since ${at} (${label}); it is queued, and starts when \`watchbill resume\` ends that pause.`
}
