// The gates that ask what ran before: the pause after a start, and the caps of a day and a month (UTC).
import { secondsOf } from '../../domain/gates.ts'
import type { Routine } from '../../domain/routine.ts'
import type { Run } from '../../domain/run.ts'
import type { Rooms } from '../../domain/store.ts'

/** Why no run starts now, and when one may again (ISO 8601). */
export interface Limit {
  because: string
  retryAt: string
}

/** `runs` are the latest of the same subject. Inside the transaction that requests the run: the store lets nobody else decide about this routine meanwhile. */
export async function limitOf(
  rooms: Pick<Rooms, 'runs'>,
  about: { repositoryId: number; routine: Routine; runs: Run[]; now: Date },
): Promise<Limit | undefined> {
  const { repositoryId, routine, runs, now } = about
  const cooling = coolingDown(routine, runs, now)
  if (cooling || !routine.gates.runs) return cooling
  const { day, month } = periodsOf(now)
  const since = async (start: string) => (await rooms.runs.ofRoutine(repositoryId, routine.name, start)).count
  return overCap(routine, { day: await since(day.start), month: await since(month.start) }, now)
}

/** Runs of one key that may wait for their turn. */
const lineAtMost = 100
/** Milliseconds after which a place in a line is likely free. */
const likelyFree = 600_000

/** `active` are those of one key that have not ended; `name`: what they are for. */
export function lineFull(active: Run[], name: string, now: Date): Limit | undefined {
  if (active.filter(run => run.status === 'queued').length < lineAtMost) return undefined
  const retryAt = new Date(now.getTime() + likelyFree)
  return {
    because: `concurrency: ${lineAtMost} runs wait for ${name} already, which is the most; try again at ${instant(retryAt)}, when some may have ended.`,
    retryAt: retryAt.toISOString(),
  }
}

/** A run that waits to start counts from when it is to start; one that ended before it started does not count. */
function coolingDown({ name, gates }: Routine, runs: Run[], now: Date): Limit | undefined {
  if (gates.cooldown === undefined) return undefined
  const starts = runs
    .filter(run => run.routines.some(part => part.routine.name === name))
    .map(run => ({ run, at: Date.parse(run.startedAt ?? (run.status === 'queued' ? run.notBefore : '')) }))
    .filter(({ at }) => !Number.isNaN(at))
  const last = starts.sort((a, b) => b.at - a.at)[0]
  const ends = last && new Date(last.at + secondsOf(gates.cooldown) * 1000)
  if (!ends || ends <= now) return undefined
  const verb = last.run.startedAt === undefined ? 'is to start' : 'started'
  return {
    because: `cooldown: run ${last.run.id} ${verb} at ${instant(new Date(last.at))}, and no other starts within ${gates.cooldown} of it; it opens again at ${instant(ends)}.`,
    retryAt: ends.toISOString(),
  }
}

export function overCap({ gates }: Routine, counted: { day: number; month: number }, now: Date): Limit | undefined {
  const periods = periodsOf(now)
  for (const [cap, words] of [
    ['month', 'this month'],
    ['day', 'today'],
  ] as const) {
    const most = gates.runs?.[cap]
    if (most === undefined || counted[cap] < most) continue
    const { end } = periods[cap]
    return {
      because: `runs: ${counted[cap]} ${counted[cap] === 1 ? 'run' : 'runs'} ${words}, and \`runs.${cap}: ${most}\` is the most; it opens again at ${instant(end)}.`,
      retryAt: end.toISOString(),
    }
  }
  return undefined
}

function periodsOf(now: Date) {
  const [year, month, day] = [now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()]
  const period = (from: number, to: number) => ({ start: new Date(from).toISOString(), end: new Date(to) })
  return {
    day: period(Date.UTC(year, month, day), Date.UTC(year, month, day + 1)),
    month: period(Date.UTC(year, month, 1), Date.UTC(year, month + 1, 1)),
  }
}

/** "2026-11-21 10:05:00 UTC". */
export function instant(at: Date): string {
  return `${at.toISOString().slice(0, 19).replace('T', ' ')} UTC`
}
