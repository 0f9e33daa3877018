// Reviews: one request with many comments, and one bad comment refuses them all.
import { type Call, type Handlers, page, pullOf, repositoryOf, reviewOf, userOf } from '../call.ts'
import { addReview, type Remark, submitted } from '../changes/talk.ts'
import { deliverReview } from '../payloads.ts'
import { Refusal, unprocessable } from '../refusal.ts'
import { reviewCommentOfReview, reviewShape } from '../shapes-of-pulls.ts'
import type { Json, Pull, Review } from '../world.ts'
import { anchored } from './review-comments.ts'

export const reviews: Handlers = {
  'pulls/create-review': create,
  'pulls/list-reviews': call => {
    const pull = pullOf(call)
    const seen = pull.reviews.filter(review => review.state !== 'PENDING' || review.user === userOf(call))
    return page(
      call,
      seen.map(review => reviewShape(call.world, repositoryOf(call), pull, review)),
    )
  },
  'pulls/get-review': show,
  'pulls/update-review': call => {
    const { review } = reviewOf(call)
    mayTouch(call, review)
    limitBody(call.body.body)
    review.body = call.body.body
    return show(call)
  },
  'pulls/submit-review': call => {
    const { pull, review } = reviewOf(call)
    if (review.state !== 'PENDING') throw unprocessable('Could not submit a review that was submitted already')
    const state = stateOf(call.body.event)
    mayConclude(call, pull, state)
    review.state = state
    if (call.body.body !== undefined) review.body = call.body.body
    submitted(call.world, repositoryOf(call), pull, review)
    return show(call)
  },
  'pulls/delete-pending-review': call => {
    const { pull, review } = reviewOf(call)
    if (review.state !== 'PENDING') throw unprocessable('Can not delete a non-pending pull request review')
    const answer = show(call)
    pull.reviews.splice(pull.reviews.indexOf(review), 1)
    pull.reviewComments = pull.reviewComments.filter(comment => comment.reviewId !== review.id)
    return answer
  },
  'pulls/dismiss-review': call => {
    const { pull, review } = reviewOf(call)
    if (review.state === 'COMMENTED' || review.state === 'PENDING')
      throw unprocessable('Can not dismiss a commented pull request review')
    review.state = 'DISMISSED'
    deliverReview(call.world, repositoryOf(call), pull, review, 'dismissed', userOf(call))
    return show(call)
  },
  'pulls/list-comments-for-review': call => {
    const { pull, review } = reviewOf(call)
    const comments = pull.reviewComments.filter(comment => comment.reviewId === review.id)
    return page(
      call,
      comments.map(comment => reviewCommentOfReview(call.world, repositoryOf(call), pull, comment)),
    )
  },
}

async function create(call: Call) {
  const repository = repositoryOf(call)
  const pull = pullOf(call)
  const { body = '', event, comments = [], commit_id: commitId = pull.head.sha } = call.body ?? {}
  const state = event ? stateOf(event) : 'PENDING'
  const user = userOf(call)
  if (pull.reviews.some(review => review.state === 'PENDING' && review.user === user))
    throw unprocessable('User can only have one pending review per pull request')
  mayConclude(call, pull, state)
  limitBody(body)
  // a request for changes and a plain comment want words: https://docs.github.com/rest/pulls/reviews
  if (!body && comments.length === 0 && (state === 'CHANGES_REQUESTED' || state === 'COMMENTED'))
    throw unprocessable('Review comments is invalid and Body is required')
  if (comments.length > 100) throw unprocessable('Too many comments: a review takes at most 100')
  const remarks: Remark[] = []
  for (const comment of comments)
    remarks.push(await anchored(repository, pull, { ...comment, commit_id: commitId }, 'review'))
  const review = addReview(call.world, repository, pull, { body, state, user, commitId, remarks })
  return { body: reviewShape(call.world, repository, pull, review) }
}

function show(call: Call) {
  const { pull, review } = reviewOf(call)
  return { body: reviewShape(call.world, repositoryOf(call), pull, review) }
}

function stateOf(event: string): Review['state'] {
  const states: Record<string, Review['state']> = {
    APPROVE: 'APPROVED',
    REQUEST_CHANGES: 'CHANGES_REQUESTED',
    COMMENT: 'COMMENTED',
  }
  return states[event]!
}

function mayConclude(call: Call, pull: Pull, state: Review['state']): void {
  if (pull.author !== userOf(call)) return
  if (state === 'APPROVED') throw unprocessable('Can not approve your own pull request')
  if (state === 'CHANGES_REQUESTED') throw unprocessable('Can not request changes on your own pull request')
}

function mayTouch(call: Call, review: Review): void {
  if (review.user !== userOf(call)) throw new Refusal(403, 'Resource not accessible by integration')
}

export function limitBody(body: Json): void {
  if (String(body ?? '').length > 65_536) throw unprocessable('Body is too long (maximum is 65536 characters)')
}
