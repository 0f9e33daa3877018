// Cron expressions of every kind, and zones whose clocks jump in different ways, for comparing due times.

export const expressions = [
  '0 2 * * *',
  '30 2 * * *',
  '59 1 * * *',
  '0 3 * * *',
  '1 3 * * *',
  '0 0 * * *',
  '30 0 * * *',
  '59 23 * * *',
  '0 12 * * *',
  '*/20 2 * * *',
  '10,40 1,2,3 * * *',
  '30 1-3 * * *',
  '30 * * * *',
  '0 */6 * * *',
  '15 8-18/5 * * 1-5',
  '0 9 * * 1',
  '0 9 * * 7',
  '0 9 * * sun',
  '30 2 * * 0',
  '0 22 * * 5-7',
  '0 22 * * fri-sun',
  '0 4 * * 1,3,5',
  '0 4 * * MON,WED,FRI',
  '0 4 * * */2',
  '0 0 1 * *',
  '30 2 1 * *',
  '0 0 15 * *',
  '0 0 31 * *',
  '0 0 30 * *',
  '0 0 29 2 *',
  '0 0 28 2 *',
  '0 0 1 1 *',
  '0 0 1 */3 *',
  '0 0 1 jan,jul *',
  '0 0 1 JAN-MAR *',
  '0 6 1-7 * *',
  '0 6 1-7 * 1',
  '0 6 */9 * *',
  '0 6 13 * 5',
  '0 6 13,14 * 5,6',
  '0 6 8-14 * 2',
  '0 6 1 6 *',
  '30 2 25-31 3 0',
  '30 2 25-31 10 0',
  '0 6 * 12 *',
  '0 6 24 12 1-5',
  '0 6 L * *',
  '30 2 L * *',
  '0 6 * * 5L',
  '0 6 * * 1#2',
]

/** Northern and southern, at midnight, and never. */
export const zones = ['Europe/Berlin', 'America/New_York', 'America/Santiago', 'Pacific/Auckland', 'Asia/Kolkata']

/** The jumps of a zone's clock in a year: when, and by how many milliseconds; found by asking what the clock shows. */
export function jumpsOf(zone: string, year: number): Jump[] {
  const key = `${zone} ${year}`
  const known = found.get(key) ?? findJumps(zone, year)
  found.set(key, known)
  return known
}

interface Jump {
  at: number
  by: number
}
const found = new Map<string, Jump[]>()

function findJumps(zone: string, year: number): Jump[] {
  const clock = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' })
  const shown = (instant: number) => Date.parse(`${clock.format(instant).replace(' ', 'T')}Z`)
  const jumps: Jump[] = []
  const [step, day] = [30 * 60_000, 86_400_000]
  for (let from = Date.UTC(year, 0, 1) - step; from < Date.UTC(year + 1, 0, 1) - step; from += day) {
    if (shown(from + day) - shown(from) === day) continue
    for (let instant = from + step; instant <= from + day; instant += step) {
      const by = shown(instant) - shown(instant - step) - step
      if (by !== 0) jumps.push({ at: instant, by })
    }
  }
  return jumps
}
