// The shared bare mirror of one repository: exact commits fetched into it, one fetch at a time, with retries and a reason.
import { mkdir, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Problem } from '../domain/problem.ts'
import type { OpenPull } from '../domain/workspace.ts'
import { addressOf, type Credential, credentialFor } from './credential.ts'
import { type Git, type GitResult, lastWords, mustRun, stopped } from './git.ts'
import { withLock } from './lease.ts'

export interface Mirrors {
  /** Fetches what is missing; answers the mirror's directory and the merge base. */
  fetch(request: OpenPull): Promise<{ gitDir: string; mergeBase: string }>
  directoryOf(id: number): string
}

export interface MirrorOptions {
  git: Git
  /** Holds `<repository id>.git`. */
  root: string
  retryDelayMs: number
  now: () => Date
  log: (line: object, sentence: string) => void
}

export function mirrorsOf(options: MirrorOptions): Mirrors {
  const directoryOf = (id: number) => join(options.root, `${Number(id)}.git`)
  return {
    directoryOf,
    async fetch(request) {
      checkRequest(request)
      const gitDir = directoryOf(request.repository.id)
      await mkdir(options.root, { recursive: true, mode: 0o700 })
      await withLock(lockOf(gitDir), request.signal, () => bringUpToDate(gitDir, request, options))
      return { gitDir, mergeBase: await mergeBaseOf(gitDir, request, options.git) }
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

function checkRequest(request: OpenPull) {
  if (!sha.test(request.base) || !sha.test(request.head))
    throw new Problem(
      'bad_input',
      'A pull request is opened by the full names of its two commits; one of them is none.',
    )
  if (!Number.isSafeInteger(request.number) || request.number < 1)
    throw new Problem('bad_input', 'A pull request has a positive number.')
}

async function bringUpToDate(gitDir: string, request: OpenPull, options: MirrorOptions): Promise<void> {
  const { git, log } = options
  // The mark is the last thing made, so a mirror without one was never finished.
  const isNew = !(await stat(useMarkOf(gitDir)).catch(() => undefined))
  if (isNew) await makeMirror(gitDir, request.head.length === 64, git)
  await utimes(useMarkOf(gitDir), options.now(), options.now())
  const missing = await missingOf(gitDir, request, git)
  if (missing.length > 0) {
    if (isNew) request.progress?.(`Cloning ${nameOf(request)} for the first time.`)
    const began = performance.now()
    await fetchWithRetries(gitDir, request, isNew, options)
    const ms = Math.round(performance.now() - began)
    log({ repository: request.repository.id, pull: request.number, ms, first: isNew }, `fetched ${nameOf(request)}`)
    await repackWhenMany(gitDir, request.signal, git)
  }
  await anchor(gitDir, request, git)
}

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

async function missingOf(gitDir: string, request: OpenPull, git: Git): Promise<string[]> {
  const wanted = [...new Set([request.head, request.base])]
  const input = wanted.map(name => `${name}^{commit}\n`).join('')
  const answer = await mustRun(git, { gitDir, args: ['cat-file', '--batch-check'], input, signal: request.signal })
  const lines = answer.toString().split('\n')
  return wanted.filter((_, index) => !lines[index]?.includes(' commit '))
}

const attempts = 3

async function fetchWithRetries(gitDir: string, request: OpenPull, isNew: boolean, options: MirrorOptions) {
  let reason = ''
  for (let attempt = 1; attempt <= attempts; attempt++) {
    if (attempt > 1) {
      const wait = options.retryDelayMs * 2 ** (attempt - 2)
      request.progress?.(`Fetching ${nameOf(request)} failed (${reason}); trying again.`)
      await pause(wait, undefined, { signal: request.signal }).catch(() => Promise.reject(stopped()))
    }
    await sweep(gitDir)
    const failed = await fetchOnce(gitDir, request, isNew, options)
    if (!failed) return
    if (failed.final) throw failed.final
    reason = failed.reason
    options.log({ repository: request.repository.id, attempt, reason }, `fetch of ${nameOf(request)} failed`)
  }
  throw new Problem(
    'unavailable',
    `Fetching ${nameOf(request)} failed ${attempts} times: ${reason}. Nothing was looked at; run it again later.`,
  )
}

interface Failure {
  reason: string
  final?: Problem
}

async function fetchOnce(gitDir: string, request: OpenPull, isNew: boolean, options: MirrorOptions) {
  const url = addressOf(request.cloneUrl)
  const credential = credentialFor(url, await request.token())
  const fetch = (refspecs: string[]) => runFetch(gitDir, url, refspecs, credential, request, isNew, options.git)
  const place = `refs/watchbill/pull/${request.number}`

  const byName = await fetch([`+${request.head}:${place}/head`, `+${request.base}:${place}/base`])
  if (byName.code === 0) return undefined
  // What a server says that gives no commit by its name, or has it no more (upload-pack.c, fetch-pack.c).
  if (!/not our ref|unadvertised object|remote error: .*(want|sha1)/i.test(byName.stderr))
    return failureOf(byName, credential)

  const byRef = await fetch([`+refs/pull/${request.number}/head:${place}/head`, '+refs/heads/*:refs/watchbill/heads/*'])
  if (byRef.code !== 0 && !/couldn't find remote ref/i.test(byRef.stderr)) return failureOf(byRef, credential)
  const missing = await missingOf(gitDir, request, options.git)
  if (missing.length === 0) return undefined
  const what = missing.includes(request.head) ? 'head' : 'base'
  const gone = `The ${what} commit ${missing[0]?.slice(0, 12)} of pull request ${request.number} is not in ${nameOf(request)}; it was probably replaced by a force push.`
  return { reason: gone, final: new Problem('not_found', gone) } satisfies Failure
}

const fetchMs = 2 * 60 * 1000
const firstFetchMs = 10 * 60 * 1000

function runFetch(
  gitDir: string,
  url: URL,
  refspecs: string[],
  credential: Credential,
  request: OpenPull,
  isNew: boolean,
  git: Git,
): Promise<GitResult> {
  const flags = ['--no-tags', '--no-write-fetch-head', '--no-recurse-submodules', '--no-auto-maintenance', '--progress']
  return git({
    gitDir,
    args: ['fetch', ...flags, '--no-show-forced-updates', url.href, ...refspecs],
    // One pack a fetch, complete or absent: a fetch that is killed leaves no half of a commit.
    config: [
      ...credential.config,
      'fetch.unpackLimit=1',
      'transfer.bundleURI=false',
      'http.lowSpeedLimit=1000',
      'http.lowSpeedTime=60',
    ],
    env: credential.env,
    signal: request.signal,
    timeoutMs: isNew ? firstFetchMs : fetchMs,
    onStderr: isNew && request.progress ? reporting(request.progress, nameOf(request)) : undefined,
  })
}

/** One sentence at each quarter of a first clone. */
function reporting(progress: (sentence: string) => void, name: string): (text: string) => void {
  let told = 0
  return text => {
    const percent = Number(/Receiving objects: +(\d+)%/.exec(text)?.[1] ?? 0)
    const quarter = Math.floor(percent / 25)
    if (quarter <= told || quarter >= 4) return
    told = quarter
    progress(`Cloning ${name} for the first time: ${quarter * 25} % received.`)
  }
}

function failureOf(result: GitResult, credential: Credential): Failure {
  if (result.ended === 'timeout') return { reason: 'the server took too long' }
  const text = credential.scrub(result.stderr)
  if (/Authentication failed|could not read (Username|Password)|error: 401/i.test(text))
    return { reason: 'the server refused the token' }
  if (/error: 403/.test(text)) return { reason: 'the token may not read this repository' }
  if (/error: 404|repository .* not found/i.test(text)) return { reason: 'the server knows no such repository' }
  return { reason: lastWords(text).replace(/https?:\/\/\S+/g, 'the server') }
}

/** What a killed fetch leaves behind; nobody else writes here while the lock is held. */
async function sweep(gitDir: string): Promise<void> {
  const packs = join(gitDir, 'objects', 'pack')
  for (const name of await readdir(packs).catch(() => []))
    if (name.startsWith('tmp_') || name.startsWith('.tmp-')) await rm(join(packs, name), { force: true })
  for (const name of await readdir(gitDir)) if (name.endsWith('.lock')) await rm(join(gitDir, name), { force: true })
  const refs = join(gitDir, 'refs')
  for (const name of await readdir(refs, { recursive: true }).catch(() => []))
    if (name.endsWith('.lock')) await rm(join(refs, name), { force: true })
}

/** Refs make the next fetch small (they are what we say we have) and keep the commits through a repack. */
async function anchor(gitDir: string, request: OpenPull, git: Git): Promise<void> {
  const place = `refs/watchbill/pull/${request.number}`
  const input = `update ${place}/head ${request.head}\nupdate ${place}/base ${request.base}\n`
  await mustRun(git, { gitDir, args: ['update-ref', '--stdin'], input })
}

const manyPacks = 30

/** Joins small packs; drops nothing, since open checkouts may stand on commits that no ref names any more. */
async function repackWhenMany(gitDir: string, signal: AbortSignal, git: Git): Promise<void> {
  const names = await readdir(join(gitDir, 'objects', 'pack'))
  if (names.filter(name => name.endsWith('.pack')).length < manyPacks) return
  await git({ gitDir, args: ['repack', '--geometric=2', '-d', '-q'], signal, timeoutMs: fetchMs })
}

async function mergeBaseOf(gitDir: string, request: OpenPull, git: Git): Promise<string> {
  const args = ['merge-base', request.base, request.head]
  const result = await git({ gitDir, args, signal: request.signal })
  if (result.code === 0) return result.stdout.toString().trim()
  throw new Problem(
    'bad_input',
    `The head and the base of pull request ${request.number} share no history, so there is no diff to look at.`,
    { cause: result.stderr },
  )
}

function nameOf(request: OpenPull): string {
  return `${request.repository.owner}/${request.repository.name}`
}
