// Past events against the configuration in force and another one: how often each routine would have fired, at what cost, and where the two differ. Pure.
import type { Event, Repository } from '../../domain/event.ts'
import type { Granted } from '../../domain/host.ts'
import type { Example, Replay, RoutineReplay, Tally } from '../../domain/replay.ts'
import type { Configuration, Routine } from '../../domain/routine.ts'
import { openEffort } from '../../routines/index.ts'
import { openClock } from './clock.ts'
import { type Outcome, openSide, type PastEvent, type Side } from './side.ts'

export interface ReplayInput {
  repository: Repository
  /** In force, and in its place. */
  before: Configuration
  after: Configuration
  from: Date
  until: Date
  usual: Usual
  /** Repositories that the installation holds: a fact of no event, which stands in where none was kept. */
  installationSize?: number | undefined
  /** What the App holds now: no event keeps it, and it would hold for both. */
  granted?: Granted | undefined
}

export interface Usual {
  /** US dollars that one run of the routine usually costs, about such an event. */
  usd(routine: Routine, event: Event): number
  /** Where that figure comes from, as the end of a sentence. */
  basis(routine: Routine): string
}

/** Most examples from each end. */
const shown = 5

/** Steps that one meeting of a routine and an event takes beside those of its expressions. */
const stepsOfMeeting = 10
/** And what a time of the clock takes beside that. */
const stepsOfDue = 50

export interface OpenReplay {
  /** Replays so many times of the clock up to then, all of them unless told how many; false once none is left. */
  tick(until: string, most?: number): boolean
  add(past: PastEvent[]): void
  /** Steps so far; see `Effort`. */
  spent(): number
  /** When the last thing that was replayed happened. ISO 8601. */
  reached(): string | undefined
  end(until?: Date): Replay
}

/** Takes past events in the order of their times, in as many parts as one likes; `end` gives the result. */
export function openReplay(input: ReplayInput): OpenReplay {
  const sides = { before: openSide(input.before, input.granted), after: openSide(input.after, input.granted) }
  const tallies = new Map<string, Counted>()
  const clock = openClock(input.repository, input.from, input)
  const last = input.until.toISOString()
  let size = input.installationSize
  let [events, spent] = [0, 0]
  let reached: string | undefined

  return {
    tick,
    spent: () => spent,
    reached: () => reached,
    add(past) {
      for (const { event, facts } of past) {
        // What the clock did then is worked out anew for both.
        if (event.kind === 'schedule') continue
        size = facts.installationSize ?? size
        const one = { event, facts: size === undefined ? facts : { ...facts, installationSize: size } }
        events++
        tick(event.at)
        reached = event.at
        record(one, answer(sides.before, one), answer(sides.after, one))
      }
    },
    end(until = input.until) {
      tick(until.toISOString())
      return summary({ ...input, until }, events, tallies)
    },
  }

  /** Each side has all of an event's effort, as it would have if it were in force. */
  function answer(side: Side, past: PastEvent): Answers {
    const effort = openEffort()
    const outcomes = side(past, effort)
    spent += effort.spent + stepsOfMeeting * outcomes.length
    return new Map(outcomes.map(outcome => [outcome.routine, outcome]))
  }

  function tick(until: string, most = Number.POSITIVE_INFINITY): boolean {
    const end = until < last ? until : last
    for (let count = 0; count < most; count++) {
      const due = clock.next(end)
      if (!due) return false
      const { which, event } = due
      const past = { event, facts: {} }
      const outcomes = answer(sides[which], past)
      spent += stepsOfDue
      reached = event.at
      if (which === 'before') record(past, outcomes, undefined)
      else record(past, undefined, outcomes)
    }
    return true
  }

  function record(past: PastEvent, was: Answers | undefined, is: Answers | undefined): void {
    for (const [side, answers, other] of [
      ['before', was, is],
      ['after', is, was],
    ] as const)
      for (const [name, outcome] of answers ?? []) {
        const counted = tallies.get(name) ?? openCount()
        tallies.set(name, counted)
        tally(counted[side], outcome, () => {
          const routine = input[side].routines.find(one => one.name === name)
          return routine ? input.usual.usd(routine, past.event) : 0
        })
        const example = () => ({ at: past.event.at, what: describe(past.event), because: outcome.because })
        if (side === 'after' && outcome.verdict === 'fires') keep(counted.fires, example)
        const instead = other?.get(name)
        if (side === 'before' && outcome.verdict === 'fires' && other && instead?.verdict !== 'fires')
          keep(counted.lost, () => ({
            ...example(),
            because: instead?.because ?? 'There is no such routine any more.',
          }))
      }
  }
}

