const perDay = 50

let today = ''
const exportsToday = new Map<number, number>()

/** Counts one more export; false once a marina has had its share of the day. */
export function mayExport(marinaId: number, now: Date): boolean {
  const date = now.toISOString().slice(0, 10)
  if (date !== today) {
    today = date
    exportsToday.clear()
  }
  const used = exportsToday.get(marinaId) ?? 0
  exportsToday.set(marinaId, used + 1)
  return used < perDay
}
