// The port to what is remembered: every promise about durability is written on its method.
import type { RiskTier } from './change.ts'
import type { Meter, Usage } from './conversation.ts'
import type { Actor, Event, Occurrence, Pull, Repository } from './event.ts'
import type { Judged } from './finding.ts'
import type { Pause } from './pause.ts'
import type { Permission } from './permission.ts'
import type { ReviewPoint } from './point.ts'
import type { ReviewRun, Run, RunEnd, RunRoutine, Step, WorkRun } from './run.ts'
import type { DecideSchedule, Schedule, TakenSchedule, WatchedEntry } from './schedule.ts'
import type { FindingOutcome, Signal } from './signal.ts'
import type { ApiToken } from './token.ts'

export interface NewDelivery {
  id: string
  name: string
  action?: string
  repositoryId?: number
  installationId?: number
  /** Of name and raw body, hex sha-256: the id is not signed, the body is. */
  bodyHash: string
  payload: unknown
  at: string
}
export interface Delivery extends NewDelivery {
  /** 'failed': given up, for what `because` says. */
  status: 'stored' | 'dispatched' | 'ignored' | 'failed'
  because?: string
}

export type Job =
  | { queue: 'dispatch'; data: DispatchOf; startAfter?: string }
  | {
      queue: 'run'
      data: { runId: string }
      repositoryId: number
      startAfter?: string
      expireInSeconds: number
      /** It takes one of the places that are open to what the clock starts. */
      byClock?: boolean
    }
  | { queue: 'fetch'; data: Fetch; startAfter?: string }

/** A delivery of GitHub, or an event of our own (clock, API, a person) that is stored as such. */
export type DispatchOf = { deliveryId: string; eventId?: undefined } | { eventId: string; deliveryId?: undefined }

/** The first fetch of a repository to one of the places that workers keep their mirrors in. */
export interface Fetch {
  repositoryId: number
  place: number
}

/** What a worker does with jobs; resolves when handled. A thrown Problem with `retry` is tried again, unless it is the third in a row without a new step between them; that one and all others go to the dead letters, and the run they were about, or the runs that waited for the fetch, end as failed. What is thrown after the signal was aborted counts as no failure. */
export interface JobHandlers {
  dispatch(data: DispatchOf, signal: AbortSignal): Promise<void>
  run(data: { runId: string }, signal: AbortSignal): Promise<void>
  /** Of this worker's place; never called twice at a time for one repository. */
  fetch(data: Fetch, signal: AbortSignal): Promise<void>
}

export interface Store extends Rooms, AsyncDisposable {
  /** The SQL engine in force, for messages. */
  engine: 'PGlite' | 'PostgreSQL'
  /** All of `work`'s writes and jobs commit together or not at all. Nothing outside the given rooms may be awaited inside (PGlite has one connection). */
  transaction<T>(work: (rooms: Rooms) => Promise<T>): Promise<T>
  /** Starts taking jobs; `stop` takes no more, waits up to `graceMs`, then hands the rest back. */
  work(
    handlers: JobHandlers,
    options: { runs: number; runsPerRepository: number; place: number },
  ): Promise<{ stop(graceMs: number): Promise<void> }>
  /** Jobs that failed for good, newest first. */
  deadLetters(): Promise<{ queue: string; data: unknown; because: string; at: string }[]>
  queueDepth(): Promise<{ queue: string; waiting: number; active: number; oldestSeconds: number }[]>
  /** Round trip to the database; throws `unavailable` when it is down. */
  ping(): Promise<void>
  /** VACUUM on the embedded database, retention on both. */
  maintain(now: string): Promise<void>
  /** The embedded database's files as they are at one instant, into a directory that is not there yet; false on a server, which has none. */
  copyFiles(directory: string): Promise<boolean>
}

