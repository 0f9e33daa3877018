// Check runs begin, change, are asked for again, and have buttons that people press.
import { deliverCheckRun, deliverCheckSuite } from '../payloads.ts'
import type { CheckRun, CheckSuite, Repository, User, World } from '../world.ts'

/** One suite a commit, as GitHub keeps one a commit and App. */
export function suiteFor(world: World, repository: Repository, headSha: string): CheckSuite {
  const known = repository.suites.find(suite => suite.headSha === headSha)
  if (known) return known
  const headBranch = [...repository.branches].find(([, sha]) => sha === headSha)?.[0] ?? null
  const suite = { id: world.nextId(), headSha, headBranch, createdAt: world.now() }
  repository.suites.push(suite)
  return suite
}

export function addCheckRun(world: World, repository: Repository, run: CheckRun, by: User): CheckRun {
  repository.checkRuns.push(run)
  deliverCheckRun(world, repository, run, 'created', by)
  changed(world, repository, run, by, false)
  return run
}

/** Tells of a changed run; one that was not complete before and is now, is delivered. */
export function changed(world: World, repository: Repository, run: CheckRun, by: User, wasCompleted: boolean): void {
  if (run.status === 'completed' && !wasCompleted) deliverCheckRun(world, repository, run, 'completed', by)
  world.emit('check_run', { run, repository })
}

export function requestAgain(world: World, repository: Repository, run: CheckRun, by: User): void {
  deliverCheckRun(world, repository, run, 'rerequested', by)
}

/** "Re-run all checks" of the App on a commit. */
export function requestAllAgain(world: World, repository: Repository, headSha: string, by: User): void {
  deliverCheckSuite(world, repository, suiteFor(world, repository, headSha), 'rerequested', by)
}

export function pressButton(world: World, repository: Repository, run: CheckRun, identifier: string, by: User): void {
  if (!run.actions.some(action => action.identifier === identifier))
    throw new Error(`check run ${run.id} has no button ${identifier}`)
  deliverCheckRun(world, repository, run, 'requested_action', by, { requested_action: { identifier } })
}
