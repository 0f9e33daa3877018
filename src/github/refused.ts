// Finds which comments of a refused review GitHub does not take, by halves, with reviews that are never sent and so seen by nobody.
import { wordsOf } from './failures.ts'
import type { Step } from './ladder.ts'
import { dropPending, inlineOf, type Posting } from './posting.ts'
import { isInvalid } from './waits.ts'

/** At least one of `batch`, which GitHub refused with these words as a whole. */
export async function findRefused(
  posting: Posting,
  batch: Step[],
  words: string,
): Promise<{ step: Step; because: string }[]> {
  const because = words.replace(/\s+/g, ' ').slice(0, 200)
  if (batch.length === 1) return batch.map(step => ({ step, because }))
  const half = Math.ceil(batch.length / 2)
  const [left, right] = [batch.slice(0, half), batch.slice(half)]
  const leftWords = await refusalOf(posting, left)
  // A good left half leaves the fault on the right, so that one needs no trial of its own.
  if (leftWords === undefined) return findRefused(posting, right, words)
  const found = await findRefused(posting, left, leftWords)
  const rightWords = await refusalOf(posting, right)
  return rightWords === undefined ? found : [...found, ...(await findRefused(posting, right, rightWords))]
}

/** A review without an event stays pending, visible to its author alone (https://docs.github.com/en/rest/pulls/reviews#create-a-review-for-a-pull-request). */
async function refusalOf(posting: Posting, batch: Step[]): Promise<string | undefined> {
  const { octokit, at, number, wanted } = posting
  const comments = batch.map(({ comment }) => inlineOf(comment))
  try {
    const { data } = await octokit.rest.pulls.createReview({
      ...at,
      pull_number: number,
      commit_id: wanted.head,
      comments,
    })
    await dropPending(posting, data.id)
    return undefined
  } catch (thrown) {
    // A trial left over from a lost answer is in the way: the next pass of publish takes it away.
    if (!isInvalid(thrown) || /pending review/i.test(wordsOf(thrown))) throw thrown
    return wordsOf(thrown)
  }
}
