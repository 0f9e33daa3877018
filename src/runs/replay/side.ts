// One configuration against past events: what each of its routines would have done, with what came before taken into account. Pure.
import type { Event } from '../../domain/event.ts'
import { secondsOf } from '../../domain/gates.ts'
import type { Granted } from '../../domain/host.ts'
import type { Configuration, Routine } from '../../domain/routine.ts'
import type { EventFacts } from '../../domain/store.ts'
import { concerns, type Effort, within } from '../../routines/index.ts'
import { defaultTiming } from '../requests/arrange.ts'
import { quietsAtMost } from '../requests/arrange-work.ts'
import { overCap } from '../requests/limits.ts'
import { meetAll } from '../requests/meet.ts'
import { isAsked, keyOf, pullNumberOf, subjectOf } from '../requests/subject.ts'
import { lacksPull, unknownOf } from './unknown.ts'

export interface PastEvent {
  event: Event
  facts: EventFacts
}

export type Outcome = {
  routine: string
  /** `joins`: it stands in the run of an earlier event. `over cap`: its gates on earlier runs refuse it. `unknown`: a fact that it asks for was not kept. */
  verdict: 'fires' | 'joins' | 'over cap' | 'unknown' | 'skipped'
  because: string
}

/** Answers events in the order of their times. */
export type Side = (past: PastEvent, effort: Effort) => Outcome[]

/** `granted`: what the App holds now, which what starts by itself may need more of. */
export function openSide(configuration: Configuration, granted?: Granted): Side {
  const byName = new Map(configuration.routines.map(routine => [routine.name, routine]))
  const candidates = ({ routine }: Event) =>
    routine === undefined ? configuration.routines : [byName.get(routine)].filter(one => one !== undefined)
  const memory = new Map<string, Memory>()
  const automatic = openCounter()
  return (past, effort) => {
    const { event, facts } = past
    const pull = event.pull
    const number = pullNumberOf(event)
    const now = new Date(event.at)
    const asked = {
      event,
      pull,
      configuration,
      routines: candidates(event).filter(routine => concerns(routine, event)),
      known: facts,
      unknown: {},
      paused: undefined,
      unwanted: undefined,
      automatic: automatic.of(number, event.at),
      ...(granted && !isAsked(event) && { granted }),
    }
    const meetings = meetAll(asked, effort)
    const outcomes = meetings.map(({ name, verdict, because }): Outcome => {
      const routine = byName.get(name)
      const unknown =
        routine &&
        (lacksPull(routine, event) ?? within(effort, () => unknownOf(routine, configuration.settings, past, verdict)))
      if (unknown) return { routine: name, verdict: 'unknown', because: unknown }
      if (!routine || verdict !== 'answers') return { routine: name, verdict: 'skipped', because }
      const known = memory.get(name) ?? { starts: [], heads: new Set(), waiting: new Map(), last: new Map() }
      memory.set(name, known)
      return { routine: name, ...follow(known, routine, event, now, because) }
    })
    const reviewed = outcomes.some(
      ({ verdict, routine }) =>
        verdict === 'fires' && event.kind === 'pull_request' && byName.get(routine)?.kind === 'review',
    )
    if (reviewed) automatic.count(number, event.at)
    return outcomes
  }
}

/** What is remembered of one routine: its starts (milliseconds), the heads of pulls it has reviewed, what waits for quiet, and the last start for each subject. */
interface Memory {
  starts: number[]
  heads: Set<string>
  waiting: Map<string, { since: number; until: number }>
  last: Map<string, number>
}

function follow(memory: Memory, routine: Routine, event: Event, now: Date, because: string): Omit<Outcome, 'routine'> {
  const at = now.getTime()
  const subject = subjectOf(event) ?? ''
  const key = routine.kind === 'work' ? keyOf(routine, event) : subject
  const head = event.pull && `${subject} ${event.pull.head.sha}`
  const quiet = quietOf(routine, event)
  const waiting = memory.waiting.get(key)
  if (waiting && at < waiting.until) {
    waiting.until = Math.max(at, Math.min(at + quiet, waiting.since + longest(routine, quiet)))
    if (head) memory.heads.add(head)
    return { verdict: 'joins', because: `${because} It joins the run that waits for quiet.` }
  }
  if (routine.kind === 'review' && head && !isAsked(event) && memory.heads.has(head))
    return { verdict: 'joins', because: `${because} The commit was reviewed already.` }
  const limit = limitOf(memory, routine, subject, now)
  if (limit) return { verdict: 'over cap', because: `${because} ${limit}` }
  memory.starts.push(at)
  memory.last.set(subject, at)
  if (head) memory.heads.add(head)
  if (quiet > 0) memory.waiting.set(key, { since: at, until: at + quiet })
  return { verdict: 'fires', because }
}

/** Milliseconds; a review of a push waits for quiet whatever its routine says. */
function quietOf({ kind, gates }: Routine, event: Event): number {
  if (isAsked(event)) return 0
  const own = gates.debounce === undefined ? 0 : secondsOf(gates.debounce) * 1000
  const pushed = kind === 'review' && event.kind === 'pull_request' && event.action === 'synchronize'
  return pushed ? Math.max(own, defaultTiming.quiet) : own
}

function longest({ gates }: Routine, quiet: number): number {
  return gates.debounce === undefined ? defaultTiming.quietAtMost : quietsAtMost * quiet
}

function limitOf({ starts, last }: Memory, routine: Routine, subject: string, now: Date): string | undefined {
  const { cooldown, runs } = routine.gates
  const before = last.get(subject)
  if (cooldown !== undefined && before !== undefined && now.getTime() - before < secondsOf(cooldown) * 1000)
    return `cooldown: it started less than ${cooldown} before.`
  if (!runs) return undefined
  const day = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate())
  const month = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1)
  const since = (from: number) => starts.length - firstFrom(starts, from)
  return overCap(routine, { day: since(day), month: since(month) }, now)?.because
}

/** Starts are in order: the index of the first that is not before `from`. */
function firstFrom(starts: number[], from: number): number {
  let [low, high] = [0, starts.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((starts[middle] ?? 0) < from) low = middle + 1
    else high = middle
  }
  return low
}

/** Automatic reviews of each pull, ever and by day. */
function openCounter() {
  const counts = new Map<string, number>()
  const keys = (number: number | undefined, at: string) => [`${number}`, `${number} ${at.slice(0, 10)}`] as const
  return {
    of(number: number | undefined, at: string) {
      const [ever, today] = keys(number, at)
      return { ever: counts.get(ever) ?? 0, today: counts.get(today) ?? 0 }
    },
    count(number: number | undefined, at: string) {
      for (const key of keys(number, at)) counts.set(key, (counts.get(key) ?? 0) + 1)
    },
  }
}