export interface Rooms {
  deliveries: {
    /** Stores the delivery and its dispatch job in one transaction. 'repeated' when the id or the same event and body are there already; then nothing is written. 'again' when that one had failed: it gets another job. */
    accept(delivery: NewDelivery): Promise<'stored' | 'again' | 'repeated'>
    /** `payload` is undefined once it is older than seven days. */
    get(id: string): Promise<Delivery | undefined>
    mark(id: string, status: Delivery['status'], because?: string): Promise<void>
    /** Which of these ids are here. */
    known(ids: string[]): Promise<Set<string>>
    /** When the last one of each event came since then, by the event's name. */
    lastOfEach(since: string): Promise<{ name: string; at: string }[]>
    /** Newest first, without their payloads. */
    list(limit: number): Promise<Delivery[]>
    /** Stored before then and still not dispatched, oldest first, without their payloads. */
    undispatched(before: string, limit: number): Promise<Delivery[]>
    /** Those that were given up since then, the oldest first. */
    givenUp(since: string, limit: number): Promise<GivenUp[]>
  }
  /** GitHub's list of deliveries against ours. */
  reconciliation: {
    /** The turn, for one process of all: undefined while another one has it (it is free 15 s after the last `hold`), and when a complete comparison began at `unlessSince` or later. */
    begin(turn: { holder: string; at: string; unlessSince: string }): Promise<Watched | undefined>
    /** Keeps the turn; false when another process has it by now. */
    hold(holder: string, at: string): Promise<boolean>
    /** Gives the turn back, with what came of it. */
    end(holder: string, at: string, outcome: Reconciled): Promise<void>
    last(): Promise<(Watched & { ended?: Reconciled & { at: string } }) | undefined>
    /** Attempts at these deliveries that were asked for again; `taken`: GitHub said that it would. */
    asked(deliveries: string[]): Promise<{ attempt: string; delivery: string; taken: boolean }[]>
    /** Before GitHub is asked. */
    ask(attempt: string, delivery: string, at: string): Promise<void>
    /** GitHub has answered. */
    taken(attempt: string, at: string): Promise<void>
    /** Deliveries that were asked for again between the two and are still not here. */
    missing(since: string, before: string): Promise<string[]>
  }
  /** When something that goes on by itself was seen at it last, by any process. */
  signs: {
    give(name: 'tick', at: string): Promise<void>
    last(name: 'tick'): Promise<string | undefined>
  }
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
  findings: {
    /** Upserts by pull and fingerprint; keeps what people decided. */
    save(run: Run, attempt: number, judged: Judged[], at: string): Promise<void>
    ofRun(runId: string): Promise<StoredFinding[]>
    ofPull(repositoryId: number, number: number): Promise<StoredFinding[]>
    /** The one that this comment of ours is about. */
    ofComment(repositoryId: number, number: number, commentId: number): Promise<StoredFinding | undefined>
    get(id: string): Promise<StoredFinding | undefined>
    /** Its state from now on, and one more entry of its life unless it says so already. `when`: the commit and the run that show it; by default the finding's own commit, now. `outOfGate`: what is dismissed shuts no gate any more. */
    mark(
      id: string,
      state: StoredFinding['state'],
      because: string,
      when?: { at: string; head?: string; runId?: string; outOfGate?: boolean },
    ): Promise<void>
    /** Every state that one finding of a pull came into, or all of them, oldest first. */
    life(repositoryId: number, number: number, fingerprint?: string): Promise<FindingState[]>
    placed(id: string, where: string, commentId?: number): Promise<void>
  }
  /** What people said of findings, kept as what it is. */
  signals: {
    /** False when this source has said so already: then nothing is written. */
    note(signal: Signal): Promise<boolean>
    /** Of one finding, or of a whole pull; the oldest first. */
    of(repositoryId: number, number: number, fingerprint?: string): Promise<Signal[]>
    /** Makes 👍 and 👎 of a pull's findings these: one that was taken back is forgotten. */
    setVotes(repositoryId: number, number: number, votes: Signal[]): Promise<void>
    /** The answer to these replies, by their sources; one that has an answer keeps it. */
    answered(signals: Signal[], runId: string, answer: string): Promise<void>
  }
  /** What became of findings once their pull was closed, kept for the rates. */
  outcomes: {
    /** The last word of each finding counts. */
    set(outcomes: FindingOutcome[]): Promise<void>
    /** Of one repository or of all; the oldest first. */
    list(filter: { repositoryId?: number }): Promise<FindingOutcome[]>
  }
  /** To where a pull was reviewed, one for each routine. */
  points: {
    /** The oldest first. */
    of(repositoryId: number, number: number): Promise<ReviewPoint[]>
    /** Refused like every write of a run whose attempt is stale. */
    set(run: ReviewRun, points: ReviewPoint[]): Promise<void>
  }
  effects: {
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
  ledger: {
    /** A meter for one run under all caps; reservations are rows, serialised so that parallel agents share one purse. Left-over reservations of earlier attempts are settled in full as "lost" by claim. `warn` is told each threshold of a cap that a call passes: once in its period, whichever process made the call. */
    meter(
      run: { id: string; attempt: number; repositoryId: number; number?: number },
      caps: Caps,
      warn?: (warning: BudgetWarning) => void,
    ): Meter
    /** What each speaker of a run cost over all of its attempts, dearest first. */
    parts(runId: string): Promise<LedgerPart[]>
    /** Thresholds that this run's calls passed, in the order they were. */
    warnings(runId: string): Promise<BudgetWarning[]>
    entries(filter: { runId?: string; repositoryId?: number; since?: string; limit: number }): Promise<LedgerEntry[]>
    spent(filter: {
      runId?: string
      repositoryId?: number
      number?: number
      since?: string
    }): Promise<{ usd: number; calls: number; usage: Usage }>
  }
  pauses: {
    /** A scope that is paused already stays as it is; the pause in force comes back. */
    set(scope: string, label: string, by: string, at: string): Promise<Pause>
    clear(scope: string): Promise<boolean>
    list(): Promise<Pause[]>
    holds(repository: Pick<Repository, 'id' | 'ownerId'>): Promise<Pause | undefined>
  }
  /** Who pushed, as deliveries told it. */
  pushers: {
    /** `ref`: "pull:7" or "branch:topic". */
    note(repositoryId: number, ref: string, who: Pick<Actor, 'id' | 'login'>, at: string): Promise<void>
    of(repositoryId: number, refs: string[]): Promise<Pick<Actor, 'id' | 'login'>[]>
  }
  /** What people asked for one pull request by comment. */
  wishes: {
    /** The first who wished it stays named. */
    set(repositoryId: number, number: number, wish: Wish, by: string, at: string): Promise<void>
    /** False when there was no such wish. */
    clear(repositoryId: number, number: number, wish: Wish): Promise<boolean>
    of(repositoryId: number, number: number): Promise<Partial<Record<Wish, { by: string; at: string }>>>
  }
  repositories: {
    /** Remembers what a repository is called now; everything else is keyed by id. */
    seen(repository: Repository, at: string): Promise<void>
    find(owner: string, name: string): Promise<Repository | undefined>
    /** Those seen last come first. */
    list(limit: number): Promise<Repository[]>
    /** Those that were seen of an installation and have come to no other since. */
    ofInstallation(installationId: number): Promise<Repository[]>
    /** The id of whoever owns a repository that was seen, by login. */
    owner(login: string): Promise<number | undefined>
  }
  /** Where the App may not be any more: nothing starts there, nothing is due there, and the nightly work erases the code of it. */
  away: {
    /** `whole`: all of the installation, also what was never seen of it. `forGood`: nothing but costs and the audit is kept. Said again it changes nothing. */
    leave(left: {
      installationId: number
      whole: boolean
      repositoryIds: number[]
      forGood: boolean
      because: string
      at: string
    }): Promise<void>
    /** The installation works, and has these. */
    back(installationId: number, repositoryIds: number[]): Promise<void>
    /** The sentence why nothing may be done there; undefined where something may. */
    of(repository: Pick<Repository, 'id' | 'installationId'>): Promise<string | undefined>
    list(): Promise<{ kind: 'installation' | 'repository'; id: number; forGood: boolean }[]>
  }
  schedules: {
    /** Of one repository. */
    of(repositoryId: number): Promise<Schedule[]>
    /** The next due first. */
    list(limit: number): Promise<Schedule[]>
    /** Makes a repository's rows these. What stays keeps its due time; new ones get `due`, or where their one time is `past` an occurrence that says so; of what goes while it is due an occurrence says that too. */
    keep(
      repositoryId: number,
      entries: (WatchedEntry & { due?: string; past?: string })[],
      at: string,
      /** Of `beginRead`, before the files were read: nothing is kept once a later read was. */
      read?: number,
    ): Promise<void>
    /** The place of a read of a configuration among all, of any process. */
    beginRead(): Promise<number>
    /**
     * What is due becomes, in one transaction, what `decide` says: an event with its dispatch job, a later time, an occurrence; and the next due time.
     * Any number of processes may call it at once: each due time is taken once. Fewer than `limit` come back when nothing more is due.
     */
    takeDue(now: string, limit: number, decide: DecideSchedule): Promise<TakenSchedule[]>
    /** To be looked at before then, and not taken by any process; the oldest first. */
    untaken(before: string, limit: number): Promise<Schedule[]>
    /** True for one caller, of any process, in each period of so many seconds. */
    turn(what: string, now: string, seconds: number): Promise<boolean>
    /** The next turn comes then. */
    turnAt(what: string, at: string): Promise<void>
    /** By repository: what of it was read last to know its schedules. */
    reads(): Promise<Map<number, string>>
    markRead(repositoryId: number, asOf: string, at: string): Promise<void>
    unmarkRead(repositoryId: number): Promise<void>
  }
  audit: {
    /** Hash-chained: each row carries the hash of the row before it. */
    append(row: { at: string; who: string; what: string; about: string; detail?: unknown }): Promise<void>
    list(limit: number): Promise<{ at: string; who: string; what: string; about: string; hash: string }[]>
    /** The first row whose hash does not fit, or undefined. */
    verify(): Promise<number | undefined>
  }
  tokens: {
    /** `hash`: sha-256 of the token as it was shown, hex. */
    make(token: ApiToken & { hash: string }): Promise<void>
    find(id: string): Promise<(ApiToken & { hash: string }) | undefined>
    /** Newest first. */
    list(): Promise<ApiToken[]>
    /** False when there is none of this id that was not revoked already. */
    revoke(id: string, at: string): Promise<boolean>
    used(id: string, at: string): Promise<void>
    /** False when there is none of this id that is not revoked. */
    expire(id: string, at: string): Promise<boolean>
    /** The key is free again, if it still stands for that event. */
    forget(tokenId: string, key: string, eventId: string): Promise<void>
    /** What a token asked for under an idempotency key stays the same event for a day. `sameBody` is false when the key came with another body. */
    once(asked: {
      tokenId: string
      key: string
      bodyHash: string
      eventId: string
      at: string
    }): Promise<{ eventId: string; sameBody: boolean }>
  }
  events: {
    /** Stores an event of our own and its dispatch job, due at `after` or now, in one transaction. 'repeated' when the id is there already; then nothing is written. */
    accept(event: Event, after?: string): Promise<'stored' | 'repeated'>
    /** Everything that a dispatch does was done for it. */
    done(id: string, at: string): Promise<void>
    isDone(id: string): Promise<boolean>
    get(id: string): Promise<Event | undefined>
    /** Our own, accepted before then and still not dispatched, oldest first. */
    undispatched(before: string, limit: number): Promise<Event[]>
    /** Our own that were given up since then, the oldest first; the routine that one names has an occurrence which says why. */
    givenUp(since: string, limit: number): Promise<GivenUp[]>
    /** Keeps what filters read of an event and of what was fetched for it, for replays: without payloads and long texts, for 90 days. */
    keep(event: Event, facts: EventFacts): Promise<void>
    /** Kept events of a repository, oldest first. */
    since(repositoryId: number, since: string, limit: number): Promise<{ event: Event; facts: EventFacts }[]>
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

/** `watchedSince`: when this database began to compare. `reached`: when the last complete comparison began; everything before it was compared. */
export interface Watched {
  watchedSince: string
  reached?: string | undefined
}

/** What came of one comparison of GitHub's deliveries with ours. */
export interface Reconciled {
  /** Everything was compared, and all that was to be asked for was. */
  complete: boolean
  /** Attempts that GitHub lists. */
  read: number
  /** Deliveries that GitHub could not make, and those that somebody else must have answered. */
  failed: number
  missing: number
  /** For how many of them GitHub took the wish to deliver again. */
  asked: number
  because: string
}

/** What nobody comes back to. */
interface GivenUp {
  id: string
  /** What GitHub calls the delivery; of an event its kind. */
  name: string
  because: string
  /** When it was given up. */
  at: string
}

/** What was fetched once for an event in dispatch; absent where nothing asked for it. */
export interface EventFacts {
  paths?: string[]
  permission?: Permission
  installationSize?: number
  /** Results of the searches that gates asked for, by search text. */
  searches?: Record<string, number>
}

/** pause: no automatic reviews; quiet: comments for critical and high findings only; full: the next review with everybody, whatever the size. */
export type Wish = 'pause' | 'quiet' | 'full'

/** US dollars; each is the most that scope may have spent once the call is paid. */
export interface Caps {
  run: number
  pull: number
  repositoryDay: number
  serverRun: number
  serverDay: number
  serverMonth: number
}

/** A cap that outlives a run, when a call passed a threshold of it. */
export interface BudgetWarning {
  cap: 'pull' | 'repositoryDay' | 'serverDay' | 'serverMonth'
  /** "2026-11-21" or "2026-11", UTC; empty for a pull's life. */
  period: string
  /** 100 also stands for a call that was refused, though less is spent. */
  percent: number
  capUsd: number
  /** US dollars spent, calls under way counted in full; and what of it is set aside for those. */
  usd: number
  setAsideUsd: number
}

/** `usd` counts what is reserved as spent; `setAsideUsd` is how much of it that is. */
export interface LedgerPart {
  name: string
  kind: string
  usd: number
  setAsideUsd: number
}

export interface LedgerEntry {
  id: string
  runId: string
  repositoryId: number
  number?: number
  attempt: number
  name: string
  kind: string
  model: string
  usage: Usage
  /** Set aside; and settled, absent while the call is under way. */
  reservedUsd: number
  usd?: number
  status: string
  milliseconds?: number
  at: string
}

/** One entry of a finding's life. */
export interface FindingState {
  fingerprint: string
  state: StoredFinding['state']
  because: string
  head?: string
  runId?: string
  at: string
}

export interface StoredFinding extends Judged {
  /** `<runId>-<finding id>`: what `explain` takes. */
  rowId: string
  runId: string
  repositoryId: number
  number: number
  state: 'open' | 'fixed' | 'dismissed' | 'stale' | 'posted elsewhere'
  stateBecause: string
  /** Dismissed by somebody who may open the gate, or withdrawn on code. */
  outOfGate?: true
  where?: string
  commentId?: number
  head: string
  at: string
}
