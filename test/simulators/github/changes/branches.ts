// What follows when a branch moves: the push, the check suite, and the pulls that stand on it.
import { gitText, writeReference } from '../bare-repository.ts'
import { deliverCheckSuite, deliverPull, deliverPush } from '../payloads.ts'
import { changedFiles, followLine, hunkAt, indexInHunk, mergeBase } from '../positions.ts'
import { type Pull, pullsOf, type Repository, type ReviewComment, type User, type World } from '../world.ts'
import { closePull } from './pulls.ts'

const nothing = '0'.repeat(40)

export interface Move {
  branch: string
  /** undefined when the branch is gone */
  to: string | undefined
  by: User
}

/** Tells everybody that a branch stands elsewhere; git has moved it already. */
export async function branchMoved(world: World, repository: Repository, { branch, to, by }: Move): Promise<void> {
  const before = repository.branches.get(branch)
  if (before === to) return
  if (to) repository.branches.set(branch, to)
  else repository.branches.delete(branch)
  repository.pushedAt = world.now()
  const forced = Boolean(before && to) && !(await isAncestor(repository.gitDir, before!, to!))
  const push = { ref: `refs/heads/${branch}`, before: before ?? nothing, after: to ?? nothing, forced }
  await deliverPush(world, repository, push, by)
  if (to) {
    const suite = { id: world.nextId(), headSha: to, headBranch: branch, createdAt: world.now() }
    repository.suites.push(suite)
    deliverCheckSuite(world, repository, suite, 'requested', by)
  }
  for (const target of world.repositories)
    for (const pull of pullsOf(target))
      if (pull.state === 'open' && pull.head.repository === repository && pull.head.ref === branch)
        await (to ? synchronize(world, target, pull, to, by) : closePull(world, target, pull, by))
}

async function synchronize(world: World, repository: Repository, pull: Pull, after: string, by: User): Promise<void> {
  const before = pull.head.sha
  await bringHead(repository, pull.head.repository, pull.number, after)
  pull.head.sha = after
  pull.base.sha = repository.branches.get(pull.base.ref) ?? pull.base.sha
  pull.updatedAt = world.now()
  await followComments(repository, pull)
  await deliverPull(world, repository, pull, 'synchronize', by, { before, after })
}

/** refs/pull/N/head of the base repository, with the fork's objects where the head is in a fork. */
export async function bringHead(base: Repository, head: Repository, number: number, sha: string): Promise<void> {
  if (head !== base) await gitText(base.gitDir, ['fetch', '--quiet', '--no-tags', head.gitDir, sha])
  await writeReference(base.gitDir, `refs/pull/${number}/head`, sha)
}

async function followComments(repository: Repository, pull: Pull): Promise<void> {
  const { gitDir } = repository
  const from = await mergeBase(gitDir, pull.base.sha, pull.head.sha)
  const files = await changedFiles(gitDir, from, pull.head.sha)
  for (const comment of pull.reviewComments) {
    if (comment.subjectType === 'file' || comment.originalLine === null) continue
    const file = files.find(candidate => candidate.path === comment.path)
    const line = await lineNow(gitDir, comment, pull.head.sha)
    const hunk = line === null ? undefined : file && hunkAt(file, line, comment.side)
    if (!hunk || line === null) {
      comment.line = comment.startLine = comment.position = null
      continue
    }
    const length = comment.originalStartLine === null ? null : comment.originalLine - comment.originalStartLine
    comment.line = line
    comment.startLine = length === null ? null : line - length
    comment.position = hunk.position + indexInHunk(hunk, line, comment.side)
    comment.commitId = pull.head.sha
  }
}

async function lineNow(gitDir: string, comment: ReviewComment, head: string): Promise<number | null> {
  if (comment.side === 'LEFT') return comment.originalLine
  return followLine(gitDir, comment.path, comment.originalLine!, comment.originalCommitId, head)
}

async function isAncestor(gitDir: string, older: string, newer: string): Promise<boolean> {
  return gitText(gitDir, ['merge-base', '--is-ancestor', older, newer]).then(
    () => true,
    () => false,
  )
}
