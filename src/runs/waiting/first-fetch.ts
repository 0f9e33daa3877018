// The first fetch of a repository, or of one that is read beside it, is a job of its own: its runs wait for it outside of their time and their place, their checks say how far it is, and they end with it if it fails.
import type { Repository } from '../../domain/event.ts'
import { asProblem, Problem } from '../../domain/problem.ts'
import type { Run, WorkRun } from '../../domain/run.ts'
import type { Fetch } from '../../domain/store.ts'
import { atMostEvery } from '../checks/progress.ts'
import { readableBy } from '../configuration/readable.ts'
import type { ReviewPorts } from '../ports.ts'
import { commitOf } from '../reading/work-commit.ts'
import { showWaiting } from './show-waiting.ts'

/** Milliseconds until a run that waits looks by itself; it is told when the fetch is done. */
const lookAgain = 30_000
/** Milliseconds until the checks speak of it: most first fetches are over by then. */
const firstNews = 2_000

/**
 * True when the run was put off until its repository, and each that it reads beside it, is fetched to this worker's place. Every first fetch goes this way, the small ones too: handing a small one over
 * takes two turns of the queue (some 50 ms), and a limit after which it is handed over would have the large ones begin their clone twice.
 */
export async function waitForFetch(ports: ReviewPorts, runId: string): Promise<boolean> {
  const { store, workspaces, now } = ports
  const run = await store.runs.get(runId)
  if (run?.status !== 'queued' || Date.parse(run.notBefore) > now().getTime() + 1_000) return false
  if (ports.modelProblem()) return false
  const missing = (await workspaces.holds(run.repository)) ? await missingBeside(ports, run) : run.repository
  if (!missing) return false
  const fetch = { repositoryId: missing.id, place: await workspaces.place() }
  const until = new Date(now().getTime() + lookAgain).toISOString()
  const beside = missing.id === run.repository.id ? undefined : missing
  if (!(await store.fetches.wait(runId, fetch.place, until, beside))) return false
  // One that ended in between has not seen this run.
  if (await workspaces.holds(missing)) await store.fetches.done(fetch, now().toISOString())
  return true
}

/** The first that its routines read beside it and that is not there. One that can not be read is the run's own to refuse. */
async function missingBeside({ store, host, workspaces }: ReviewPorts, run: Run): Promise<Repository | undefined> {
  for (const name of new Set(run.routines.flatMap(({ routine }) => routine.repositories))) {
    const [owner = '', called = ''] = name.split('/')
    const known = await store.repositories.find(owner, called)
    if (known && (await workspaces.holds(known))) continue
    try {
      const beside = await readableBy(host, run.repository, name)
      if (!(await workspaces.holds(beside))) return beside
    } catch {}
  }
  return undefined
}

/** The job. Throws when the fetch failed: it is tried again, and the last time ends the runs that wait, with its reason. */
export async function firstFetch(ports: ReviewPorts, fetch: Fetch, signal: AbortSignal): Promise<void> {
  const { store, host, workspaces, now, log } = ports
  const [run] = await store.fetches.queued(fetch.repositoryId)
  if (!run) return
  const isOwn = run.repository.id === fetch.repositoryId
  const repository = isOwn ? run.repository : (run.waitsFor ?? run.repository)
  await using news = tellWaiting(ports, fetch, repository)
  try {
    const request = {
      repository,
      cloneUrl: host.cloneUrl(repository),
      token: () => host.gitTokenOf(run.id, isOwn ? [repository] : [run.repository, repository]),
      progress: news.say,
      signal: AbortSignal.any([signal, news.unwanted]),
    }
    const { pull } = run
    if (!isOwn) await workspaces.fetchCommit({ ...request, commit: await tipOf(host, repository) })
    else if (pull)
      await workspaces.fetchPull({ ...request, number: pull.number, base: pull.base.sha, head: pull.head.sha })
    else if (run.kind === 'work') await workspaces.fetchCommit({ ...request, commit: await anyCommit(host, run) })
  } catch (thrown) {
    const { code, message } = asProblem(thrown)
    log({ repository: fetch.repositoryId, code }, message)
    if (news.unwanted.aborted) return
    // All but a commit that was pushed over meanwhile came; the run reads the pull anew.
    if (signal.aborted || !(await workspaces.holds(repository))) throw thrown
  }
  // An update that came late would stand over what the run says.
  await news.settled()
  await store.fetches.done(fetch, now().toISOString())
}

/** Its own, or one that surely is there: others may wait for the same fetch. */
async function anyCommit(host: ReviewPorts['host'], run: WorkRun): Promise<string> {
  try {
    return (await commitOf(host, run)).head
  } catch (thrown) {
    if (asProblem(thrown).code !== 'not_found') throw thrown
    return tipOf(host, run.repository)
  }
}

function tipOf(host: ReviewPorts['host'], repository: Repository): Promise<string> {
  return host.commit(repository, `heads/${repository.defaultBranch}`)
}

interface News extends AsyncDisposable {
  say(sentence: string): void
  /** Aborted when no run is left that would wait for it. */
  unwanted: AbortSignal
  settled(): Promise<void>
}

/** By one that no pause holds. */
async function isWanted({ store }: ReviewPorts, queued: Run[]): Promise<boolean> {
  const repositories = new Map(queued.map(run => [run.repository.id, run.repository]))
  for (const repository of repositories.values()) if (!(await store.pauses.holds(repository))) return true
  return false
}

function tellWaiting(ports: ReviewPorts, { place }: Fetch, repository: Repository): News {
  const every = ports.progressEvery ?? atMostEvery
  const unwanted = new AbortController()
  let sentence = `Cloning ${repository.owner}/${repository.name} for the first time.`
  let ended = false
  let telling = Promise.resolve()
  let timer = setTimeout(tell, Math.min(firstNews, every))

  function tell() {
    telling = update()
      .catch(thrown => ports.log({ problem: asProblem(thrown).message }, 'progress could not be shown'))
      .finally(() => {
        if (!ended) timer = setTimeout(tell, every)
      })
  }
  async function update() {
    const queued = await ports.store.fetches.queued(repository.id)
    if (!(await isWanted(ports, queued)))
      unwanted.abort(new Problem('stopped', 'Nobody waits for this fetch any more.'))
    for (const run of queued) if (run.waits === place) await showWaiting(ports, run, 'clone', sentence)
  }
  const settled = () => {
    ended = true
    clearTimeout(timer)
    return telling
  }
  return {
    say(words) {
      sentence = words
    },
    unwanted: unwanted.signal,
    settled,
    [Symbol.asyncDispose]: settled,
  }
}
