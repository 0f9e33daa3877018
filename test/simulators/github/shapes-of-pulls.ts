// GitHub's JSON of pulls, issues, reviews, comments, labels and reactions.
import { api, appShape, iso, isoOrNull, nodeId, repositoryPath, repositoryShape, userShape, webPath } from './shapes.ts'
import {
  type Issue,
  type IssueComment,
  isPull,
  type Json,
  type Pull,
  type Reaction,
  type Repository,
  type Review,
  type ReviewComment,
  roleOf,
  type User,
  type World,
} from './world.ts'

function associationOf(repository: Repository, user: User): string {
  if (user.id === repository.owner.id) return 'OWNER'
  const role = repository.collaborators.has(user.login.toLowerCase()) ? roleOf(repository, user) : 'none'
  if (role === 'none') return user.type === 'Bot' ? 'NONE' : 'CONTRIBUTOR'
  return repository.owner.type === 'Organization' ? 'MEMBER' : 'COLLABORATOR'
}

export function labelShape(world: World, repository: Repository, name: string): Json {
  const label = repository.labels.get(name.toLowerCase())!
  const url = api(world, `${repositoryPath(repository)}/labels/${encodeURIComponent(label.name)}`)
  const { id, color, description } = label
  return { id, node_id: nodeId('Label', id), url, name: label.name, color, default: false, description }
}

/** What a pull and an issue have in common. */
function thread(world: World, repository: Repository, issue: Issue) {
  const numbered = api(world, `${repositoryPath(repository)}/issues/${issue.number}`)
  return {
    number: issue.number,
    state: issue.state,
    locked: false,
    active_lock_reason: null,
    title: issue.title,
    user: userShape(world, issue.author),
    body: issue.body,
    labels: issue.labels.map(name => labelShape(world, repository, name)),
    milestone: null,
    assignee: null,
    assignees: [],
    created_at: iso(issue.createdAt),
    updated_at: iso(issue.updatedAt),
    closed_at: isoOrNull(issue.closedAt),
    author_association: associationOf(repository, issue.author),
    comments_url: `${numbered}/comments`,
  }
}

export function pullBrief(world: World, repository: Repository, pull: Pull): Json {
  const base = api(world, repositoryPath(repository))
  const url = `${base}/pulls/${pull.number}`
  const web = `${world.url}${webPath(repository)}/pull/${pull.number}`
  const issue = `${base}/issues/${pull.number}`
  const shape = {
    url,
    id: pull.id,
    node_id: nodeId('PullRequest', pull.id),
    html_url: web,
    diff_url: `${web}.diff`,
    patch_url: `${web}.patch`,
    issue_url: issue,
    ...thread(world, repository, pull),
    merged_at: isoOrNull(pull.mergedAt),
    merge_commit_sha: pull.mergeCommitSha,
    requested_reviewers: [],
    requested_teams: [],
    draft: pull.draft,
    commits_url: `${url}/commits`,
    review_comments_url: `${url}/comments`,
    review_comment_url: `${base}/pulls/comments{/number}`,
    statuses_url: `${base}/statuses/${pull.head.sha}`,
    head: side(world, pull.head.repository, pull.head),
    base: side(world, repository, pull.base),
    auto_merge: null,
  }
  const named = { html: web, issue, comments: shape.comments_url, review_comments: shape.review_comments_url }
  const more = { review_comment: shape.review_comment_url, commits: shape.commits_url, statuses: shape.statuses_url }
  const all = Object.entries({ self: url, ...named, ...more })
  return { ...shape, _links: Object.fromEntries(all.map(([name, href]) => [name, { href }])) }
}

function side(world: World, repository: Repository, end: { ref: string; sha: string }) {
  const { owner } = repository
  const user = userShape(world, owner)
  const repo = repositoryShape(world, repository)
  return { label: `${owner.login}:${end.ref}`, ref: end.ref, sha: end.sha, user, repo }
}

export interface PullCounts {
  commits: number
  additions: number
  deletions: number
  changedFiles: number
}

export function pullShape(world: World, repository: Repository, pull: Pull, counts: PullCounts): Json {
  const open = pull.state === 'open'
  return {
    ...pullBrief(world, repository, pull),
    merged: pull.merged,
    mergeable: open ? true : null,
    rebaseable: open ? true : null,
    mergeable_state: !open ? 'unknown' : pull.draft ? 'draft' : 'clean',
    merged_by: pull.mergedBy && userShape(world, pull.mergedBy),
    comments: pull.issueComments.length,
    review_comments: pull.reviewComments.length,
    maintainer_can_modify: false,
    commits: counts.commits,
    additions: counts.additions,
    deletions: counts.deletions,
    changed_files: counts.changedFiles,
  }
}

