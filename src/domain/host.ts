// The port to GitHub: what we ask of it, each promise on its method. Only `publish` and the check methods write.
import type { Actor, Event, Pull, Push, Repository } from './event.ts'
import type { Held, InstallationNews } from './installed.ts'
import type { Stated } from './intent.ts'
import type { Permission } from './permission.ts'
import type { Reads } from './routine.ts'
import type { Severity } from './severity.ts'
import type { Gathered } from './task.ts'

export interface RepositoryFile {
  path: string
  text: string
  /** Why its text was not read, as the end of a sentence about it ("is larger than …"): it is a broken file then. */
  problem?: string
}

export interface TrustedFile {
  path: string
  /** Where the text lies: `path` is a symbolic link to it. */
  target?: string
  bytes: number
  text(): Promise<string>
}

export interface Host {
  /** The raw body's signature, by the current secret or the previous one. */
  verify(raw: string, signature: string | undefined): Promise<boolean>
  /** Before a delivery of this name is read: what people call the App is asked of GitHub where its comments depend on it. Fails when GitHub does not say, so that the delivery is read again later. */
  learnName(event: string): Promise<void>
  /** A delivery as an Event; undefined when nothing here answers such a delivery. Pure. Never throws on odd payloads: a field that should be there and is not makes it undefined. */
  readEvent(delivery: { id: string; name: string; payload: unknown; at: string }): Event | undefined
  /** Of one that is no event: what it tells of where the App may be. */
  readNews(delivery: { name: string; payload: unknown }): InstallationNews | undefined
  /** Whether GitHub knows an event of this name (else the delivery is answered 202 and not stored). */
  knowsEvent(name: string): boolean
  repository(installationId: number, owner: string, name: string): Promise<Repository>
  /** Problem `not_found` when the pull does not exist. */
  pull(repository: Repository, number: number): Promise<Pull>
  /** Pull requests opened since then and when, as far as one page of a hundred goes; not `all` where there are more. */
  openedSince(repository: Repository, since: string): Promise<{ pulls: { pull: Pull; at: string }[]; all: boolean }>
  /** The full name of the commit that `heads/BRANCH`, `tags/TAG` or a shorter name stands for. Problem `not_found` when there is none. */
  commit(repository: Repository, ref: string): Promise<string>
  /** Texts of one kind that agents may be given, bounded, about the event where it says what; what can not be had, such as for a permission that was not granted, is a sentence. */
  gather(repository: Repository, what: Reads, event: Event): Promise<{ texts: Gathered[]; notes: string[] }>
  /** Accounts that wrote or committed what the pull brings; commits of nobody whom GitHub knows name none. */
  contributors(repository: Repository, pull: Pick<Pull, 'base' | 'head'>): Promise<Contributors>
  /** From GitHub's permission endpoint; `author_association` is never used. */
  permission(repository: Repository, login: string): Promise<Permission>
  /** Files below `folder` (one level and `agents/`) at the default branch's tip, with that commit. Missing folder or repository: no files. One that is too large comes with its `problem`. An unreadable one: Problem `unavailable`. */
  configuration(repository: Repository): Promise<{
    commit: string
    repository: RepositoryFile[]
    organisation: RepositoryFile[]
    organisationCommit?: string
  }>
  /** The same files of the repository alone at one commit, whoever wrote it: hostile, and never in force. */
  configurationAt(repository: Repository, commit: string): Promise<RepositoryFile[]>
  /** One file at one commit; undefined when there is none. Problem `too_large` beyond 64 kB. */
  fileAt(repository: Repository, commit: string, path: string): Promise<string | undefined>
  /** Whether a commit is in the history of the default branch: GitHub also serves those of forks under this repository's name. */
  contains(repository: Repository, commit: string): Promise<boolean>
  /** Whether a login, or ORGANISATION/TEAM, is still there for this repository; undefined: the App may not know. Kept for an hour. */
  ownerStands(repository: Repository, owner: string): Promise<{ stands: boolean | undefined; because: string }>
  /** Those of the files that there are, in the order given, at the base branch when that is protected, else at the default branch. `missed`: sentences on what was not looked for or read. */
  trustedFiles(
    repository: Repository,
    baseRef: string,
    paths: string[],
  ): Promise<{ from: string; files: TrustedFile[]; missed: string[] }>
  /** What a pull says it does, and the issues it closes by a keyword: anybody's words, bounded. */
  stated(repository: Repository, pull: Pick<Pull, 'title' | 'body'>): Promise<Stated>
  /** Paths a pull changes (both names of a rename), for filters only; undefined past GitHub's limit of 3,000 files. */
  changedPaths(repository: Repository, number: number): Promise<string[] | undefined>
  /** Paths a push changed (both names of a rename), for filters only; a new branch is compared with the default branch. undefined past GitHub's limit of 300 files, and where the commit from before is gone. */
  pushedPaths(repository: Repository, push: Pick<Push, 'before' | 'after'>): Promise<string[] | undefined>
  /** How many issues and pull requests of the repository a search in GitHub's syntax finds. Problem `bad_input` when GitHub does not take it, or it names another place. */
  search(repository: Repository, query: string): Promise<number>
  /** Where the App is installed and not suspended, by number. */
  installations(): Promise<number[]>
  /** What an installation holds at this moment. */
  held(installationId: number): Promise<Held>
  /** What an installation was given, without archived ones, and when each was pushed to last. */
  repositories(installationId: number): Promise<{ repository: Repository; pushedAt?: string }[]>
  /** How many repositories the installation holds. */
  installationSize(installationId: number): Promise<number>
  /** A token for git, for this repository and contents: read only. */
  gitToken(repository: Repository): Promise<string>
  /** As `gitToken`, for exactly these repositories of one installation, made for one run. */
  gitTokenOf(runId: string, repositories: Repository[]): Promise<string>
  cloneUrl(repository: Repository): string
  /** Ours that stand on the pull (known by app id, never by name or marker alone). */
  standing(repository: Repository, number: number): Promise<Standing>
  /** Creates, or finds again by name and external id, a check run. `first`: nobody tried before, so it is not looked for. */
  openCheck(
    repository: Repository,
    check: CheckUpdate & { head: string; externalId: string; first?: boolean },
  ): Promise<number>
  /** Annotations past 50 go in further requests; texts over GitHub's limits are cut with a sentence. Without a name it keeps its own. */
  updateCheck(repository: Repository, checkId: number, check: NamelessUpdate): Promise<void>
  /** Our check runs on a commit. */
  checks(
    repository: Repository,
    head: string,
  ): Promise<
    {
      id: number
      name: string
      externalId: string
      status: string
      conclusion: string | null
      title: string
      summary: string
    }[]
  >
  /**
   * Makes the pull's comments what `wanted` says: posts what is missing as ONE batched review, edits ours that changed, and leaves all else alone.
   * Safe to repeat after a crash or a lost answer: reads what stands first, by marker and app id. What GitHub refuses inline goes down the ladder
   * inline → file comment → review body, and the receipt says where each key came to stand. Re-reads after posting.
   */
  publish(repository: Repository, number: number, wanted: WantedReview, signal: AbortSignal): Promise<PublishReceipt>
  /**
   * Results (a SARIF log) for code scanning, about one commit of `ref` (`refs/heads/main`). Safe to repeat: a later upload of the same
   * category takes the place of the one before. Where the App may not write there, or it is not switched on, nothing is handed over, and `because` says so.
   */
  uploadSarif(
    repository: Repository,
    results: { commit: string; ref: string; sarif: object },
  ): Promise<{ id: string } | { because: string }>
  /** Off an issue: Problem `forbidden` where the App was not granted `issues: write`. */
  removeLabel(repository: Repository, number: number, label: string, on: 'pull' | 'issue'): Promise<void>
  /** 👀 and the like, on the comment that gave a command. On an issue: Problem `forbidden` where the App was not granted `issues: write`. */
  react(
    repository: Repository,
    comment: { id: number; kind: 'issue' | 'review' },
    content: 'eyes' | '+1' | '-1' | 'confused',
    on?: 'pull' | 'issue',
  ): Promise<void>
  /** What the App holds where it is installed on the repository; at most a minute old. */
  granted(repository: Pick<Repository, 'installationId'>): Promise<Granted>
  /** Attempts of GitHub to deliver to the App since then, the newest first; not `all` of them where there are very many. */
  attempts(since: string, signal?: AbortSignal): Promise<{ attempts: DeliveryAttempt[]; all: boolean }>
  /** Has GitHub deliver once more what an attempt was to deliver. Problem `not_found` when GitHub does not have it any more; `unavailable` says nothing on whether it does. */
  deliverAgain(attempt: string): Promise<void>
  /** The App as GitHub has it. */
  ourselves(): Promise<Ourselves>
  /** Thumbs of people on review comments of ours, bounded: no more than 50 comments and 200 reactions on each are read. */
  thumbs(repository: Repository, number: number, comments: number[]): Promise<Thumb[]>
  /** An answer on the conversation of a pull or issue; with `thread`, in the thread of that review comment. Idempotent by `key`. */
  comment(
    repository: Repository,
    number: number,
    key: string,
    body: string,
    thread?: number,
    on?: 'pull' | 'issue',
  ): Promise<void>
}

