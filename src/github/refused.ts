// Finds which comments of a refused review GitHub does not take, by halves, with reviews that are never sent and so seen by nobody.
import { isPendingInTheWay, reasonOf } from './failures.ts'
import type { Step } from './ladder.ts'
import { dropPending } from './pending.ts'
import { inlineOf, type Posting } from './posting.ts'
import { isInvalid } from './waits.ts'

interface Refused {
  step: Step
  because: string
}

/** At least one of `batch`, which GitHub refused as a whole for this reason. */
export async function findRefused(posting: Posting, batch: Step[], because: string): Promise<Refused[]> {
  if (batch.length === 1) return batch.map(step => ({ step, because }))
  const half = Math.ceil(batch.length / 2)
  const [left, right] = [batch.slice(0, half), batch.slice(half)]
  const onLeft = await refusalOf(posting, left)
  // A good left half leaves the fault on the right, so that one needs no trial of its own.
  if (onLeft === undefined) return findRefused(posting, right, because)
  const found = await findRefused(posting, left, onLeft)
  const onRight = await refusalOf(posting, right)
  return onRight === undefined ? found : [...found, ...(await findRefused(posting, right, onRight))]
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
    // A trial left over from a lost answer is in the way: the next pass takes it away.
    if (!isInvalid(thrown) || isPendingInTheWay(thrown)) throw thrown
    return reasonOf(thrown)
  }
}
