// Something happened: every way in (delivery, comment, label, button, hand-started run) becomes this one shape.

/** A repository as GitHub numbers it; names are for showing, ids are for keys (names are reused after renames). */
export interface Repository {
  id: number
  owner: string
  ownerId: number
  ownerType: 'User' | 'Organization'
  name: string
  private: boolean
  defaultBranch: string
  installationId: number
  /** KiB on GitHub's disks, where it was told. */
  size?: number
  /** By GitHub's clock, what is told here holds as of then, or later. ISO 8601, UTC. */
  updatedAt?: string
}

export interface Actor {
  id: number
  login: string
  type: 'User' | 'Bot' | 'Organization' | 'Mannequin'
}

/** What an event or the API tells about a pull request. Everything textual in it is untrusted. */
export interface Pull {
  number: number
  title: string
  body: string
  author: Actor
  draft: boolean
  state: 'open' | 'closed'
  merged: boolean
  /** What it became on the base branch; absent until it is merged. */
  mergeCommit?: string
  /** The head lives in another repository than the base. */
  fork: boolean
  labels: string[]
  base: { ref: string; sha: string }
  head: { ref: string; sha: string }
  /** Lines, as GitHub counts them; absent when the event does not carry them. */
  additions?: number
  deletions?: number
  changedFiles?: number
  url: string
}

/** Everything textual in it is untrusted. */
export interface Issue {
  number: number
  title: string
  body: string
  author: Actor
  state: 'open' | 'closed'
  labels: string[]
  url: string
}

export interface Push {
  /** `refs/heads/main`, `refs/tags/v1`. */
  ref: string
  branch?: string
  tag?: string
  before: string
  after: string
  forced: boolean
  /** First line of the newest commit's message. */
  title: string
  /** Changed paths; absent when the event does not name every commit. */
  paths?: string[]
}

export interface Release {
  tag: string
  title: string
  body: string
  author: Actor
  prerelease: boolean
  url: string
}

export interface Outcome {
  /** Of the workflow, the app's slug, or the environment. */
  name: string
  /** The conclusion, or the deployment's state. */
  state: string
  head: string
  branch?: string
  id: number
  /** Whether the commit comes from another repository; absent where GitHub does not say. */
  fork?: boolean
  url?: string
}

/** The words a comment may start with; nothing else starts work. */
export const commands = ['review', 'stop', 'pause', 'resume', 'quiet', 'why', 'run', 'dismiss', 'help'] as const
export type CommandWord = (typeof commands)[number]

export interface Event {
  /** GitHub's delivery id, or one made for a hand-started run. */
  id: string
  kind:
    | 'pull_request'
    | 'comment'
    | 'thread'
    | 'label'
    | 'merge_group'
    | 'rerun'
    | 'button'
    | 'manual'
    | 'push'
    | 'issues'
    | 'release'
    | 'workflow_run'
    | 'check_suite'
    | 'deployment_status'
    | 'schedule'
    | 'api'
  /** GitHub's `action` ("opened", "synchronize", …) or the command's word. */
  action: string
  /** ISO 8601, UTC. */
  at: string
  repository: Repository
  actor: Actor
  /** The pull request's number, where the event is about one. */
  number?: number
  pull?: Pull
  label?: string
  /** `inReplyTo`: the review comment a reply answers. `command` is set when the comment starts with our name. */
  comment?: {
    id: number
    kind: 'issue' | 'review'
    body: string
    inReplyTo?: number
    command?: { word: string; rest: string }
  }
  /** A review thread that was resolved, or opened again: the comment at its head. */
  thread?: { comment: number }
  /** A merge queue's commit and the head commits of the pulls in it. */
  merge?: { head: string; baseRef: string; headRef: string }
  /** The check run on which Re-run or a button was pressed. */
  check?: { id: number; externalId: string; head: string; identifier?: string }
  issue?: Issue
  push?: Push
  release?: Release
  /** What ended: a workflow run, a check suite, a deployment's state. */
  outcome?: Outcome
  /** The one routine it is for, where it names one: clock, API, `run`. */
  routine?: string
  /** Text that came with it (API, `run`): untrusted. */
  text?: string
  /** When the clock was to start it (ISO 8601), how many earlier times this one stands for after down time, and all that in a sentence. */
  due?: { at: string; missed: number; because?: string }
  /** Set when this app itself caused the event (known by app id). */
  own: boolean
}

/** What became of one routine meeting one event. */
export interface Occurrence {
  id: string
  eventId: string
  repositoryId: number
  routine: string
  verdict: 'ran' | 'skipped' | 'coalesced' | 'superseded' | 'queued' | 'missed' | 'refused'
  /** One sentence a person can read. */
  because: string
  runId?: string
  number?: number
  at: string
  /** Of one that was refused for now: when that is over. ISO 8601. */
  retryAt?: string
}