/** `all`: every commit was read. */
export interface Contributors {
  people: Pick<Actor, 'id' | 'login'>[]
  all: boolean
}

export interface DeliveryAttempt {
  /** A number larger than JavaScript's, as text. */
  id: string
  /** The GUID, which all attempts at one delivery share. */
  delivery: string
  event: string
  at: string
  /** Of HTTP; 0 when nobody answered. */
  status: number
}

export interface Ourselves {
  slug: string
  permissions: Record<string, string | undefined>
  events: string[]
  installations?: number
  /** Where deliveries go. */
  hookUrl?: string
  /** How far this machine's clock is ahead of GitHub's. */
  aheadSeconds?: number
  pages: { app: string; permissions: string }
}

export interface Granted {
  /** By name, as GitHub has it: `actions`. */
  permissions: Record<string, string | undefined>
  /** The names of those that it hears. */
  events: string[]
  /** Where the App's owner adds more, and where the installation's owner accepts that. */
  pages: { add: string; accept: string }
}

export interface Thumb {
  id: number
  comment: number
  what: 'up' | 'down'
  by: Actor
  /** GitHub calls them owner, member or collaborator where they commented on this pull. It decides who is asked about first, and nothing else. */
  belongs?: true
  at: string
}

/** What a review that somebody runs by hand needs: everything but webhooks and checks. */
export type HandHost = Pick<
  Host,
  | 'pull'
  | 'configuration'
  | 'repository'
  | 'commit'
  | 'fileAt'
  | 'contains'
  | 'trustedFiles'
  | 'stated'
  | 'gitToken'
  | 'cloneUrl'
  | 'standing'
  | 'publish'
