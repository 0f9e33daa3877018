// One execution for one pull request, and the rows about it.
import type { Pull, Repository } from './event.ts'
import type { Routine } from './routine.ts'

export const runEnds = ['done', 'nothing to do', 'partial', 'over budget', 'stopped', 'superseded', 'failed'] as const
export type RunEnd = (typeof runEnds)[number]

/** A routine's part in a run. */
export interface RunRoutine {
  routine: Routine
  occurrenceId: string
}

export interface Run {
  id: string
  kind: 'review'
  repository: Repository
  number: number
  /** As known at dispatch; the run reads the pull again when it starts. */
  pull: Pull
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
  /** How many runs of this pull in a row were superseded before this one. */
  supersededInRow: number
  /** Set when somebody asked it to stop. */
  stop?: { end: 'stopped' | 'superseded'; because: string }
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
