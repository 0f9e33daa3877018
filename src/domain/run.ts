// One execution, of a review for one pull request or of one routine's task, and the rows about it.
import type { Event, Pull, Repository } from './event.ts'
import type { Pause } from './pause.ts'
import type { Routine } from './routine.ts'

export type RunEnd = 'done' | 'nothing to do' | 'partial' | 'over budget' | 'stopped' | 'superseded' | 'failed'

/** A routine's part in a run. */
export interface RunRoutine {
  routine: Routine
  occurrenceId: string
}

export type Run = ReviewRun | WorkRun

/** All routines that answer the same head of a pull request. */
export interface ReviewRun extends RunRecord {
  kind: 'review'
  number: number
  /** As known at dispatch; the run reads the pull again when it starts. */
  pull: Pull
}

/** One routine's own task, about whatever started it. */
export interface WorkRun extends RunRecord {
  kind: 'work'
  /** Of the pull request or issue it is about, where it is about one. */
  number?: number
  pull?: Pull
  /** What started it, in full. */
  event: Event
  /** What only one run goes on for, where the routine says so: "routine:NAME", "NAME:pull:7", "NAME:branch:main". */
  key: string
  /** What it came to, in Markdown, once it has ended. */
  report?: string
}

interface RunRecord {
  id: string
  repository: Repository
  /** The head it works on; set when it starts. */
  head?: string
  routines: RunRoutine[]
  /** A person asked for it: reviews the head again even if it was reviewed, and is not counted as automatic. */
  asked: boolean
  /** The event that asked first. */
  eventId: string
  status: 'queued' | 'running' | 'ended'
  end?: RunEnd
  because?: string
  /** Raised in the transaction that claims the run; every later write carries it and is refused when it is stale. */
  attempt: number
  requestedAt: string
  notBefore: string
  startedAt?: string
  endedAt?: string
  /** Milliseconds it is expected to take. */
  estimate: number
  /** While queued: the place where it waits for the first fetch of its repository. */
  waits?: number
  /** The repository whose fetch it waits for, where that is one that it reads beside its own. */
  waitsFor?: Repository
  /** How many runs of this pull in a row were superseded before this one. */
  supersededInRow: number
  /** Set when somebody asked it to stop. */
  stop?: {
    end: 'stopped' | 'superseded'
    because: string
    /** The pause that it makes way for, and is asked for anew after. */
    pause?: Pick<Pause, 'scope' | 'at'>
    /** The App may not be there any more: nothing can be said there. */
    gone?: true
  }
  usd: number
}

/** Append-only, by run, attempt and sequence. */
export interface Step {
  runId: string
  key: string
  attempt: number
  sequence: number
  at: string
  value: unknown
}