> & {
  /** Problem `not_found` when it does not exist, or whoever asks may not see it. */
  find(owner: string, name: string): Promise<Repository>
}

export interface Annotation {
  path: string
  startLine: number
  endLine: number
  level: 'notice' | 'warning' | 'failure'
  title: string
  message: string
}

export interface CheckUpdate {
  name: string
  status: 'queued' | 'in_progress' | 'completed'
  conclusion?: 'success' | 'neutral' | 'failure' | 'skipped' | 'cancelled' | 'action_required'
  title: string
  summary: string
  text?: string
  annotations?: Annotation[]
  buttons?: { label: string; description: string; identifier: string }[]
}

/** Of a check that has a name already. */
export type NamelessUpdate = Omit<CheckUpdate, 'name'> & { name?: string }

/** One comment wanted on the diff. `key` is the finding's fingerprint; it travels in a marker in the body. */
export interface WantedComment {
  key: string
  severity: Severity
  path: string
  /** Absent: a comment on the file. */
  line?: number
  startLine?: number
  side?: 'LEFT' | 'RIGHT'
  body: string
  /** What the review's body says when it can stand nowhere else. */
  fallback: string
}

export interface WantedReview {
  /** Of the run; the marker in the review's body, so that a repeated run finds its own review. */
  key: string
  head: string
  /** Empty: no review is posted (comments empty too), only edits are made. */
  body: string
  comments: WantedComment[]
  /** Our own comments to be edited: "Fixed in abc1234". `key`: what it is known by from then on, so that another comment can have its key. */
  edits: { commentId: number; body: string; key?: string }[]
  /** Threads to resolve, where the permission for it exists. */
  resolve: string[]
}

export interface PublishReceipt {
  reviewId?: number
  /** Where each wanted comment came to stand, in the order wanted. */
  placed: { key: string; where: 'inline' | 'file' | 'body' | 'stood already'; commentId?: number; because?: string }[]
  edited: number[]
}

/** What of ours stands on a pull. */
export interface Standing {
  reviews: { id: number; key?: string; body: string; head: string }[]
  comments: StandingComment[]
}

export interface StandingComment {
  id: number
  key?: string
  body: string
  path: string
  line?: number
  side?: 'LEFT' | 'RIGHT'
  /** The lines that it was posted on, as the diff had them then; none for one on a whole file. */
  quote?: string
  resolved: boolean
  threadId?: string
  answeredBy: Actor[]
  outdated: boolean
}
