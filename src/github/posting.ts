// One pass over what is missing: file comments first, then one batched review whose body carries what could stand nowhere else.
import type { WantedReview } from '../domain/host.ts'
import type { Log } from './client.ts'
import { statusOf, wordsOf } from './failures.ts'
import { type Step, stands, stepDown } from './ladder.ts'
import { mark, readMarks } from './markers.ts'
import { findRefused } from './refused.ts'
import { composeBody, continued } from './review-body.ts'
import type { OurReview, Ours, Place } from './standing.ts'
import { isInvalid } from './waits.ts'

export interface Posting extends Place {
  number: number
  wanted: WantedReview
  log: Log
}

/** GitHub takes up to 100 comments a review and grows slow and unsure well before that. */
const mostInline = 30

/** Each refusal moves a step down the ladder and ends the pass or goes on; nothing is posted that stands already. */
export async function postMissing(posting: Posting, steps: Step[], ours: Ours): Promise<void> {
  for (const review of ours.reviews.filter(review => review.pending)) await dropPending(posting, review.id)
  const missing = steps.filter(step => !stands(step.comment.key, ours))
  for (const step of missing.filter(step => step.rung === 'file')) await postOnFile(posting, step)
  const inline = missing.filter(step => step.rung === 'inline')
  const main = ours.reviews.find(review => review.key === posting.wanted.key && !review.pending)
  for (let from = 0; from === 0 || from < inline.length; from += mostInline) {
    const batch = inline.slice(from, from + mostInline)
    const inBody = from === 0 ? missing.filter(step => step.rung === 'body') : []
    const posted =
      from === 0 && main
        ? await continueReview(posting, main, batch, inBody)
        : await postReview(posting, batch, inBody, from === 0)
    if (!posted) return
  }
}

/** Where a review stands already, its body takes what is left if it has room; else one more review carries on. */
async function continueReview(posting: Posting, main: OurReview, batch: Step[], inBody: Step[]): Promise<boolean> {
  if (batch.length > 0) return postReview(posting, batch, inBody, false)
  if (inBody.length === 0) return true
  const stood = posting.wanted.comments.filter(comment => main.keys.includes(comment.key))
  const { text, keys } = composeBody(readMarks(posting.wanted.body).text, [
    ...stood,
    ...inBody.map(step => step.comment),
  ])
  if (!inBody.some(step => keys.includes(step.comment.key))) return postReview(posting, [], inBody, false)
  const body = mark(text, { review: posting.wanted.key, keys })
  await posting.octokit.rest.pulls.updateReview({
    ...posting.at,
    pull_number: posting.number,
    review_id: main.id,
    body,
  })
  return true
}

/** False when GitHub refused some of it: those went down the ladder, and the rest is posted in the next pass. */
async function postReview(posting: Posting, batch: Step[], inBody: Step[], first: boolean): Promise<boolean> {
  const { octokit, at, number, wanted } = posting
  const { text, keys } = composeBody(
    first ? wanted.body : continued,
    inBody.map(step => step.comment),
  )
  const body = mark(text, first ? { review: wanted.key, keys } : { keys })
  const comments = batch.map(({ comment }) => inlineOf(comment))
  const stale = batch.length === 0 && inBody.some(step => step.because === staleHead)
  const review = {
    ...at,
    pull_number: number,
    body,
    event: 'COMMENT' as const,
    ...(stale ? {} : { commit_id: wanted.head }),
  }
  try {
    await octokit.rest.pulls.createReview({ ...review, comments })
    for (const step of batch) step.accepted = true
    return true
  } catch (thrown) {
    if (!isInvalid(thrown)) throw thrown
    await readRefusal(posting, batch, thrown)
    return false
  }
}

const staleHead = 'The reviewed commit is no longer part of the pull request.'

/** GitHub refuses a whole review for one bad comment, and does not say which. */
async function readRefusal(posting: Posting, batch: Step[], thrown: unknown): Promise<void> {
  const words = wordsOf(thrown)
  // "User can only have one pending review per pull request": the next pass reads it and takes it away.
  if (/pending review/i.test(words)) return
  if (/commit/i.test(words) && !/hunk|line|path/i.test(words)) {
    for (const step of batch) stepDown(step, staleHead, 'body')
    if (batch.length > 0) return
  }
  if (batch.length === 0) throw thrown
  for (const { step, because } of await findRefused(posting, batch, words)) {
    stepDown(step, `GitHub refused it on its line: ${because}`)
  }
}

async function postOnFile(posting: Posting, step: Step): Promise<void> {
  const { octokit, at, number, wanted } = posting
  const { comment } = step
  const about = comment.line === undefined ? '' : `About line ${comment.line}:\n\n`
  const body = mark(about + comment.body, { keys: [comment.key] })
  const file = { ...at, pull_number: number, commit_id: wanted.head, path: comment.path, subject_type: 'file' as const }
  try {
    await octokit.rest.pulls.createReviewComment({ ...file, body } as Parameters<
      typeof octokit.rest.pulls.createReviewComment
    >[0])
    step.accepted = true
  } catch (thrown) {
    if (!isInvalid(thrown) && statusOf(thrown) !== 404) throw thrown
    if (/pending review/i.test(wordsOf(thrown))) return
    stepDown(step, `GitHub refused it on its file: ${shortWords(thrown)}`)
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

export async function dropPending({ octokit, at, number }: Posting, reviewId: number): Promise<void> {
  try {
    await octokit.rest.pulls.deletePendingReview({ ...at, pull_number: number, review_id: reviewId })
  } catch (thrown) {
    if (statusOf(thrown) !== 404) throw thrown
  }
}

function shortWords(thrown: unknown): string {
  return wordsOf(thrown).replace(/\s+/g, ' ').slice(0, 200)
}
