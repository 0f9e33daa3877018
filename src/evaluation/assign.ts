// The best way to pair rows with columns, each at most once: as many pairs as possible, and of those ways the one with the highest scores.

/** `score` of a pair that may be is above 0 and at most 1; undefined where it may not. The pairs come in the order of rows. */
export function assign(
  rows: number,
  columns: number,
  score: (row: number, column: number) => number | undefined,
): [row: number, column: number][] {
  // One more pair outweighs every score together.
  const most = Math.min(rows, columns) + 1
  const worth = Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (_, column) => {
      const given = score(row, column)
      return given === undefined ? 0 : most + given
    }),
  )
  // The method wants at least as many columns as rows; a column beyond the last is “no pair”.
  const size = Math.max(rows, columns)
  const chosen = cheapest(rows, size, (row, column) => -(worth[row]![column] ?? 0))
  return chosen.flatMap((column, row) => (worth[row]![column] ? [[row, column] as [number, number]] : []))
}

/**
 * The Hungarian method with potentials (Kuhn 1955, Munkres 1957): the column of each row at the least total cost.
 * Rows are brought in one by one, each along the cheapest augmenting path; row² × columns steps.
 */
function cheapest(rows: number, columns: number, cost: (row: number, column: number) => number): number[] {
  const ofRow = new Array<number>(rows + 1).fill(0)
  const ofColumn = new Array<number>(columns + 1).fill(0)
  /** Column → the row that has it; 0 is nobody, and column 0 is where a new row waits. */
  const taken = new Array<number>(columns + 1).fill(0)
  for (let row = 1; row <= rows; row++) {
    const before = new Array<number>(columns + 1).fill(0)
    const least = new Array<number>(columns + 1).fill(Number.POSITIVE_INFINITY)
    const seen = new Array<boolean>(columns + 1).fill(false)
    taken[0] = row
    let at = 0
    do {
      seen[at] = true
      const from = taken[at]!
      let delta = Number.POSITIVE_INFINITY
      let next = 0
      for (let column = 1; column <= columns; column++) {
        if (seen[column]) continue
        const reduced = cost(from - 1, column - 1) - ofRow[from]! - ofColumn[column]!
        if (reduced < least[column]!) {
          least[column] = reduced
          before[column] = at
        }
        if (least[column]! < delta) {
          delta = least[column]!
          next = column
        }
      }
      for (let column = 0; column <= columns; column++) {
        if (seen[column]) {
          ofRow[taken[column]!]! += delta
          ofColumn[column]! -= delta
        } else least[column]! -= delta
      }
      at = next
    } while (taken[at] !== 0)
    for (; at !== 0; at = before[at]!) taken[at] = taken[before[at]!]!
  }
  const result = new Array<number>(rows).fill(columns)
  for (let column = 1; column <= columns; column++) if (taken[column]) result[taken[column]! - 1] = column - 1
  return result
}
