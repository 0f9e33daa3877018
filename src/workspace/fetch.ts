// One fetch of exact commits into their mirror: by name, else by refs; tried again, and when it fails with a reason people can read.
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Problem } from '../domain/problem.ts'
import type { OpenPull } from '../domain/workspace.ts'
import { stopped } from './child.ts'
import { addressOf, type Credential, credentialFor } from './credential.ts'
import { type Git, type GitResult, lastWords, mustRun } from './git.ts'
import { partialRemote } from './partial.ts'

/** Two commits, of a pull or without one. */
export type FetchRequest = Omit<OpenPull, 'number'> & { number?: number }

export interface FetchOptions {
  git: Git
  gitDir: string
  /** Nothing was fetched into the mirror before: more time, and news of how it goes. */
  first: boolean
  /** Milliseconds that one try may take. */
  limitMs?: number
  retryDelayMs: number
  /** Commits and trees come without their files. */
  partial?: boolean
  log: (line: object, sentence: string) => void
}

export const fetchMs = 2 * 60 * 1000
const firstFetchMs = 10 * 60 * 1000
const attempts = 3

/** For the caller who holds the mirror's lock; leaves them anchored. */
export function fetchCommits(request: FetchRequest, options: FetchOptions): Promise<void> {
  return untilFetched(request, options, () => fetchOnce(request, options))
}

/** These objects by their names, all in one go; for the same caller. */
export function fetchObjects(request: FetchRequest, options: FetchOptions, ids: string[]): Promise<void> {
  return untilFetched(request, options, async () => {
    const url = addressOf(request.cloneUrl)
    const credential = credentialFor(url, await request.token())
    const result = await runFetch(url, { names: ids }, credential, request, options)
    return result.code === 0 ? undefined : failureOf(result, credential, request, options)
  })
}

async function untilFetched(
  request: FetchRequest,
  options: FetchOptions,
  fetch: () => Promise<Failure | undefined>,
): Promise<void> {
  const name = nameOf(request)
  let failed: Failure | undefined
  for (let attempt = 1; attempt <= attempts; attempt++) {
    if (failed) {
      request.progress?.(`Fetching ${name} failed (${failed.reason}); trying again.`)
      const wait = options.retryDelayMs * 2 ** (attempt - 2)
      await pause(wait, undefined, { signal: request.signal }).catch(() => Promise.reject(stopped()))
    }
    await sweep(options.gitDir)
    failed = await fetch()
    if (!failed) return
    if (failed.final) throw failed.final
    options.log({ repository: request.repository.id, attempt, reason: failed.reason }, `fetch of ${name} failed`)
  }
  const { reason = 'it gave no reason', advice = 'ask for a review again once it answers', said } = failed ?? {}
  const message = `Fetching ${name} failed, also when tried again: ${reason}. Nothing was looked at; ${advice}.`
  throw new Problem('unavailable', message, { cause: said })
}

interface Failure {
  reason: string
  /** What a person can do about it. */
  advice?: string
  /** What git printed, without the token. */
  said?: string
  /** Another try would not help. */
  final?: Problem
}

