// Pure rules of one routine's runs about one subject: when a new one starts, which one it joins, waits for, or puts an end to.
import type { Event } from '../../domain/event.ts'
import { secondsOf } from '../../domain/gates.ts'
import type { Routine } from '../../domain/routine.ts'
import type { WorkRun } from '../../domain/run.ts'
import { instant } from './limits.ts'
import { concurrencyOf, isAsked, nameOfKey } from './subject.ts'

export type WorkArrangement =
  /** The run that waits to start carries the newest event. */
  | { do: 'join'; run: WorkRun; notBefore: string; because: string }
  /** The run that is under way stands for this event too. */
  | { do: 'share'; run: WorkRun; because: string }
  | { do: 'start'; notBefore: string; because: string }
  | { do: 'queue'; run: WorkRun; notBefore: string; because: string }
  | { do: 'supersede'; runs: WorkRun[]; notBefore: string; because: string }

/** A burst that does not end puts its run off this many times its quiet at most. */
export const quietsAtMost = 6

/** `active` are the runs of the same routine and subject that have not ended, oldest first. */
export function arrangeWork(input: {
  routine: Routine
  event: Event
  key: string
  active: WorkRun[]
  now: Date
  /** A pause holds it: nothing starts now, and what is said of the pause says when. */
  held?: boolean
}): WorkArrangement {
  const { routine, event, key, active, now, held } = input
  const { policy } = concurrencyOf(routine)
  const { debounce } = routine.gates
  const quiet = debounce === undefined || isAsked(event) ? 0 : secondsOf(debounce) * 1000
  const queued = active.findLast(run => run.status === 'queued' && !run.stop)
  const under = active.findLast(run => run.status === 'running' && !run.stop)
  if (queued && (debounce !== undefined || policy === 'coalesce'))
    return join(queued, debounce === undefined ? undefined : quiet, now, event)
  if (under && policy === 'coalesce')
    return {
      do: 'share',
      run: under,
      because: `Run ${under.id} is under way for ${nameOfKey(key)}; it stands for this too.${event.text === undefined ? '' : ' The text that came with this reaches nobody.'}`,
    }
  const notBefore = new Date(now.getTime() + quiet).toISOString()
  const start = held
    ? ''
    : quiet > 0
      ? `It starts at ${instant(new Date(notBefore))}, after ${debounce} of quiet.`
      : 'It starts now.'
  const last = active.at(-1)
  if (!last || policy === 'parallel') return { do: 'start', notBefore, because: start }
  const going = active.filter(run => !run.stop)
  if (policy === 'supersede' && going.length > 0) {
    const ids = going.map(run => run.id).join(', ')
    return { do: 'supersede', runs: going, notBefore, because: `It replaces run ${ids} for ${nameOfKey(key)}.` }
  }
  return {
    do: 'queue',
    run: last,
    notBefore,
    because: `It waits for run ${last.id}, which is for ${nameOfKey(key)} too.`,
  }
}

function join(run: WorkRun, quiet: number | undefined, now: Date, event: Event): WorkArrangement {
  const [newer, older] = event.at >= run.event.at ? [event, run.event] : [run.event, event]
  const lost =
    older.text === undefined || older.text === newer.text
      ? ''
      : ' It carries the newest event; the text that came with the earlier one reaches nobody.'
  const because = `Joined run ${run.id}, which was waiting to start.${lost}`
  if (quiet === undefined) return { do: 'join', run, notBefore: run.notBefore, because }
  const latest = Math.max(Date.parse(run.requestedAt) + quietsAtMost * quiet, now.getTime())
  const notBefore = new Date(Math.min(now.getTime() + quiet, latest))
  return {
    do: 'join',
    run,
    notBefore: notBefore.toISOString(),
    because: `${because} It starts at ${instant(notBefore)}.`,
  }
}
