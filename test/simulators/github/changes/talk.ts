// People and Apps say things on pulls and issues: comments, reviews, replies, reactions, resolved threads.
import { deliverIssueComment, deliverReview, deliverReviewComment, deliverThread } from '../payloads.ts'
import type { Issue, IssueComment, Pull, Reaction, Repository, Review, ReviewComment, User, World } from '../world.ts'

export function addIssueComment(
  world: World,
  repository: Repository,
  issue: Issue,
  body: string,
  user: User,
  byApp: boolean,
): IssueComment {
  const at = world.now()
  const comment: IssueComment = { id: world.nextId(), body, user, byApp, reactions: [], createdAt: at, updatedAt: at }
  issue.issueComments.push(comment)
  deliverIssueComment(world, repository, issue, comment, 'created', user)
  world.emit('comment', { comment, issue, repository })
  return comment
}

export function editIssueComment(
  world: World,
  repository: Repository,
  issue: Issue,
  comment: IssueComment,
  body: string,
  by: User,
): void {
  const changes = { body: { from: comment.body } }
  comment.body = body
  comment.updatedAt = world.now()
  deliverIssueComment(world, repository, issue, comment, 'edited', by, { changes })
}

export function removeIssueComment(
  world: World,
  repository: Repository,
  issue: Issue,
  comment: IssueComment,
  by: User,
): void {
  issue.issueComments.splice(issue.issueComments.indexOf(comment), 1)
  deliverIssueComment(world, repository, issue, comment, 'deleted', by)
}

/** A comment before it has an id, a review and a date. */
export type Remark = Pick<
  ReviewComment,
  'body' | 'path' | 'subjectType' | 'line' | 'side' | 'startLine' | 'startSide' | 'position' | 'commitId' | 'diffHunk'
>

export interface NewReview {
  body: string
  state: Review['state']
  user: User
  commitId: string
  remarks: Remark[]
}

export function addReview(world: World, repository: Repository, pull: Pull, wanted: NewReview): Review {
  const { remarks, ...said } = wanted
  const review: Review = { id: world.nextId(), ...said, submittedAt: null }
  pull.reviews.push(review)
  for (const remark of remarks) pull.reviewComments.push(asComment(world, remark, review, null))
  if (review.state !== 'PENDING') submitted(world, repository, pull, review)
  return review
}

/** A pending review becomes seen: its comments are delivered now. */
export function submitted(world: World, repository: Repository, pull: Pull, review: Review): void {
  review.submittedAt = world.now()
  deliverReview(world, repository, pull, review, 'submitted', review.user)
  const comments = pull.reviewComments.filter(comment => comment.reviewId === review.id)
  for (const comment of comments) {
    deliverReviewComment(world, repository, pull, comment, 'created', review.user)
    world.emit('comment', { comment, issue: pull, repository })
  }
  world.emit('review', { review, comments, pull, repository })
}

/** A single comment or a reply stands in a review of its own, without a body. */
export function addReviewComment(
  world: World,
  repository: Repository,
  pull: Pull,
  remark: Remark,
  user: User,
  inReplyTo: number | null,
): ReviewComment {
  const state = 'COMMENTED' as const
  const review: Review = {
    id: world.nextId(),
    body: '',
    state,
    user,
    commitId: remark.commitId,
    submittedAt: world.now(),
  }
  pull.reviews.push(review)
  const comment = asComment(world, remark, review, inReplyTo)
  pull.reviewComments.push(comment)
  deliverReview(world, repository, pull, review, 'submitted', user)
  deliverReviewComment(world, repository, pull, comment, 'created', user)
  world.emit('comment', { comment, issue: pull, repository })
  return comment
}

/** GitHub hangs every reply on the first comment of its thread. */
export function replyTo(
  world: World,
  repository: Repository,
  pull: Pull,
  id: number,
  body: string,
  user: User,
): ReviewComment {
  const answered = pull.reviewComments.find(comment => comment.id === id)
  if (!answered) throw new Error(`no review comment ${id}`)
  const root = pull.reviewComments.find(comment => comment.id === answered.inReplyTo) ?? answered
  return addReviewComment(world, repository, pull, { ...root, body }, user, root.id)
}

export function editReviewComment(
  world: World,
  repository: Repository,
  pull: Pull,
  comment: ReviewComment,
  body: string,
  by: User,
): void {
  const changes = { body: { from: comment.body } }
  comment.body = body
  comment.updatedAt = world.now()
  deliverReviewComment(world, repository, pull, comment, 'edited', by, { changes })
}

export function removeReviewComment(
  world: World,
  repository: Repository,
  pull: Pull,
  comment: ReviewComment,
  by: User,
): void {
  pull.reviewComments.splice(pull.reviewComments.indexOf(comment), 1)
  deliverReviewComment(world, repository, pull, comment, 'deleted', by)
}

/** The same reaction of the same person twice is one. Reactions have no delivery. */
export function addReaction(world: World, to: { reactions: Reaction[] }, content: string, user: User) {
  const known = to.reactions.find(reaction => reaction.content === content && reaction.user === user)
  if (known) return { reaction: known, created: false }
  const reaction = { id: world.nextId(), content, user, createdAt: world.now() }
  to.reactions.push(reaction)
  world.emit('reaction', { reaction, to })
  return { reaction, created: true }
}

export function resolveThread(world: World, repository: Repository, pull: Pull, root: ReviewComment, by: User): void {
  if (pull.resolvedThreads.has(root.id)) return
  pull.resolvedThreads.set(root.id, by)
  deliverThread(world, repository, pull, root, 'resolved', by)
}

export function unresolveThread(world: World, repository: Repository, pull: Pull, root: ReviewComment, by: User): void {
  if (pull.resolvedThreads.delete(root.id)) deliverThread(world, repository, pull, root, 'unresolved', by)
}

function asComment(world: World, remark: Remark, review: Review, inReplyTo: number | null): ReviewComment {
  const at = world.now()
  const { body, path, subjectType, line, side, startLine, startSide, position, commitId, diffHunk } = remark
  const place = { path, subjectType, line, side, startLine, startSide, position, commitId, diffHunk }
  const origin = {
    originalLine: line,
    originalStartLine: startLine,
    originalPosition: position,
    originalCommitId: commitId,
  }
  const said = { body, user: review.user, reviewId: review.id, inReplyTo, reactions: [], createdAt: at, updatedAt: at }
  return { id: world.nextId(), ...place, ...origin, ...said }
}
