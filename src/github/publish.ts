// Publishing as reconciliation: read what stands, post what is missing, read again, until the pull says what is wanted.
import type { Repository } from '../domain/event.ts'
import type { PublishReceipt, WantedReview } from '../domain/host.ts'
import { Problem } from '../domain/problem.ts'
import type { Log, Open } from './client.ts'
import { editOurs, withNewKeys } from './edits.ts'
import { isLost, isPendingInTheWay } from './failures.ts'
import type { Identity } from './identity.ts'
import { hasDropped, placedOf, type Step, stands, startLadder, stepDownDropped } from './ladder.ts'
import type { Pace } from './pace.ts'
import { type Posting, postMissing } from './posting.ts'
import { openRepository } from './pulls.ts'
import { type Ours, readOurs } from './standing.ts'
import { resolveThreads } from './threads.ts'

export interface PublishPorts {
  open: Open
  identity: Identity
  pace: Pace
  log: Log
}

const mostRounds = 12
/** A list read right after a write may not show it yet. */
const settle = 2000

export async function publish(
  ports: PublishPorts,
  repository: Repository,
  number: number,
  wanted: WantedReview,
  signal: AbortSignal,
): Promise<PublishReceipt> {
  const place = openRepository(ports.open, repository, { pull_requests: 'write' }, signal)
  const read = async () => withNewKeys(await readOurs(place, ports.identity, repository, number), wanted.edits)
  let ours = await read()
  const steps = startLadder(wanted.comments, ours)
  const posting: Posting = { ...place, number, wanted, log: ports.log, headIsGone: false }
  // Before another comment has its key: if this ends in between, nothing stands for the finding, and the next run says it.
  const given = wanted.edits.filter(edit => edit.key !== undefined)
  if ((await editOurs({ ...posting, wanted: { ...wanted, edits: given } }, ours)).length > 0) ours = await read()
  for (let round = 0; isMissing(wanted, steps, ours); round++) {
    if (round === mostRounds)
      throw new Problem('unavailable', 'The review does not come to stand on GitHub; it is tried again later.')
    const answered = await postOrLose(posting, steps, ours)
    if (answered) ours = await read()
    if (answered && !hasDropped(steps, ours)) continue
    await ports.pace.wait(settle, signal)
    ours = await read()
    stepDownDropped(steps, ours)
  }
  const edited = await editOurs(posting, ours)
  if (wanted.resolve.length > 0) {
    const scope = { contents: 'write', pull_requests: 'write' } as const
    await resolveThreads(openRepository(ports.open, repository, scope, signal), wanted.resolve, ports.log)
  }
  const reviewId = ours.reviews.find(review => review.key === wanted.key && !review.pending)?.id
  return { ...(reviewId === undefined ? {} : { reviewId }), placed: placedOf(wanted.comments, steps, ours), edited }
}

function isMissing(wanted: WantedReview, steps: Step[], ours: Ours): boolean {
  const reviewStands = ours.reviews.some(review => review.key === wanted.key && !review.pending)
  return (wanted.body !== '' && !reviewStands) || steps.some(step => !stands(step.comment.key, ours))
}

/** False when an answer was lost: the next reading tells what GitHub did. */
async function postOrLose(posting: Posting, steps: Step[], ours: Ours): Promise<boolean> {
  try {
    await postMissing(posting, steps, ours)
    return true
  } catch (thrown) {
    if (!isLost(thrown) && !isPendingInTheWay(thrown)) throw thrown
    posting.log({ number: posting.number }, "GitHub's answer was lost or out of turn; what stands is read again")
    return false
  }
}
