// What becomes of a job that failed: tried again, buried with its reason, or simply left to whoever has it now.
import { fromKysely, type JobResult, type JobWithMetadata, type PgBoss } from 'pg-boss'
import { meanings, Problem } from '../domain/problem.ts'
import type { Fetch } from '../domain/store.ts'
import { letGo } from './claim.ts'
import { handedBack, type Stood } from './deaths.ts'
import { endWaiting } from './fetches.ts'
import { giveUpDelivery, giveUpEvent } from './give-up.ts'
import { expiryMargin, type Failures, type queues, send } from './queue.ts'
import { type Ground, text } from './rows.ts'
import type { Database } from './tables.ts'
import { lineOfRun, wakeNext } from './wake.ts'

export type Queue = (typeof queues)[number]
export type JobData = { deliveryId?: string; eventId?: string; runId?: string; failed?: Failures } & Partial<Fetch>
export interface Flown {
  queue: Queue
  job: JobWithMetadata<JobData>
}

/** A step may fail this often in a row; a stored step in between starts the count again. */
const failuresAllowed = 3
/** What passes by itself (GitHub or the model are away, a limit is reached) is tried for about two hours before it is given up. */
const patience = 16

/** Seconds until a job that may not be tried now is looked at again. */
const laterSeconds = 30

/** What becomes of a job that came to an end, or could not be tried. */
export async function settle(ground: Ground, boss: PgBoss, flown: Flown, stood: Stood): Promise<JobResult> {
  const { id, data } = flown.job
  if (stood === 'done') return { id, status: 'completed' }
  const output = { because: 'It waits for its turn.', ...handedBack }
  try {
    if (stood === 'later') {
      await sendAgain(ground, boss, flown, data.failed ?? { count: 0, progress: 0 }, laterSeconds)
      return { id, status: 'completed' }
    }
    await bury(ground, boss, flown, stood)
    return { id, status: 'deadletter', output: { because: stood.message } }
  } catch {
    return { id, status: 'failed', output }
  }
}

/** `signal` is the one that the work was given: when it was stopped from outside, that is no failure of the work and is not counted. */
export async function settleFailure(
  ground: Ground,
  boss: PgBoss,
  flown: Flown,
  signal: AbortSignal,
  thrown: Problem,
  retryAfterSeconds: number[],
): Promise<JobResult> {
  const { id, data } = flown.job
  const overdue = signal.aborted && signal.reason instanceof Problem && signal.reason.code === 'unavailable'
  const problem: Problem = overdue ? signal.reason : thrown
  const output = { because: problem.message }
  try {
    if (signal.aborted && !overdue) {
      await letGo(ground.db, data.runId)
      return { id, status: 'failed', output: { ...output, ...handedBack } }
    }
    const progress = await stepsOf(ground.db, data.runId)
    const count = data.failed?.progress === progress ? data.failed.count + 1 : 1
    const again = meanings[problem.code].retry && count < allowedOf(flown.queue, problem)
    if (again) {
      const seconds = retryAfterSeconds[count - 1] ?? retryAfterSeconds.at(-1) ?? 0
      await sendAgain(ground, boss, flown, { count, progress }, seconds)
      return { id, status: 'completed' }
    }
    await bury(ground, boss, flown, problem)
    return { id, status: 'deadletter', output }
  } catch {
    // The database is out of reach: the job stays as it is, and comes back when its heartbeat is missed.
    return { id, status: 'failed', output: { ...output, ...handedBack } }
  }
}

/** A fetch has been tried three times before it fails, and people wait for its word. */
function allowedOf(queue: Queue, { code }: Problem): number {
  return queue !== 'fetch' && (code === 'unavailable' || code === 'rate_limited') ? patience : failuresAllowed
}

async function stepsOf(db: Database, runId: string | undefined): Promise<number> {
  if (runId === undefined) return 0
  const { count } = await db
    .selectFrom('steps')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('run_id', '=', runId)
    .executeTakeFirstOrThrow()
  return count
}

/** A new job in the place of this one, since pg-boss counts restarts as retries and has one delay for both. */
async function sendAgain(
  ground: Ground,
  boss: PgBoss,
  { queue, job }: Flown,
  failed: Failures,
  seconds: number,
): Promise<void> {
  const startAfter = new Date(Date.now() + seconds * 1000).toISOString()
  await ground.db.transaction().execute(async db => {
    const claim = { id: job.id, retryCount: job.retryCount }
    if (!hasLanded(await boss.complete(queue, claim, undefined, { db: fromKysely(db) }))) return
    const { deliveryId, eventId, runId } = job.data
    const fetch = fetchOf(job.data)
    await letGo(db, runId)
    if (deliveryId !== undefined) {
      await send(boss, { queue: 'dispatch', data: { deliveryId }, startAfter, failed }, db)
    } else if (eventId !== undefined) {
      await send(boss, { queue: 'dispatch', data: { eventId }, startAfter, failed }, db)
    } else if (runId !== undefined) {
      const expireInSeconds = job.expireInSeconds - expiryMargin
      const of = { repositoryId: Number(job.groupId), expireInSeconds, byClock: job.priority > 0 }
      await send(boss, { queue: 'run', data: { runId }, ...of, startAfter, failed }, db)
    } else if (fetch) {
      await send(boss, { queue: 'fetch', data: fetch, startAfter, failed }, db)
    }
  })
  ground.expect(queue, startAfter)
}

/** Nobody will come back to it, so its row says so; unless somebody else has the job by now. */
async function bury(ground: Ground, boss: PgBoss, { queue, job }: Flown, problem: Problem): Promise<void> {
  const { db, now } = ground
  const { deliveryId, eventId, runId } = job.data
  const fetch = fetchOf(job.data)
  const given = await db.transaction().execute(async db => {
    const claim = { id: job.id, retryCount: job.retryCount }
    if (!hasLanded(await boss.touch(queue, claim, { db: fromKysely(db) }))) return
    if (runId !== undefined) {
      const ended = await db
        .updateTable('runs')
        .set({ status: 'ended', ending: 'failed', because: text(problem.message), ended_at: now() })
        .where('id', '=', runId)
        .where('status', '<>', 'ended')
        .returning(lineOfRun)
        .executeTakeFirst()
      // One more job, which finds the run ended and tells its checks and occurrences.
      const of = { repositoryId: Number(job.groupId), expireInSeconds: job.expireInSeconds - expiryMargin }
      if (ended) {
        await send(boss, { queue: 'run', data: { runId }, ...of }, db)
        await wakeNext(ground, db, ended)
      }
    }
    if (fetch) await endWaiting(ground, db, fetch, problem.message)
    if (deliveryId !== undefined) return giveUpDelivery(ground, db, deliveryId, problem.message)
    if (eventId !== undefined) return giveUpEvent(ground, db, eventId, problem.message)
  })
  if (given) ground.log({ warning: 'given up', ...given.line }, given.sentence)
}

function fetchOf({ repositoryId, place }: JobData): Fetch | undefined {
  return repositoryId === undefined || place === undefined ? undefined : { repositoryId, place }
}

/** pg-boss answers a claim that is not ours any more with no rows, and does not throw. */
function hasLanded(response: object): boolean {
  return 'affected' in response && response.affected === 1
}
