// The known word that somebody probably meant.

/** The candidate within two edits of `word` (a third of its length for long words), nearest first; undefined when none is near. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const close = candidates
    .map(candidate => ({ candidate, distance: editDistance(word.slice(0, 60), candidate) }))
    .filter(({ candidate, distance }) => distance <= Math.max(2, Math.floor(candidate.length / 3)))
    .filter(({ candidate, distance }) => distance < candidate.length)
    .sort((a, b) => a.distance - b.distance)
  return close[0]?.candidate
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++)
      next[j] = Math.min((next[j - 1] ?? 0) + 1, (row[j] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1))
    row = next
  }
  return row[b.length] ?? 0
}
