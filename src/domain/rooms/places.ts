// Where the App may work, what people wished there, and what the clock watches.
import type { Actor, Repository } from '../event.ts'
import type { Pause } from '../pause.ts'
import type { DecideSchedule, Schedule, TakenSchedule, WatchedEntry } from '../schedule.ts'

export interface PlacesRooms {
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
    /**
     * Remembers what a repository is called now; everything else is keyed by id. What was `told` holds when GitHub's own time of it is later than
     * of what is known, since deliveries come late and again; of the same time, when it came later and GitHub was not asked for what is known.
     * What GitHub was `asked` for just now holds.
     */
    seen(repository: Repository, at: string, how?: 'told' | 'asked'): Promise<void>
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
    /** `whole`: all of the installation, also what was never seen of it. `forGood`: nothing but costs and the audit is kept. Said again it changes nothing, unless `forGood` is another. */
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
     * What is due where the App may be becomes, in one transaction, what `decide` says: an event with its dispatch job, a later time, an occurrence; and the next due time.
     * Any number of processes may call it at once: each due time is taken once. Fewer than `limit` come back when nothing more is due.
     */
    takeDue(now: string, limit: number, decide: DecideSchedule): Promise<TakenSchedule[]>
    /** Where the App may be: to be looked at before then, and not taken by any process; the oldest first. */
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
}

/** pause: no automatic reviews; quiet: comments for critical and high findings only; full: the next review with everybody, whatever the size. */
export type Wish = 'pause' | 'quiet' | 'full'
