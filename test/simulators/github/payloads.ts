// The bodies of deliveries: what happened, to what, in which repository, and by whom.

import { gitText } from './bare-repository.ts'
import { changedFiles, mergeBase } from './positions.ts'
import { nodeId, organizationBrief, repositoryShape, userShape, webPath } from './shapes.ts'
import { checkRunShape, checkSuiteShape } from './shapes-of-checks.ts'
import {
  issueCommentShape,
  issueShape,
  type PullCounts,
  pullBrief,
  pullShape,
  reviewCommentShape,
  reviewShape,
} from './shapes-of-pulls.ts'
import type {
  CheckRun,
  CheckSuite,
  Issue,
  IssueComment,
  Json,
  Pull,
  Repository,
  Review,
  ReviewComment,
  User,
  World,
} from './world.ts'

/** What every delivery of a repository carries. */
export function envelope(world: World, repository: Repository, sender: User): Json {
  const { owner, installation } = repository
  return {
    repository: repositoryShape(world, repository),
    ...(owner.type === 'Organization' && { organization: organizationBrief(world, owner) }),
    sender: userShape(world, sender),
    ...(installation && { installation: { id: installation.id, node_id: nodeId('Installation', installation.id) } }),
  }
}

export async function pullCounts(repository: Repository, pull: Pull): Promise<PullCounts> {
  const base = await mergeBase(repository.gitDir, pull.base.sha, pull.head.sha)
  const [files, commits] = await Promise.all([
    changedFiles(repository.gitDir, base, pull.head.sha),
    gitText(repository.gitDir, ['rev-list', '--count', `${pull.base.sha}..${pull.head.sha}`]),
  ])
  const sum = (key: 'additions' | 'deletions') => files.reduce((total, file) => total + file[key], 0)
  return {
    commits: Number(commits),
    additions: sum('additions'),
    deletions: sum('deletions'),
    changedFiles: files.length,
  }
}

export async function deliverPull(
  world: World,
  repository: Repository,
  pull: Pull,
  action: string,
  sender: User,
  more: Json = {},
): Promise<void> {
  const shape = pullShape(world, repository, pull, await pullCounts(repository, pull))
  const head = { action, number: pull.number, pull_request: shape }
  world.deliver('pull_request', { ...head, ...more, ...envelope(world, repository, sender) })
}

export function deliverIssue(
  world: World,
  repository: Repository,
  issue: Issue,
  action: string,
  sender: User,
  more: Json = {},
): void {
  const shape = issueShape(world, repository, issue)
  world.deliver('issues', { action, issue: shape, ...more, ...envelope(world, repository, sender) })
}

export function deliverIssueComment(
  world: World,
  repository: Repository,
  issue: Issue,
  comment: IssueComment,
  action: string,
  sender: User,
  more: Json = {},
): void {
  const shapes = {
    issue: issueShape(world, repository, issue),
    comment: issueCommentShape(world, repository, issue, comment),
  }
  world.deliver('issue_comment', { action, ...more, ...shapes, ...envelope(world, repository, sender) })
}

export function deliverReview(
  world: World,
  repository: Repository,
  pull: Pull,
  review: Review,
  action: string,
  sender: User,
): void {
  const shape = reviewShape(world, repository, pull, review)
  const shapes = {
    review: { ...shape, state: shape.state.toLowerCase() },
    pull_request: pullBrief(world, repository, pull),
  }
  world.deliver('pull_request_review', { action, ...shapes, ...envelope(world, repository, sender) })
}

export function deliverReviewComment(
  world: World,
  repository: Repository,
  pull: Pull,
  comment: ReviewComment,
  action: string,
  sender: User,
  more: Json = {},
): void {
  const shape = reviewCommentShape(world, repository, pull, comment)
  const shapes = { comment: shape, pull_request: pullBrief(world, repository, pull) }
  world.deliver('pull_request_review_comment', { action, ...more, ...shapes, ...envelope(world, repository, sender) })
}