type Answers = Map<string, Outcome>

interface Ends {
  first: Example[]
  last: Example[]
}
interface Counted {
  before: Tally
  after: Tally
  fires: Ends
  lost: Ends
}

const openTally = (): Tally => ({ fired: 0, usd: 0, overCap: 0, unknown: 0 })
const openCount = (): Counted => ({
  before: openTally(),
  after: openTally(),
  fires: { first: [], last: [] },
  lost: { first: [], last: [] },
})

function tally(into: Tally, { verdict }: Outcome, usd: () => number): void {
  if (verdict === 'unknown') into.unknown++
  if (verdict === 'over cap') into.overCap++
  if (verdict !== 'fires') return
  into.fired++
  into.usd += usd()
}

function keep({ first, last }: Ends, example: () => Example): void {
  if (first.length < shown) first.push(example())
  else {
    last.push(example())
    if (last.length > shown) last.shift()
  }
}

function summary(input: ReplayInput, events: number, tallies: Map<string, Counted>): Replay {
  const [before, after] = [input.before.routines, input.after.routines]
  const names = [...new Set([...before, ...after].map(routine => routine.name))]
  const routines = names.map((name): RoutineReplay => {
    const counted = tallies.get(name) ?? openCount()
    const was = before.find(routine => routine.name === name)
    const is = after.find(routine => routine.name === name)
    return {
      routine: name,
      ...(was ? { before: counted.before } : {}),
      ...(is ? { after: counted.after } : {}),
      changed: meaningOf(was) !== meaningOf(is),
      fires: [...counted.fires.first, ...counted.fires.last],
      lost: [...counted.lost.first, ...counted.lost.last],
      basis: input.usual.basis((is ?? was)!),
    }
  })
  return {
    from: input.from.toISOString(),
    until: input.until.toISOString(),
    events,
    routines,
    before: sum(routines.flatMap(one => one.before ?? [])),
    after: sum(routines.flatMap(one => one.after ?? [])),
  }
}

function sum(tallies: Tally[]): Tally {
  const total = openTally()
  for (const one of tallies) for (const key of Object.keys(total) as (keyof Tally)[]) total[key] += one[key]
  return total
}

/** Without where it was read from. */
function meaningOf(routine: Routine | undefined): string {
  if (!routine) return ''
  const { path: _, commit: __, source: ___, ...meaning } = routine
  return JSON.stringify(meaning)
}

function describe(event: Event): string {
  const { kind, action, actor, pull, issue, push, release, outcome } = event
  const number = event.number ?? pull?.number
  if (kind === 'schedule') return 'its time came'
  if (kind === 'api' || kind === 'manual')
    return kind === 'api' ? 'a call of the API' : `started by hand by ${actor.login}`
  if (push) return `${actor.login} pushed to ${push.branch ?? push.tag ?? push.ref}`
  if (release) return `release ${release.tag} ${action}`
  if (outcome) return `${outcome.name} ended as ${outcome.state}`
  if (kind === 'label') return `the label ${event.label} set on #${issue?.number ?? number}`
  if (issue) return `issue #${issue.number} ${action}`
  if (kind === 'comment') return `"${action}" asked by ${actor.login} on #${number}`
  return `pull request ${number === undefined ? '' : `#${number} `}${action}`
}
