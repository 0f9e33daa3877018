// Pulls are opened, closed, merged, edited, labelled and queued; each is delivered.
import { git, writeCommit } from '../bare-repository.ts'
import { deliverIssue, deliverPull, mergeGroupPayload } from '../payloads.ts'
import { mergeBase } from '../positions.ts'
import { iso } from '../shapes.ts'
import { labelShape } from '../shapes-of-pulls.ts'
import {
  type Issue,
  isPull,
  type Json,
  nextNumber,
  type Pull,
  type Repository,
  type User,
  type World,
} from '../world.ts'
import { branchMoved, bringHead } from './branches.ts'

export interface NewPull {
  head: string
  base: string
  title: string
  body: string | null
  author: User
  draft: boolean
  fork: Repository | undefined
  labels: string[]
}

export async function openPull(world: World, repository: Repository, wanted: NewPull): Promise<Pull> {
  const from = wanted.fork ?? repository
  const sha = from.branches.get(wanted.head)
  const base = repository.branches.get(wanted.base)
  if (!sha || !base) throw new Error(`no branch ${sha ? wanted.base : wanted.head} to open a pull with`)
  const pull: Pull = {
    ...newIssue(world, repository, wanted.title, wanted.body, wanted.author),
    head: { ref: wanted.head, sha, repository: from },
    base: { ref: wanted.base, sha: base },
    draft: wanted.draft,
    merged: false,
    mergedBy: null,
    mergedAt: null,
    mergeCommitSha: null,
    reviews: [],
    reviewComments: [],
    resolvedThreads: new Map(),
  }
  repository.issues.set(pull.number, pull)
  pull.labels = wanted.labels.map(name => knownLabel(world, repository, name))
  await bringHead(repository, from, pull.number, sha)
  await deliverPull(world, repository, pull, 'opened', wanted.author)
  return pull
}

export function openIssue(
  world: World,
  repository: Repository,
  title: string,
  body: string | null,
  author: User,
): Issue {
  const issue = newIssue(world, repository, title, body, author)
  repository.issues.set(issue.number, issue)
  deliverIssue(world, repository, issue, 'opened', author)
  return issue
}

function newIssue(world: World, repository: Repository, title: string, body: string | null, author: User): Issue {
  const at = world.now()
  const said = { title, body, author, state: 'open' as const, labels: [], issueComments: [], reactions: [] }
  return { id: world.nextId(), number: nextNumber(repository), ...said, createdAt: at, updatedAt: at, closedAt: null }
}

export async function closePull(world: World, repository: Repository, pull: Pull, by: User): Promise<void> {
  pull.state = 'closed'
  pull.closedAt = pull.updatedAt = world.now()
  await deliverPull(world, repository, pull, 'closed', by)
}

export async function reopenPull(world: World, repository: Repository, pull: Pull, by: User): Promise<void> {
  pull.state = 'open'
  pull.closedAt = null
  await deliverPull(world, repository, pull, 'reopened', by)
}

/** Merges with a merge commit whose tree takes the pull's changed files from its head. */
export async function mergePull(world: World, repository: Repository, pull: Pull, by: User): Promise<string> {
  const sha = await mergeCommit(world, repository, pull, pull.base.ref, by)
  Object.assign(pull, { merged: true, mergedBy: by, mergedAt: world.now(), mergeCommitSha: sha })
  await branchMoved(world, repository, { branch: pull.base.ref, to: sha, by })
  await closePull(world, repository, pull, by)
  return sha
}

/** A merge queue tries the pull on a branch of its own, and asks for checks on that commit. */
export async function enqueueMerge(world: World, repository: Repository, pull: Pull, by: User): Promise<string> {
  const base = repository.branches.get(pull.base.ref)!
  const branch = `gh-readonly-queue/${pull.base.ref}/pr-${pull.number}-${base}`
  const head = await mergeCommit(world, repository, pull, branch, by)
  const author = { name: by.login, email: `${by.login}@users.noreply.github.com` }
  const head_commit = {
    id: head,
    tree_id: head,
    message: pull.title,
    timestamp: iso(world.now()),
    author,
    committer: author,
  }
  const refs = { head_ref: `refs/heads/${branch}`, base_sha: base, base_ref: `refs/heads/${pull.base.ref}` }
  const group: Json = { head_sha: head, ...refs, head_commit }
  world.deliver('merge_group', mergeGroupPayload(world, repository, group, 'checks_requested', by))
  await branchMoved(world, repository, { branch, to: head, by })
  return head
}

