// The port to the code under review: exact commits in a checkout that nobody can write to, and read-only looks at it.
import type { Change, Since } from './change.ts'
import type { Confine } from './confined.ts'
import type { Repository } from './event.ts'

/** Credentials for one git operation; asked for each time, since installation tokens die after an hour. */
type GitToken = () => Promise<string>

export interface OpenPull {
  repository: Repository
  /** e.g. `https://github.com/o/r.git`; never holds a credential. */
  cloneUrl: string
  number: number
  base: string
  head: string
  token: GitToken
  /** One plain sentence each, for the check of a slow first clone. */
  progress?: (sentence: string) => void
  signal: AbortSignal
}

/** A commit by itself, for work that is not about a pull request. */
export interface OpenCommit extends Omit<OpenPull, 'number' | 'base' | 'head'> {
  /** Its full name. */
  commit: string
  /** Full name of an earlier commit; the change is what came since the two parted. Absent: the change is empty. */
  since?: string
}

export interface Workspaces {
  /** A number for the disk that the mirrors are on: processes that share it have the same. It fits into 31 bits. */
  place(): Promise<number>
  /** Whether commits of the repository were fetched to this place before, so that opening a pull of it brings only what is new. Looks at the disk alone. */
  holds(repository: Pick<Repository, 'id'>): Promise<boolean>
  /** Fetches as `openPull` does and checks nothing out; has longer for it, and is `too_large` when that is not enough. */
  fetchPull(request: OpenPull): Promise<void>
  /**
   * Fetches the exact commits into the repository's shared bare mirror and checks the head out.
   * Problems: `unavailable` when the fetch failed after its retries (with the reason), `not_found` when a commit does not exist, `stopped` when aborted.
   */
  openPull(request: OpenPull): Promise<Checkout>
  /** As `fetchPull`, for a commit by itself. */
  fetchCommit(request: OpenCommit): Promise<void>
  /** As `openPull`, for a commit by itself. */
  openCommit(request: OpenCommit): Promise<Checkout>
  /** A range of a local repository (`main...HEAD`, or one revision against its first parent). Problems: `bad_input` with what is wrong about the range. */
  openLocal(request: { dir: string; range: string; signal: AbortSignal }): Promise<Checkout>
  /** Removes mirrors unused for long or over the limit, least recently used first; never one in use. */
  evict(): Promise<{ removed: string[]; bytes: number }>
  /** Removes the mirrors of these repositories but those in use; answers the ids of those removed. */
  forget(repositoryIds: number[]): Promise<number[]>
  /** How children are isolated here, in words for people. */
  isolation(): Promise<string>
  /** Runs a program over bytes of a repository, isolated the same way. */
  confine: Confine
}

/** The bytes of a file at head, or why they are not had. */
export type Blob = { path: string; bytes: Buffer } | { path: string; because: string }

export interface TreeFile {
  path: string
  bytes: number
  /** linguist-generated or linguist-vendored by the attributes of the merge base, never the head's. */
  generated: boolean
  vendored: boolean
}

/** One commit, checked out; disposed of when the run ends. Paths are repository paths with forward slashes. */
export interface Checkout extends AsyncDisposable {
  /** The worktree; holds no credential and no hook, and git is never run with its configuration. */
  dir: string
  head: string
  mergeBase: string
  /** The diff from the merge base, made in the bare mirror so that the head's attributes do not hold. */
  change(): Promise<Change>
  /** The diff from an earlier commit of the same pull, which need not be in the head's history; undefined where it is not at hand any more. */
  since(commit: string): Promise<Since | undefined>
  /** Every file at head but symbolic links and submodules, by path; after 100,000 of them it is `cut`. */
  files(): Promise<{ files: TreeFile[]; cut: boolean }>
  /** The file at `commit` (default: head) as text, or undefined when there is none. Over `limit` bytes (default: 1 MiB) it is cut, and its last line says so. */
  file(path: string, commit?: string, limit?: number): Promise<string | undefined>
  /** The files at head as they are, whatever attributes say, in the order asked; over `eachBytes` or, together, `allBytes` they come without their bytes. */
  blobs(paths: string[], limits: { eachBytes: number; allBytes: number }): AsyncIterable<Blob>
  /** Paths at head that match the glob, from `git ls-tree`; at most `limit` (500). */
  glob(pattern: string, limit?: number): Promise<string[]>
  /** `git grep -a -n -E` at head; `path:line:text` lines, at most 200, long lines cut. A bad pattern is a `bad_input` Problem. */
  grep(pattern: string, path?: string): Promise<string>
  /** `git log` of a path up to head, at most 20 commits. */
  log(path?: string): Promise<string>
  blame(path: string, from: number, to: number): Promise<string>
  /** A commit's message and diff, or `REV:path`; revisions are checked to be reachable names of hex or HEAD~n. Cut at 30,000 characters. */
  show(revision: string): Promise<string>
  /** Whether nobody may be shown this file, in any spelling of its path. The file itself lies in `dir` all the same. */
  hides(path: string): boolean
  /**
   * The same checkout (disposed of once, by whoever opened it) in which the files that match are not to be seen: no look answers with
   * them, asking for one is a `forbidden` Problem, and the change tells that they changed, not how. What the change moves out of them counts.
   */
  without(globs: string[]): Promise<Checkout>
}