export function issueShape(world: World, repository: Repository, issue: Issue | Pull): Json {
  const base = api(world, repositoryPath(repository))
  const url = `${base}/issues/${issue.number}`
  const web = `${world.url}${webPath(repository)}/${isPull(issue) ? 'pull' : 'issues'}/${issue.number}`
  return {
    url,
    repository_url: base,
    labels_url: `${url}/labels{/name}`,
    events_url: `${url}/events`,
    html_url: web,
    id: isPull(issue) ? issue.id + 500_000_000 : issue.id, // a pull's issue has an id of its own
    node_id: nodeId(isPull(issue) ? 'PullRequest' : 'Issue', issue.id),
    ...thread(world, repository, issue),
    comments: issue.issueComments.length,
    closed_by: null,
    reactions: rollup(`${url}/reactions`, issue.reactions),
    timeline_url: `${url}/timeline`,
    performed_via_github_app: null,
    state_reason: issue.state === 'closed' ? 'completed' : null,
    ...(isPull(issue) && { draft: issue.draft, pull_request: pullLinks(base, web, issue) }),
  }
}

function pullLinks(base: string, web: string, pull: Pull) {
  const merged_at = isoOrNull(pull.mergedAt)
  return {
    url: `${base}/pulls/${pull.number}`,
    html_url: web,
    diff_url: `${web}.diff`,
    patch_url: `${web}.patch`,
    merged_at,
  }
}

export function issueCommentShape(world: World, repository: Repository, issue: Issue, comment: IssueComment): Json {
  const url = api(world, `${repositoryPath(repository)}/issues/comments/${comment.id}`)
  const place = isPull(issue) ? 'pull' : 'issues'
  return {
    url,
    html_url: `${world.url}${webPath(repository)}/${place}/${issue.number}#issuecomment-${comment.id}`,
    issue_url: api(world, `${repositoryPath(repository)}/issues/${issue.number}`),
    id: comment.id,
    node_id: nodeId('IssueComment', comment.id),
    user: userShape(world, comment.user),
    created_at: iso(comment.createdAt),
    updated_at: iso(comment.updatedAt),
    author_association: associationOf(repository, comment.user),
    body: comment.body,
    reactions: rollup(`${url}/reactions`, comment.reactions),
    performed_via_github_app: comment.byApp ? appShape(world, repository.installation?.permissions ?? {}) : null,
  }
}

export function reviewShape(world: World, repository: Repository, pull: Pull, review: Review): Json {
  const html = `${world.url}${webPath(repository)}/pull/${pull.number}#pullrequestreview-${review.id}`
  const pullUrl = api(world, `${repositoryPath(repository)}/pulls/${pull.number}`)
  return {
    id: review.id,
    node_id: nodeId('PullRequestReview', review.id),
    user: userShape(world, review.user),
    body: review.body,
    state: review.state,
    html_url: html,
    pull_request_url: pullUrl,
    author_association: associationOf(repository, review.user),
    _links: { html: { href: html }, pull_request: { href: pullUrl } },
    ...(review.submittedAt && { submitted_at: iso(review.submittedAt) }),
    commit_id: review.commitId,
  }
}

export function reviewCommentShape(world: World, repository: Repository, pull: Pull, comment: ReviewComment): Json {
  const onLine = comment.subjectType === 'line'
  return {
    ...reviewCommentOfReview(world, repository, pull, comment),
    start_line: comment.startLine,
    original_start_line: comment.originalStartLine,
    start_side: comment.startSide,
    line: onLine ? comment.line : null,
    original_line: onLine ? comment.originalLine : null,
    side: comment.side,
    original_position: onLine ? comment.originalPosition : 1,
    position: onLine ? comment.position : 1,
    subject_type: comment.subjectType,
  }
}

/** The comments of a review come in an older shape, which knows positions but no lines. */
export function reviewCommentOfReview(world: World, repository: Repository, pull: Pull, comment: ReviewComment): Json {
  const url = api(world, `${repositoryPath(repository)}/pulls/comments/${comment.id}`)
  const html = `${world.url}${webPath(repository)}/pull/${pull.number}#discussion_r${comment.id}`
  const pullUrl = api(world, `${repositoryPath(repository)}/pulls/${pull.number}`)
  return {
    url,
    pull_request_review_id: comment.reviewId,
    id: comment.id,
    node_id: nodeId('PullRequestReviewComment', comment.id),
    diff_hunk: comment.diffHunk,
    path: comment.path,
    commit_id: comment.commitId,
    original_commit_id: comment.originalCommitId,
    user: userShape(world, comment.user),
    body: comment.body,
    created_at: iso(comment.createdAt),
    updated_at: iso(comment.updatedAt),
    html_url: html,
    pull_request_url: pullUrl,
    author_association: associationOf(repository, comment.user),
    _links: { self: { href: url }, html: { href: html }, pull_request: { href: pullUrl } },
    reactions: rollup(`${url}/reactions`, comment.reactions),
    original_position: comment.originalPosition ?? 1,
    position: comment.subjectType === 'file' ? 1 : comment.position,
    ...(comment.inReplyTo !== null && { in_reply_to_id: comment.inReplyTo }),
  }
}

export function reactionShape(world: World, reaction: Reaction): Json {
  const { id, content } = reaction
  const user = userShape(world, reaction.user)
  return { id, node_id: nodeId('Reaction', id), user, content, created_at: iso(reaction.createdAt) }
}

function rollup(url: string, reactions: Reaction[]) {
  const names = ['+1', '-1', 'laugh', 'hooray', 'confused', 'heart', 'rocket', 'eyes']
  const counts = names.map(name => [name, reactions.filter(reaction => reaction.content === name).length])
  return { url, total_count: reactions.length, ...Object.fromEntries(counts) }
}
