// The times of the clock that two configurations would have had, as events, oldest first, each worked out when it is asked for: there may be a million.
import type { Event, Repository } from '../../domain/event.ts'
import type { Configuration } from '../../domain/routine.ts'
import { clock } from '../../domain/schedule.ts'
import { dueAfter, entriesOf, seedOf } from '../../routines/index.ts'

export type Which = 'before' | 'after'

interface Due {
  which: Which
  event: Event
}

export interface Clock {
  /** The next one up to then; undefined when there is none. */
  next(until: string): Due | undefined
}

interface Line {
  which: Which
  routine: string
  /** ISO 8601. */
  at: string
  rest: Iterator<Date>
}

export function openClock(repository: Repository, from: Date, sides: Record<Which, Configuration>): Clock {
  // The one that is due next comes last.
  const lines: Line[] = []
  const line = (which: Which, routine: string, rest: Iterator<Date>) => {
    const { value, done } = rest.next()
    if (done) return
    const at = value.toISOString()
    lines.splice(placeOf(lines, at), 0, { which, routine, at, rest })
  }
  for (const which of ['before', 'after'] as const)
    for (const { name, on, off } of sides[which].routines)
      for (const entry of off === undefined ? entriesOf(on.schedule) : [])
        line(which, name, dueAfter(entry, from, seedOf(repository.id, name)))
  return {
    next(until) {
      const next = lines.at(-1)
      if (!next || next.at > until) return undefined
      lines.pop()
      const { which, routine, at, rest } = next
      line(which, routine, rest)
      const about = { repository, actor: clock, routine, due: { at, missed: 0 }, own: false }
      return { which, event: { id: `replay ${routine} ${at}`, kind: 'schedule', action: 'due', at, ...about } }
    },
  }
}

/** Lines are in falling order of their times: the index of the first that is not after `at`. */
function placeOf(lines: Line[], at: string): number {
  let [low, high] = [0, lines.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (lines[middle]!.at > at) low = middle + 1
    else high = middle
  }
  return low
}