async function mergeCommit(
  world: World,
  repository: Repository,
  pull: Pull,
  branch: string,
  by: User,
): Promise<string> {
  const { gitDir } = repository
  const message = `Merge pull request #${pull.number} from ${pull.head.repository.owner.login}/${pull.head.ref}`
  const files = await filesOfPull(repository, pull)
  const parent = repository.branches.get(pull.base.ref)
  const merge = { mergeParent: pull.head.sha, message, author: by.login, at: world.now() }
  return writeCommit(gitDir, { branch, parent, ...files, ...merge })
}

async function filesOfPull(repository: Repository, pull: Pull) {
  const from = await mergeBase(repository.gitDir, pull.base.sha, pull.head.sha)
  const raw = await git(repository.gitDir, ['diff', '--raw', '-z', '--no-renames', '--full-index', from, pull.head.sha])
  const fields = raw.toString().split('\0')
  const files: Record<string, Buffer | string | null> = {}
  const modes: Record<string, '100644' | '100755' | '120000' | '160000'> = {}
  for (let index = 0; fields[index]?.startsWith(':'); index += 2) {
    const [, mode, , blob, letter] = fields[index]!.split(' ') as [string, string, string, string, string]
    const path = fields[index + 1]!
    if (letter === 'D') files[path] = null
    else {
      modes[path] = mode as '100644'
      files[path] = mode === '160000' ? blob : await git(repository.gitDir, ['cat-file', 'blob', blob])
    }
  }
  return { files, modes }
}

export interface PullEdit {
  title?: string
  body?: string | null
  base?: string
}

export async function editPull(
  world: World,
  repository: Repository,
  pull: Pull,
  edit: PullEdit,
  by: User,
): Promise<void> {
  const changes: Json = {}
  if (edit.title !== undefined && edit.title !== pull.title) changes.title = { from: pull.title }
  if (edit.body !== undefined && edit.body !== pull.body) changes.body = { from: pull.body ?? '' }
  if (edit.base !== undefined && edit.base !== pull.base.ref) {
    changes.base = { ref: { from: pull.base.ref }, sha: { from: pull.base.sha } }
    pull.base = { ref: edit.base, sha: repository.branches.get(edit.base)! }
  }
  if (edit.title !== undefined) pull.title = edit.title
  if (edit.body !== undefined) pull.body = edit.body
  pull.updatedAt = world.now()
  if (Object.keys(changes).length > 0) await deliverPull(world, repository, pull, 'edited', by, { changes })
}

export async function setDraft(
  world: World,
  repository: Repository,
  pull: Pull,
  draft: boolean,
  by: User,
): Promise<void> {
  if (pull.draft === draft) return
  pull.draft = draft
  await deliverPull(world, repository, pull, draft ? 'converted_to_draft' : 'ready_for_review', by)
}

export async function addLabel(
  world: World,
  repository: Repository,
  issue: Issue | Pull,
  name: string,
  by: User,
): Promise<void> {
  const known = knownLabel(world, repository, name)
  if (issue.labels.includes(known)) return
  issue.labels.push(known)
  await labelDelivered(world, repository, issue, 'labeled', known, by)
}

export async function removeLabel(
  world: World,
  repository: Repository,
  issue: Issue | Pull,
  name: string,
  by: User,
): Promise<void> {
  issue.labels = issue.labels.filter(label => label.toLowerCase() !== name.toLowerCase())
  await labelDelivered(world, repository, issue, 'unlabeled', name, by)
}

/** A label that is not there yet is made, as GitHub does. Returns its name as first spelled. */
function knownLabel(world: World, repository: Repository, name: string): string {
  const known = repository.labels.get(name.toLowerCase())
  if (known) return known.name
  repository.labels.set(name.toLowerCase(), { id: world.nextId(), name, color: 'ededed', description: null })
  return name
}

async function labelDelivered(
  world: World,
  repository: Repository,
  issue: Issue | Pull,
  action: string,
  name: string,
  by: User,
) {
  issue.updatedAt = world.now()
  const label = labelShape(world, repository, name)
  if (isPull(issue)) await deliverPull(world, repository, issue, action, by, { label })
  else deliverIssue(world, repository, issue, action, by, { label })
}
