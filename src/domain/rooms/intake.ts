// What came in: deliveries, events of our own, and GitHub's list held against ours.
import type { Event } from '../event.ts'
import type { Permission } from '../permission.ts'

export interface IntakeRooms {
  deliveries: {
    /** Stores the delivery and its dispatch job in one transaction. 'repeated' when the id or the same event and body are there already; then nothing is written. 'again' when that one had failed: it gets another job. */
    accept(delivery: NewDelivery): Promise<'stored' | 'again' | 'repeated'>
    /** `payload` is undefined once it is older than seven days, or was erased with the code of its repository. */
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

/** `watchedSince`: when this database began to compare. `reached`: when the last complete comparison began; everything before it was compared. */
interface Watched {
  watchedSince: string
  reached?: string | undefined
}

/** What came of one comparison of GitHub's deliveries with ours. */
export interface Reconciled {
  /** Everything was compared, and all that was to be asked for was. */
  complete: boolean
  /** The list goes further back than is read of it. */
  cut?: true
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
