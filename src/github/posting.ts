// One pass over what is missing: file comments first, then one batched review whose body carries what could stand nowhere else.
import type { WantedReview } from '../domain/host.ts'
import { withoutOffer } from '../domain/suggestion.ts'
import type { Log } from './client.ts'
import { isPendingInTheWay, reasonOf, statusOf, wordsOf } from './failures.ts'
import { type Step, stands, stepDown } from './ladder.ts'
import { mark } from './markers.ts'
import { clearPending } from './pending.ts'
import { findRefused } from './refused.ts'
import { composeBody, continued } from './review-body.ts'
import type { OurReview, Ours, Place } from './standing.ts'
import { isInvalid } from './waits.ts'

export interface Posting extends Place {
  number: number
  wanted: WantedReview
  log: Log
  /** GitHub said that the reviewed commit is no longer part of the pull: nothing can stand on its lines. */
  headIsGone: boolean
}

/** GitHub takes up to 100 comments a review and grows slow and unsure well before that. */
const mostInline = 30

/** False when GitHub refused some of it: those went down the ladder, and another pass posts the rest. Nothing is posted that stands already. */
export async function postMissing(posting: Posting, steps: Step[], ours: Ours): Promise<boolean> {
  await clearPending(posting, ours.reviews)
  const missing = steps.filter(step => !stands(step.comment.key, ours))
  for (const step of missing.filter(step => step.rung === 'file')) await postOnFile(posting, step)
  const inline = missing.filter(step => step.rung === 'inline')
  const inBody = missing.filter(step => step.rung === 'body')
  const main = ours.reviews.find(review => review.key === posting.wanted.key && !review.pending)
  const [batch, ...more] = inBatches(inline)
  const posted = main
    ? await continueReview(posting, main, batch ?? [], inBody)
    : await postReview(posting, batch ?? [], inBody, true)
  if (!posted) return false
  for (const next of more) if (!(await postReview(posting, next, [], false))) return false
  return true
}

/** Where a review stands already, its body takes what is left if it has room; else one more review carries on. */
async function continueReview(posting: Posting, main: OurReview, batch: Step[], inBody: Step[]): Promise<boolean> {
  if (batch.length > 0) return postReview(posting, batch, inBody, false)
  if (inBody.length === 0) return true
  const { octokit, at, number, wanted } = posting
  const stood = wanted.comments.filter(comment => main.keys.includes(comment.key))
  const { text, keys } = composeBody(wanted.body, [...stood, ...inBody.map(step => step.comment)])
  if (!inBody.some(step => keys.includes(step.comment.key))) return postReview(posting, [], inBody, false)
  const body = mark(text, { review: wanted.key, keys })
  await octokit.rest.pulls.updateReview({ ...at, pull_number: number, review_id: main.id, body })
  return true
}

async function postReview(posting: Posting, batch: Step[], inBody: Step[], first: boolean): Promise<boolean> {
  const { octokit, at, number, wanted } = posting
  if (batch.length === 0 && inBody.length === 0 && wanted.body === '') return true
  const findings = inBody.map(step => step.comment)
  const { text, keys } = composeBody(first ? wanted.body : continued, findings)
  const body = mark(text, first ? { review: wanted.key, keys } : { keys })
  const comments = batch.map(({ comment }) => inlineOf(comment))
  const commit = posting.headIsGone ? {} : { commit_id: wanted.head }
  try {
    await octokit.rest.pulls.createReview({ ...at, pull_number: number, ...commit, body, event: 'COMMENT', comments })
    for (const step of batch) step.accepted = true
    return true
  } catch (thrown) {
    if (!isInvalid(thrown)) throw thrown
    await readRefusal(posting, batch, thrown)
    return false
  }
}

/** GitHub refuses a whole review for one bad comment, and does not say which. */
async function readRefusal(posting: Posting, batch: Step[], thrown: unknown): Promise<void> {
  // The next pass reads it and takes it away.
  if (isPendingInTheWay(thrown)) return
  if (noteHeadIsGone(posting, thrown)) {
    for (const step of batch) stepDown(step, 'The reviewed commit is no longer part of the pull request.', 'body')
    return
  }
  if (batch.length === 0) throw thrown
  for (const { step, because } of await findRefused(posting, batch, reasonOf(thrown)))
    stepDown(step, `GitHub refused it on its line: ${because}.`)
}

/** "Commit is not part of the pull request", after a forced push. */
function noteHeadIsGone(posting: Posting, thrown: unknown): boolean {
  if (posting.headIsGone || !/\bcommit(_id)?\b/i.test(wordsOf(thrown))) return false
  posting.headIsGone = true
  return true
}

async function postOnFile(posting: Posting, step: Step): Promise<void> {
  const { octokit, at, number, wanted } = posting
  const { comment } = step
  if (posting.headIsGone) return stepDown(step, 'The reviewed commit is no longer part of the pull request.')
  const about = comment.line === undefined ? '' : `About line ${comment.line}:\n\n`
  const body = mark(about + withoutOffer(comment.body), { keys: [comment.key] })
  const file = { ...at, pull_number: number, commit_id: wanted.head, path: comment.path, subject_type: 'file', body }
  try {
    // Its types still demand a line, which a comment on a file has not.
    type Parameters_ = Parameters<typeof octokit.rest.pulls.createReviewComment>[0]
    await octokit.rest.pulls.createReviewComment(file as Parameters_)
    step.accepted = true
  } catch (thrown) {
    if (!isInvalid(thrown) && statusOf(thrown) !== 404) throw thrown
    if (isPendingInTheWay(thrown)) return
    noteHeadIsGone(posting, thrown)
    stepDown(step, `GitHub refused it on its file: ${reasonOf(thrown)}.`)
  }
}

/** What GitHub wants of a comment on lines; a `start_line` equal to `line` would be refused. */
export function inlineOf(comment: WantedReview['comments'][number]) {
  const { path, line, startLine, side = 'RIGHT' } = comment
  const many = startLine !== undefined && line !== undefined && startLine < line
  return {
    path,
    body: mark(comment.body, { keys: [comment.key] }),
    ...(line === undefined ? {} : { line, side }),
    ...(many ? { start_line: startLine, start_side: side } : {}),
  }
}

function inBatches(steps: Step[]): Step[][] {
  return Array.from({ length: Math.ceil(steps.length / mostInline) }, (_, index) =>
    steps.slice(index * mostInline, (index + 1) * mostInline),
  )
}
