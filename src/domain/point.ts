// To which commit a pull was reviewed, and under which rules: where the next review goes on from.

/** Of one routine: the last review that looked at everything and came to stand on GitHub in full. JSON-safe. */
export interface ReviewPoint {
  routine: string
  runId: string
  head: string
  base: string
  mergeBase: string
  /** What the review went by, each under the name that people know it by: `REVIEW.md`, `settings`, `agent security`. Hex sha-256. */
  digests: Record<string, string>
  /** Changed files that nobody looked at there. */
  skipped: string[]
  at: string
}
