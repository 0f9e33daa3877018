// "@watchbill review": the words at the start of a comment, and the known word nearest to an unknown one.

/** The command a comment gives: its first line begins with "@NAME word"; text in quotes or code never does. Names are the app's slug and "watchbill". */
export function readCommand(body: string, names: string[]): { word: string; rest: string } | undefined {
  const [first = ''] = body.slice(0, 2000).trimStart().split(/\r?\n/)
  const said = /^@([\w-]+)(?:\[bot\])?[ \t]+([A-Za-z-]{1,30})(?:[ \t]+(.*))?$/.exec(first.trimEnd())
  if (!said?.[1] || !said[2] || !names.some(name => name.toLowerCase() === said[1]?.toLowerCase())) return undefined
  return { word: said[2].toLowerCase(), rest: (said[3] ?? '').slice(0, 1000) }
}

/** The candidate within two edits of `word` (a third of its length for long words), nearest first; undefined when none is near. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const close = candidates
    .map(candidate => ({ candidate, distance: editDistance(word.slice(0, 60), candidate) }))
    .filter(({ candidate, distance }) => distance <= Math.max(2, Math.floor(candidate.length / 3)))
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
