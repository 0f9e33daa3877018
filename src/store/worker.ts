// Takes jobs while the program works: in time, with failures counted, and handed back when it stops.
import { sql } from 'kysely'
import { fromKysely, type JobResult, type JobWithMetadata, type PgBoss } from 'pg-boss'
import { asProblem, meanings, Problem } from '../domain/problem.ts'
import type { JobHandlers } from '../domain/store.ts'
import { expiryMargin, type Failures, queues, send } from './queue.ts'
import type { Ground } from './rows.ts'

export interface WorkOptions {
  runs: number
  runsPerRepository: number
  /** Seconds before a failed job is tried again, after the first failure, the second, and so on. */
  retryAfterSeconds: number[]
}

type Queue = (typeof queues)[number]
interface Flight {
  queue: Queue
  job: JobWithMetadata<JobData>
  stop: AbortController
  landed: Promise<JobResult>
}
type JobData = { deliveryId?: string; runId?: string; failed?: Failures }

export async function startWork(
  ground: Ground,
  boss: PgBoss,
  handlers: JobHandlers,
  options: WorkOptions,
): Promise<{ stop(graceMs: number): Promise<void> }> {
  const flights = new Set<Flight>()
  const watch = { pollingIntervalSeconds: 2, notifyPollingIntervalSeconds: 2, heartbeatRefreshSeconds: 1 }
  const take = (queue: Queue, handle: (data: never, signal: AbortSignal) => Promise<void>) => {
    return (jobs: JobWithMetadata<JobData>[]) => Promise.all(jobs.map(job => fly(queue, job, handle)))
  }

  async function fly(
    queue: Queue,
    job: JobWithMetadata<JobData>,
    handle: (data: never, signal: AbortSignal) => Promise<void>,
  ): Promise<JobResult> {
    const stop = new AbortController()
    const { failed: _, ...data } = job.data
    const signal = AbortSignal.any([job.signal, stop.signal])
    const landed = inTime(job.expireInSeconds - expiryMargin, stop, () => handle(data as never, signal)).then(
      () => ({ id: job.id, status: 'completed' as const }),
      thrown => settleFailure(ground, boss, queue, job, signal, asProblem(thrown), options.retryAfterSeconds),
    )
    const flight = { queue, job, stop, landed }
    flights.add(flight)
    return landed.finally(() => flights.delete(flight))
  }

  const common = { ...watch, includeMetadata: true, perJobResults: true } as const
  await boss.work('dispatch', { ...common, localConcurrency: 2 }, take('dispatch', handlers.dispatch))
  if (options.runs > 0) {
    // Counted in the database, across processes; two servers that fetch at the same instant may pass it by one.
    const limits = { localConcurrency: options.runs, groupConcurrency: options.runsPerRepository }
    await boss.work('run', { ...common, ...limits }, take('run', handlers.run))
  }
  return { stop: graceMs => stopWork(boss, flights, graceMs) }
}

async function stopWork(boss: PgBoss, flights: Set<Flight>, graceMs: number): Promise<void> {
  await Promise.all(queues.map(queue => boss.offWork(queue, { wait: false })))
  await landing(flights, graceMs)
  const left = [...flights]
  for (const { stop } of left) {
    stop.abort(new Problem('stopped', 'The server is stopping; this goes on when a server takes it again.'))
  }
  await landing(flights, 2000)
  for (const { queue, job } of flights) {
    await boss.fail(
      queue,
      { id: job.id, retryCount: job.retryCount },
      { message: 'handed back by a server that stopped' },
    )
  }
}

async function landing(flights: Set<Flight>, milliseconds: number): Promise<void> {
  if (flights.size === 0 || milliseconds <= 0) return
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, milliseconds)
  await Promise.race([promise, Promise.allSettled([...flights].map(flight => flight.landed))])
  clearTimeout(timer)
}

/** Ends the wait, and not only the work: a handler that ignores its signal does not hold its place. */
async function inTime(seconds: number, stop: AbortController, work: () => Promise<void>): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    const problem = new Problem('unavailable', `It took longer than the ${seconds} seconds it may take.`)
    stop.abort(problem)
    reject(problem)
  }, seconds * 1000)
  try {
    await Promise.race([work(), promise])
  } finally {
    clearTimeout(timer)
  }
}

/** A step may fail this often in a row; a stored step in between starts the count again. */
const failuresAllowed = 3

async function settleFailure(
  ground: Ground,
  boss: PgBoss,
  queue: Queue,
  job: JobWithMetadata<JobData>,
  signal: AbortSignal,
  problem: Problem,
  retryAfterSeconds: number[],
): Promise<JobResult> {
  // Handed back or taken away: no failure of the work, so it is not counted.
  if (signal.aborted && !(problem === signal.reason && problem.code === 'unavailable')) {
    return { id: job.id, status: 'failed', output: { because: problem.message } }
  }
  try {
    const progress = await stepsOf(ground, job.data.runId)
    const count = job.data.failed?.progress === progress ? job.data.failed.count + 1 : 1
    if (!meanings[problem.code].retry || count >= failuresAllowed) return await bury(ground, job, problem)
    const seconds = retryAfterSeconds[count - 1] ?? retryAfterSeconds.at(-1) ?? 0
    await sendAgain(ground, boss, queue, job, { count, progress }, seconds)
    return { id: job.id, status: 'completed' }
  } catch {
    // The database is out of reach: the job stays as it is and comes back when its heartbeat is missed.
    return { id: job.id, status: 'failed', output: { because: problem.message } }
  }
}

async function stepsOf({ db }: Ground, runId: string | undefined): Promise<number> {
  if (runId === undefined) return 0
  const { rows } = await sql<{ count: number }>`select count(*) as count from steps where run_id = ${runId}`.execute(db)
  return rows[0]?.count ?? 0
}

async function sendAgain(
  ground: Ground,
  boss: PgBoss,
  queue: Queue,
  job: JobWithMetadata<JobData>,
  failed: Failures,
  seconds: number,
): Promise<void> {
  await ground.db.transaction().execute(async db => {
    const done = await boss.complete(queue, { id: job.id, retryCount: job.retryCount }, undefined, {
      db: fromKysely(db),
    })
    // Somebody else has the job by now, and its failure is theirs to count.
    if (!('affected' in done) || done.affected === 0) return
    const startAfter = new Date(Date.now() + seconds * 1000).toISOString()
    const { deliveryId, runId } = job.data
    if (deliveryId !== undefined) {
      await send(boss, { queue: 'dispatch', data: { deliveryId }, failed, startAfter }, db)
    } else if (runId !== undefined) {
      const expireInSeconds = job.expireInSeconds - expiryMargin
      const repositoryId = Number(job.groupId)
      await send(boss, { queue: 'run', data: { runId }, repositoryId, startAfter, expireInSeconds, failed }, db)
    }
  })
}

/** Nobody will come back to it, so the row says so. */
async function bury({ db, now }: Ground, job: JobWithMetadata<JobData>, problem: Problem): Promise<JobResult> {
  const { deliveryId, runId } = job.data
  if (runId !== undefined) {
    await db
      .updateTable('runs')
      .set({ status: 'ended', ending: 'failed', because: problem.message, ended_at: now() })
      .where('id', '=', runId)
      .where('status', '<>', 'ended')
      .execute()
  }
  if (deliveryId !== undefined) {
    await db.updateTable('deliveries').set({ because: problem.message }).where('id', '=', deliveryId).execute()
  }
  return { id: job.id, status: 'deadletter', output: { because: problem.message } }
}
