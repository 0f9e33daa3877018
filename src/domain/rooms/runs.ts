// Runs: what was asked for, who has it in hand, and every step that it took.
import type { RiskTier } from '../change.ts'
import type { Event, Occurrence, Pull, Repository } from '../event.ts'
import type { Pause } from '../pause.ts'
import type { ReviewRun, Run, RunEnd, RunRoutine, Step, WorkRun } from '../run.ts'

export interface RunsRooms {
  occurrences: {
    /** Unique by event and routine: a second record of the same pair changes nothing and returns the first. */
    record(occurrence: Occurrence): Promise<Occurrence>
    /** As `record` of each, in their order, at the cost of one. */
    recordAll(occurrences: Occurrence[]): Promise<Occurrence[]>
    update(id: string, change: Partial<Pick<Occurrence, 'verdict' | 'because' | 'runId'>>): Promise<void>
    get(id: string): Promise<Occurrence | undefined>
    ofEvent(eventId: string): Promise<Occurrence[]>
    ofRun(runId: string): Promise<Occurrence[]>
    list(filter: { repositoryId?: number; number?: number; limit: number }): Promise<Occurrence[]>
  }
  runs: {
    /** Inserts the run and sends its job (group: repository). */
    request(run: NewRun): Promise<Run>
    get(id: string): Promise<Run | undefined>
    /** Ids of the runs that begin so, the newest first, 10 at most. */
    called(beginning: string): Promise<string[]>
    /** Queued and running runs of a pull, oldest first; locks the pull's rows for the rest of the transaction on PostgreSQL. */
    active(repositoryId: number, number: number): Promise<ReviewRun[]>
    /** Queued and running runs of any kind that are about this pull or issue, oldest first; nothing is locked. */
    activeAbout(repositoryId: number, number: number): Promise<Run[]>
    /** Ended runs of a pull, newest first. */
    past(repositoryId: number, number: number, limit: number): Promise<ReviewRun[]>
    /** Queued and running work runs of a routine with this key, oldest first; locks the routine for the rest of the transaction on PostgreSQL. */
    activeWork(repositoryId: number, routine: string, key: string): Promise<WorkRun[]>
    /** Ended work runs with this key, newest first. */
    pastWork(repositoryId: number, key: string, limit: number): Promise<WorkRun[]>
    /** How many runs of a routine were requested since, and when the last one was (of this key, where given). Superseded ones count. Locks the routine as `activeWork` does. */
    ofRoutine(
      repositoryId: number,
      routine: string,
      since: string,
      key?: string,
    ): Promise<{ count: number; last?: string }>
    list(filter: { repositoryId?: number; limit: number }): Promise<Run[]>
    /** Moves a queued run: later start, newer pull, another event with the number and pull it is about, more routines. Sends another job for the new time; what it waited for is asked anew then. */
    postpone(
      id: string,
      change: {
        notBefore: string
        pull?: Pull
        routines: RunRoutine[]
        asked: boolean
        event?: Event
        number?: number
      },
    ): Promise<void>
    /** Puts a queued run in line behind another: it looks again when that one has ended, or at `until`. */
    putOff(id: string, until: string, at: string): Promise<void>
    /** Nobody is before it in the line any more: it may start at once. Nothing to one that waits for its own time, or for a fetch. */
    comeForward(id: string, at: string): Promise<void>
    /** All that are queued or running, oldest first. */
    underWay(): Promise<Run[]>
    /** Those that this pause stopped or asked to stop, newest first. */
    pausedBy(pause: Pick<Pause, 'scope' | 'at'>): Promise<Run[]>
    /** Asks once more for what the run `id` was asked for, as run `newId`: in its place among others, to start now; a review as if a person asked, so that it is not counted twice. */
    again(id: string, newId: string, at: string): Promise<Run>
    /** Keeps a queued run from starting while a pause holds its repository, and answers the sentence why; undefined when none does. It looks again by itself every ten minutes. */
    hold(id: string, now: string): Promise<string | undefined>
    /** Queued ones whose time came before then, oldest first. */
    unclaimed(before: string, limit: number): Promise<Run[]>
    /** Queued ones that were put off for another run or for a fetch since before then, oldest first. */
    inLine(before: string, limit: number): Promise<Run[]>
    /**
     * Raises `attempt` and sets status running. Returns undefined when the run has ended, its time has not come or a pause holds its repository (a job sent too early is simply done: another one is due).
     * Where the App may not be any more it ends the run as stopped, and returns undefined too.
     * A running run is claimed again only by a job that is its successor (the previous worker is dead); the old attempt's writes are refused from then on.
     * The sixth death of its worker in a row without a step stored between them ends it as failed; attempts that were handed back or failed in words count as none.
     */
    claim(id: string, now: string): Promise<Run | undefined>
    /** Problem `conflict` when `attempt` is stale, here and in every write below that carries one. */
    head(id: string, attempt: number, head: string): Promise<void>
    /** How large a review it turned out to be. */
    tier(id: string, attempt: number, tier: RiskTier): Promise<void>
    /** What complete reviews of this size cost in the repository and how long they took, in US dollars and milliseconds, newest first. */
    costs(repositoryId: number, tier: RiskTier, limit: number): Promise<{ usd: number; milliseconds: number }[]>
    /** What a work run came to, in Markdown. */
    report(id: string, attempt: number, report: string): Promise<void>
    /** Wakes the next in its line, as every other end of a run does too. */
    end(id: string, attempt: number, end: RunEnd, because: string, at: string): Promise<void>
    /** Ends a queued run at once, and sends a job that says so on its checks; asks a running one to stop. */
    stop(id: string, stop: NonNullable<Run['stop']>, at: string): Promise<'ended' | 'asked' | 'already ended'>
    /** Asked-for stops of these runs: polled by the worker every 500 ms while it runs something. */
    stops(ids: string[]): Promise<{ id: string; stop: NonNullable<Run['stop']> }[]>
    /** Automatic runs of a pull that were requested since `since`. */
    countAutomatic(repositoryId: number, number: number, since: string): Promise<number>
  }
  fetches: {
    /** Puts a queued run off until `until`, or until its repository (or `beside`, which it reads too) is fetched to `place`, and sends the job of that fetch unless it has one. False when the run has started or ended. */
    wait(runId: string, place: number, until: string, beside?: Repository): Promise<boolean>
    /** Runs that have not started, of the repository or waiting for it, oldest first; those that wait for a fetch say so. */
    queued(repositoryId: number): Promise<Run[]>
    /** Starts those that wait for it. */
    done(fetch: Fetch, at: string): Promise<void>
  }
  steps: {
    /** All of a run's steps, or those of one key, in order, across attempts. */
    list(runId: string, key?: string): Promise<Step[]>
    /** Those after this sequence number, in order. */
    after(runId: string, sequence: number): Promise<Step[]>
    append(runId: string, attempt: number, key: string, value: unknown, at: string): Promise<void>
  }
  effects: {
    /** Runs `work` while nobody else runs any of that key, so that two who find nothing there do not both make it; a dead process holds nothing, and one that hangs is waited for a minute. */
    alone<T>(key: string, work: () => Promise<T>): Promise<T>
    /** Writes the intent. `first`: nobody wrote it before, so that nothing of it can stand yet; `receipt`: of when it was done already. */
    intend(effect: {
      key: string
      runId?: string
      kind: string
      intent: unknown
      at: string
    }): Promise<{ first: boolean; receipt?: unknown }>
    done(key: string, receipt: unknown, at: string): Promise<void>
    ofRun(runId: string): Promise<{ key: string; kind: string; intent: unknown; receipt?: unknown; at: string }[]>
    get(key: string): Promise<{ receipt?: unknown } | undefined>
  }
}

type Later =
  | 'status'
  | 'attempt'
  | 'usd'
  | 'head'
  | 'end'
  | 'because'
  | 'startedAt'
  | 'endedAt'
  | 'stop'
  | 'waits'
  | 'report'

export type NewRun = (Omit<ReviewRun, Later> | Omit<WorkRun, Later>) & { expireInSeconds: number }

/** The first fetch of a repository to one of the places that workers keep their mirrors in. */
export interface Fetch {
  repositoryId: number
  place: number
}