async function fetchOnce(request: FetchRequest, options: FetchOptions): Promise<Failure | undefined> {
  const url = addressOf(request.cloneUrl)
  const credential = credentialFor(url, await request.token())
  const fetch = (refspecs: string[]) => runFetch(url, { refspecs }, credential, request, options)
  const place = placeOf(request)

  const byName = await fetch([`+${request.head}:${place}/head`, `+${request.base}:${place}/base`])
  if (byName.code === 0) return undefined
  // What a server says that gives no commit by its name, or has it no more (upload-pack.c, fetch-pack.c).
  if (!/not our ref|unadvertised object|remote error: .*(want|sha1)/i.test(byName.stderr))
    return failureOf(byName, credential, request, options)

  const ref = request.number === undefined ? tags : `+refs/pull/${request.number}/head:${place}/head`
  const byRef = await fetch([ref, '+refs/heads/*:refs/watchbill/heads/*'])
  if (byRef.code !== 0 && !/couldn't find remote ref/i.test(byRef.stderr))
    return failureOf(byRef, credential, request, options)
  const missing = await missingCommits(request, options)
  if (missing.length === 0) {
    await anchorCommits(request, options)
    return undefined
  }
  const what = request.number === undefined ? 'C' : `The ${missing.includes(request.head) ? 'head' : 'base'} c`
  const whose = request.number === undefined ? '' : ` of pull request ${request.number}`
  const gone = `${what}ommit ${missing[0]?.slice(0, 12)}${whose} is not in ${nameOf(request)}; it was probably replaced by a force push.`
  return { reason: gone, final: new Problem('not_found', gone) }
}

const tags = '+refs/tags/*:refs/watchbill/tags/*'

function runFetch(
  url: URL,
  { refspecs = [], names }: { refspecs?: string[]; names?: string[] },
  credential: Credential,
  request: FetchRequest,
  { git, gitDir, first, partial, limitMs = first ? firstFetchMs : fetchMs }: FetchOptions,
): Promise<GitResult> {
  const flags = ['--no-tags', '--no-write-fetch-head', '--no-recurse-submodules', '--no-auto-maintenance', '--progress']
  const from = partial ? partialRemote(url) : { name: url.href, config: [], flags: [] }
  return git({
    gitDir,
    args: [
      'fetch',
      ...flags,
      ...from.flags,
      '--no-show-forced-updates',
      ...(names ? ['--stdin'] : []),
      from.name,
      ...refspecs,
    ],
    ...(names && { input: names.map(name => `${name}\n`).join('') }),
    // One pack a fetch, complete or absent: a fetch that is killed leaves no half of a commit.
    config: [
      ...credential.config,
      ...from.config,
      // Files by their names share no history that could be told of.
      ...(names ? ['fetch.negotiationAlgorithm=noop'] : []),
      'fetch.unpackLimit=1',
      'fetch.writeCommitGraph=true',
      'transfer.bundleURI=false',
      'http.lowSpeedLimit=1000',
      'http.lowSpeedTime=60',
    ],
    env: credential.env,
    network: true,
    signal: request.signal,
    timeoutMs: limitMs,
    onStderr: first && request.progress ? reporting(request.progress, nameOf(request)) : undefined,
  })
}

/** A sentence for each percent of a first clone, as git counts them (--progress in git-fetch-pack(1)): its objects arrive, then deltas are resolved. */
function reporting(progress: (sentence: string) => void, name: string): (text: string) => void {
  let told = ''
  return text => {
    const [, phase, percent] = [...text.matchAll(/(Receiving objects|Resolving deltas): +(\d+)%/g)].at(-1) ?? []
    if (!phase || told === phase + percent) return
    told = phase + percent
    const sofar = phase === 'Receiving objects' ? `${percent} %` : `all received, ${percent} % of it unpacked`
    progress(`Cloning ${name} for the first time: ${sofar}`)
  }
}

function failureOf(
  result: GitResult,
  credential: Credential,
  request: FetchRequest,
  { limitMs }: FetchOptions,
): Failure {
  if (result.ended === 'timeout') {
    const within = limitMs === undefined ? 'took too long' : `took more than ${Math.round(limitMs / 60_000)} minutes`
    const slow = `Fetching ${nameOf(request)} ${within} and was ended; nothing was looked at. See how fast this machine reaches the server, and ask for a review again.`
    // Git begins a clone that was cut off anew: where it had all the time there is, another try would end as this one did.
    return { reason: slow, final: new Problem(limitMs === undefined ? 'unavailable' : 'too_large', slow) }
  }
  const text = credential.scrub(result.stderr)
  return { ...reasonIn(text), said: text }
}

function reasonIn(text: string): Pick<Failure, 'reason' | 'advice'> {
  if (/Authentication failed|could not read (Username|Password)|error: 401/i.test(text))
    return {
      reason: 'the server refused the token',
      advice: 'see that the app is installed on the repository and its private key still holds',
    }
  if (/error: 403/.test(text))
    return {
      reason: 'the token may not read this repository',
      advice: 'see that the app was granted `contents: read` on it',
    }
  if (/error: 404|repository .* not found/i.test(text))
    return {
      reason: 'the server knows no such repository',
      advice: 'see that the app is installed on it and that it was not removed',
    }
  if (/no space left on device|disk quota exceeded/i.test(text))
    return { reason: 'the disk is full', advice: 'make room under `WATCHBILL_DATA` and ask for a review again' }
  const [, status] = /returned error: (\d{3})/.exec(text) ?? []
  if (status) return { reason: `the server answered with error ${status}` }
  const words = lastWords(text).replace(/^unable to access '[^']*': /, '')
  return { reason: words.replace(/https?:\/\/\S+/g, 'the server') }
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

/** Those of the two commits that are not in the mirror. */
export async function missingCommits(
  request: FetchRequest,
  { git, gitDir }: Pick<FetchOptions, 'git' | 'gitDir'>,
): Promise<string[]> {
  const wanted = [...new Set([request.head, request.base])]
  const input = wanted.map(name => `${name}^{commit}\n`).join('')
  const answer = await mustRun(git, { gitDir, args: ['cat-file', '--batch-check'], input, signal: request.signal })
  const lines = answer.toString().split('\n')
  return wanted.filter((_, index) => !lines[index]?.includes(' commit '))
}

/** Refs make the next fetch small (they are what we say we have) and keep the commits through a repack. */
export async function anchorCommits(
  request: FetchRequest,
  { git, gitDir }: Pick<FetchOptions, 'git' | 'gitDir'>,
): Promise<void> {
  const place = placeOf(request)
  const input = `update ${place}/head ${request.head}\nupdate ${place}/base ${request.base}\n`
  await mustRun(git, { gitDir, args: ['update-ref', '--stdin'], input })
}

/** Where the mirror keeps the refs. Commits without a pull share one place: whoever uses one has it by name, and a repack drops nothing. */
function placeOf({ number }: FetchRequest): string {
  return number === undefined ? 'refs/watchbill/commit' : `refs/watchbill/pull/${number}`
}

export function nameOf(request: FetchRequest): string {
  return `${request.repository.owner}/${request.repository.name}`
}