export function deliverThread(
  world: World,
  repository: Repository,
  pull: Pull,
  root: ReviewComment,
  action: 'resolved' | 'unresolved',
  sender: User,
): void {
  const members = pull.reviewComments.filter(comment => comment === root || comment.inReplyTo === root.id)
  const comments = members.map(comment => reviewCommentShape(world, repository, pull, comment))
  const thread = { node_id: nodeId('PullRequestReviewThread', root.id), comments }
  const shapes = { thread, pull_request: pullBrief(world, repository, pull) }
  world.deliver('pull_request_review_thread', { action, ...shapes, ...envelope(world, repository, sender) })
}

export function deliverCheckRun(
  world: World,
  repository: Repository,
  run: CheckRun,
  action: string,
  sender: User,
  more: Json = {},
): void {
  const check_run = {
    ...checkRunShape(world, repository, run),
    check_suite: suiteInPayload(world, repository, run.suite),
  }
  world.deliver('check_run', { action, check_run, ...more, ...envelope(world, repository, sender) })
}

export function deliverCheckSuite(
  world: World,
  repository: Repository,
  suite: CheckSuite,
  action: string,
  sender: User,
): void {
  const check_suite = suiteInPayload(world, repository, suite)
  world.deliver('check_suite', { action, check_suite, ...envelope(world, repository, sender) })
}

function suiteInPayload(world: World, repository: Repository, suite: CheckSuite): Json {
  const { repository: _, ...shape } = checkSuiteShape(world, repository, suite)
  return shape
}

export interface PushFacts {
  ref: string
  before: string
  after: string
  forced: boolean
}

const nothing = '0'.repeat(40)

/** A push names at most 2,048 commits. https://docs.github.com/webhooks/webhook-events-and-payloads#push */
export async function deliverPush(world: World, repository: Repository, push: PushFacts, sender: User): Promise<void> {
  const { before, after } = push
  const commits = after === nothing ? [] : await pushedCommits(world, repository, before, after)
  const compare = `${world.url}${webPath(repository)}/compare/${before.slice(0, 12)}...${after.slice(0, 12)}`
  const state = {
    created: before === nothing,
    deleted: after === nothing,
    forced: push.forced,
    base_ref: null,
    compare,
  }
  const pusher = { name: sender.login, email: `${sender.login}@users.noreply.github.com` }
  const facts = { ref: push.ref, before, after, ...state, commits, head_commit: commits.at(-1) ?? null, pusher }
  const around = envelope(world, repository, sender)
  Object.assign(around.repository.owner, { name: repository.owner.login, email: null }) // as pushes alone have it
  world.deliver('push', { ...facts, ...around })
}

async function pushedCommits(world: World, repository: Repository, before: string, after: string): Promise<Json[]> {
  const range = before === nothing ? [after, '-1'] : [`${before}..${after}`, '--max-count=2048']
  const format = '--format=%x00%H%x01%T%x01%B%x01%cI%x01%an%x01%ae'
  const log = await gitText(repository.gitDir, ['log', '--reverse', '--no-renames', '--name-status', format, ...range])
  const entries = log.split('\0').slice(1)
  return entries.map(entry => {
    const [id, tree_id, message, timestamp, name, rest] = entry.split('\x01') as [
      string,
      string,
      string,
      string,
      string,
      string,
    ]
    const [email, ...lines] = rest.split('\n')
    const paths = (letter: string) => lines.filter(line => line.startsWith(`${letter}\t`)).map(line => line.slice(2))
    const author = { name, email, username: name }
    const url = `${world.url}${webPath(repository)}/commit/${id}`
    const said = { id, tree_id, distinct: true, message: message.trim(), timestamp, url, author, committer: author }
    return { ...said, added: paths('A'), removed: paths('D'), modified: [...paths('M'), ...paths('T')] }
  })
}

export function mergeGroupPayload(
  world: World,
  repository: Repository,
  group: Json,
  action: string,
  sender: User,
): Json {
  return { action, merge_group: group, ...envelope(world, repository, sender) }
}
