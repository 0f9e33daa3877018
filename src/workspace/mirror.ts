// The shared bare mirror of one repository: exact commits fetched into it, one fetch at a time.
import { mkdir, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Problem } from '../domain/problem.ts'
import {
  anchorCommits,
  type FetchRequest,
  fetchCommits,
  fetchMs,
  fetchObjects,
  missingCommits,
  nameOf,
} from './fetch.ts'
import { type Git, lastWords, mustRun } from './git.ts'
import { withLock } from './lock.ts'
import { isPartial, largeRepository, makePartial, missingObjects } from './partial.ts'

export interface Mirrors {
  /** Whether something was fetched into the repository's mirror before. */
  holds(id: number): Promise<boolean>
  /** Fetches what is missing, in `limitMs`; answers the mirror's directory. */
  bring(request: FetchRequest, limitMs?: number): Promise<string>
  /** Of commits that were brought. */
  mergeBase(request: FetchRequest): Promise<string>
  directoryOf(id: number): string
  /** Removes a damaged mirror, so that the next fetch clones anew. */
  discard(request: FetchRequest): Promise<void>
}

export interface MirrorOptions {
  git: Git
  /** Holds `<repository id>.git`. */
  root: string
  retryDelayMs: number
  /** KiB of a repository above which its files of earlier commits are not fetched. */
  largeRepository?: number | undefined
  now: () => Date
  log: (line: object, sentence: string) => void
}

export function mirrorsOf(options: MirrorOptions): Mirrors {
  const directoryOf = (id: number) => join(options.root, `${Number(id)}.git`)
  async function bring(request: FetchRequest, limitMs?: number): Promise<string> {
    checkRequest(request)
    const gitDir = directoryOf(request.repository.id)
    await mkdir(options.root, { recursive: true, mode: 0o700 })
    await withLock(lockOf(gitDir), request, () => bringUpToDate(gitDir, request, options, limitMs))
    return gitDir
  }
  return {
    directoryOf,
    bring,
    async holds(id) {
      const gitDir = directoryOf(id)
      return (await exists(useMarkOf(gitDir))) && (await packsOf(gitDir)).length > 0
    },
    mergeBase: request => mergeBaseOf(directoryOf(request.repository.id), request, options.git),
    async discard(request) {
      const gitDir = directoryOf(request.repository.id)
      options.log({ repository: request.repository.id }, `the mirror of ${nameOf(request)} is damaged; cloning it anew`)
      await withLock(lockOf(gitDir), request, () => removeMirror(gitDir))
    },
  }
}

export function lockOf(gitDir: string): string {
  return `${gitDir}.lock`
}

/** The file whose time says when a mirror was last used. */
export function useMarkOf(gitDir: string): string {
  return join(gitDir, 'last-used')
}

const sha = /^([0-9a-f]{40}|[0-9a-f]{64})$/

function checkRequest(request: FetchRequest) {
  if (!sha.test(request.base) || !sha.test(request.head))
    throw new Problem('bad_input', 'A checkout is opened by the full names of its commits; one of them is none.')
  const { number = 1 } = request
  if (!Number.isSafeInteger(number) || number < 1)
    throw new Problem('bad_input', 'A pull request has a positive number.')
}

async function bringUpToDate(
  gitDir: string,
  request: FetchRequest,
  options: MirrorOptions,
  limitMs?: number,
): Promise<void> {
  const { git, log, now, retryDelayMs } = options
  const mark = useMarkOf(gitDir)
  // The mark is the last thing made, so a mirror without one was never finished.
  if (!(await exists(mark))) {
    await makeMirror(gitDir, request.head.length === 64, git)
    if ((request.repository.size ?? 0) > (options.largeRepository ?? largeRepository)) await makePartial(gitDir)
  }
  await utimes(mark, now(), now())
  const partial = isPartial(gitDir)
  const missing = await missingCommits(request, { git, gitDir })
  if (missing.length > 0) {
    const first = (await packsOf(gitDir)).length === 0
    if (first) request.progress?.(`Cloning ${nameOf(request)} for the first time.`)
    const began = performance.now()
    await fetchCommits(request, { git, gitDir, first, limitMs, retryDelayMs, log, partial })
    const ms = Math.round(performance.now() - began)
    log({ repository: request.repository.id, pull: request.number, ms, first }, `fetched ${nameOf(request)}`)
    // A repack that knows of no absent files would join what marks them as such with what does not.
    if (!partial) await repackWhenMany(gitDir, request.signal, git)
  } else await anchorCommits(request, { git, gitDir })
  if (partial) await bringFiles(gitDir, request, options, limitMs)
}

