// Reviews begun and never sent: ours are taken out of the way, and the draft of the person under whose name we post is never touched.
import { Problem } from '../domain/problem.ts'
import { statusOf } from './failures.ts'
import { readMarks } from './markers.ts'
import type { OurReview, Place } from './standing.ts'

type PullPlace = Place & { number: number }

/** Problem `conflict` when one of them was written by hand: GitHub lets nobody have two, and only its author may say what becomes of it. */
export async function clearPending(place: PullPlace, reviews: OurReview[]): Promise<void> {
  const pending = reviews.filter(review => review.pending)
  for (const review of pending) {
    if (await isOurDraft(place, review)) continue
    throw new Problem(
      'conflict',
      `You have a pending review on pull request #${place.number}, and GitHub allows one at a time; submit or discard it first.`,
    )
  }
  for (const review of pending) await dropPending(place, review.id)
}

export async function dropPending({ octokit, at, number }: PullPlace, reviewId: number): Promise<void> {
  try {
    await octokit.rest.pulls.deletePendingReview({ ...at, pull_number: number, review_id: reviewId })
  } catch (thrown) {
    if (statusOf(thrown) !== 404) throw thrown
  }
}

/** Every word of it carries our marks; a draft with nothing in it loses nobody anything. */
async function isOurDraft({ octokit, at, number }: PullPlace, { id, key, keys, body }: OurReview): Promise<boolean> {
  if (body !== '' && key === undefined && keys.length === 0) return false
  const about = { ...at, pull_number: number, review_id: id, per_page: 100 }
  const comments = await octokit.paginate(octokit.rest.pulls.listCommentsForReview, about)
  return comments.every(comment => readMarks(comment.body).keys.length > 0)
}
