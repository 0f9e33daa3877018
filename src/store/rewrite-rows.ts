// Rows whose values are written anew in code and not in SQL, since `json` text may hold escapes that PostgreSQL refuses to look into.

/** Some at a time, until fewer than `most` are found, so that a row must not be found again once it is written. Answers how many were. */
export async function rewriteRows<Row>(
  most: number,
  find: (most: number) => Promise<Row[]>,
  write: (row: Row) => Promise<unknown>,
): Promise<number> {
  for (let written = 0; ; ) {
    const rows = await find(most)
    for (const row of rows) await write(row)
    written += rows.length
    if (rows.length < most) return written
  }
}