/** All files of the head and of the merge base: what the diff, the checkout and every look at the head need. Nobody fetches any later. */
async function bringFiles(
  gitDir: string,
  request: FetchRequest,
  { git, log, retryDelayMs }: MirrorOptions,
  limitMs: number = largeFetchMs,
): Promise<void> {
  const { signal, head } = request
  const commits = [...new Set([head, await mergeBaseOf(gitDir, request, git)])]
  const ids = await missingObjects(git, { gitDir, commits, signal })
  if (ids.length === 0) return
  request.progress?.(`Fetching ${ids.length} files of ${nameOf(request)}, those that this commit has.`)
  const began = performance.now()
  await fetchObjects(request, { git, gitDir, first: false, partial: true, limitMs, retryDelayMs, log }, ids)
  const ms = Math.round(performance.now() - began)
  log({ repository: request.repository.id, files: ids.length, ms }, `fetched the files of ${nameOf(request)}`)
}

const largeFetchMs = 10 * 60 * 1000

// Attributes are read from here first, so neither the base's nor the head's can hide a file from a diff, change its bytes on the way
// to disk, or name a program (gitattributes(5)). `!diff` leaves it to git to see what is binary; what it hides is looked at again in change.ts.
const attributes = '* !diff -text !filter !ident !working-tree-encoding !eol\n'

export async function makeMirror(gitDir: string, sha256: boolean, git: Git): Promise<void> {
  const format = `--object-format=${sha256 ? 'sha256' : 'sha1'}`
  await mustRun(git, { args: ['init', '--quiet', '--bare', '--template=', format, gitDir], cwd: '/' })
  await mkdir(join(gitDir, 'info'), { recursive: true })
  await writeFile(join(gitDir, 'info', 'attributes'), attributes)
  await writeFile(useMarkOf(gitDir), '', { flag: 'a' })
}

const manyPacks = 30

/** Joins small packs; drops nothing, since open checkouts may stand on commits that no ref names any more. */
async function repackWhenMany(gitDir: string, signal: AbortSignal, git: Git): Promise<void> {
  if ((await packsOf(gitDir)).length < manyPacks) return
  await git({ gitDir, args: ['repack', '--geometric=2', '-d', '-q'], signal, timeoutMs: fetchMs })
}

async function packsOf(gitDir: string): Promise<string[]> {
  const names = await readdir(join(gitDir, 'objects', 'pack')).catch(() => [])
  return names.filter(name => name.endsWith('.pack'))
}

async function mergeBaseOf(gitDir: string, request: FetchRequest, git: Git): Promise<string> {
  const args = ['merge-base', request.base, request.head]
  const result = await git({ gitDir, args, signal: request.signal })
  if (result.code === 0) return result.stdout.toString().trim()
  const cause = result.stderr
  if (result.code !== 1)
    throw new Problem('unavailable', `The merge base could not be found: ${lastWords(cause)}.`, { cause })
  const whose =
    request.number === undefined ? 'the two commits' : `the head and the base of pull request ${request.number}`
  const message = `There is no diff to look at: ${whose} share no history.`
  throw new Problem('bad_input', message)
}

/** Whether a failure was the mirror's own: files of git cut short or gone, as after a power cut. */
export function isDamage(thrown: unknown): boolean {
  const said = thrown instanceof Problem && typeof thrown.cause === 'string' ? thrown.cause : ''
  const words =
    /corrupt|bad object|unable to read|could not read [0-9a-f]{40}|missing (blob|tree|commit|object)|not a git repository|packfile|bad (signature|config)|did not send all necessary|inflate|loose object/i
  return words.test(said)
}

/** For the caller who holds the lock. Renamed first: a removal that is cut off leaves no half of a mirror under its name. */
export async function removeMirror(gitDir: string): Promise<void> {
  const doomed = `${gitDir}.removed`
  await rm(doomed, { recursive: true, force: true })
  if (await exists(gitDir)) await rename(gitDir, doomed)
  await rm(doomed, { recursive: true, force: true })
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
