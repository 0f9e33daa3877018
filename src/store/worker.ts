// Takes jobs while the program works: in time, with failures counted, and handed back when it stops.
import type { JobResult, JobWithMetadata, PgBoss } from 'pg-boss'
import { asProblem, Problem } from '../domain/problem.ts'
import type { JobHandlers } from '../domain/store.ts'
import { letGo } from './claim.ts'
import { handedBack, standTrials } from './deaths.ts'
import { type Flown, type JobData, type Queue, settle, settleFailure } from './failure.ts'
import { expiryMargin, queues } from './queue.ts'
import type { Ground } from './rows.ts'

export interface WorkOptions {
  runs: number
  runsPerRepository: number
  place: number
  /** Seconds before a failed job is tried again, after the first failure, the second, and so on. */
  retryAfterSeconds: number[]
}

export interface Working {
  /** There are new deliveries to dispatch. */
  wake(): void
  expect: Ground['expect']
  stop(graceMs: number): Promise<void>
}

interface Lane {
  queue: Queue
  id: string
  busy: boolean
}

interface Flight extends Flown {
  stop: AbortController
  landed: Promise<JobResult>
}

interface Choice {
  groupConcurrency?: number
  minPriority?: number
  maxPriority?: number
}

type Handle = (data: never, signal: AbortSignal) => Promise<void>

/** A batch's jobs go on side by side, and the slowest of them holds its lane. */
const dispatchLanes = 2
const inBatches = { batchSize: 20, burstWhenBatchFull: true }
/** Milliseconds between two looks for deliveries to dispatch: a look costs the database more than a delivery does. */
const lookEvery = 100
/** Milliseconds ahead that a job is waited for; what is due later is found by looking every two seconds. */
const soon = 60_000
const watch = {
  pollingIntervalSeconds: 2,
  notifyPollingIntervalSeconds: 2,
  heartbeatRefreshSeconds: 1,
  includeMetadata: true,
  perJobResults: true,
} as const

export async function startWork(
  ground: Ground,
  boss: PgBoss,
  handlers: JobHandlers,
  options: WorkOptions,
): Promise<Working> {
  const flights = new Set<Flight>()
  const lanes: Lane[] = []
  /** Why everything under way ends, and what pg-boss was fetching at that moment does not begin. */
  let stopped: Problem | undefined
  const stand = standTrials(ground)

  async function fly(flown: Flown, handle: Handle): Promise<JobResult> {
    const { job } = flown
    const stop = new AbortController()
    const signal = AbortSignal.any([job.signal, stop.signal])
    const { failed: _, ...data } = job.data
    if (stopped) stop.abort(stopped)
    const work = async () => {
      signal.throwIfAborted()
      return stand(flown, signal, () => handle(data as never, signal))
    }
    const landed = inTime(job.expireInSeconds - expiryMargin, stop, work).then(
      stood => settle(ground, boss, flown, stood),
      thrown => settleFailure(ground, boss, flown, signal, asProblem(thrown), options.retryAfterSeconds),
    )
    const flight = { ...flown, stop, landed }
    flights.add(flight)
    return landed.finally(() => flights.delete(flight))
  }

  async function open(queue: Queue, handle: Handle, how: Partial<typeof inBatches> & Choice) {
    const lane: Lane = { queue, id: '', busy: false }
    const take = async (jobs: JobWithMetadata<JobData>[]) => {
      lane.busy = true
      const results = await Promise.all(jobs.map(job => fly({ queue, job }, handle)))
      lane.busy = false
      // pg-boss looks again after a full batch, when it is told of a new job, or after its interval; what waits already needs this.
      if (!how.batchSize) boss.notifyWorker(lane.id)
      return results
    }
    lane.id = await boss.work<JobData, JobResult[], typeof watch>(queue, { ...watch, ...how }, take)
    lanes.push(lane)
  }

  for (let n = 0; n < dispatchLanes; n++) await open('dispatch', handlers.dispatch, inBatches)
  const groupConcurrency = options.runsPerRepository
  // Counted in the database, across processes; two servers that fetch at the same instant may pass it by one.
  for (let n = 0; n < options.runs; n++) {
    // Half of the places, rounded up, are open to what the clock starts; in those it goes first.
    const aside = n < Math.floor(options.runs / 2) ? { maxPriority: 0 } : {}
    await open('run', handlers.run, { groupConcurrency, ...aside })
  }
  const ofThisPlace = { minPriority: options.place, maxPriority: options.place }
  // As many as runs, so that a small repository waits for large ones no longer than a run waits for its turn.
  for (let n = 0; n < options.runs; n++) await open('fetch', handlers.fetch, ofThisPlace)

  const idle = (queue: Queue) => lanes.filter(lane => lane.queue === queue && !lane.busy)
  const timers = new Set<NodeJS.Timeout>()
  let look: NodeJS.Timeout | undefined
  let looked = 0
  return {
    wake() {
      look ??= setTimeout(
        () => {
          look = undefined
          looked = performance.now()
          boss.notifyWorker((idle('dispatch')[0] ?? lanes[0]!).id)
        },
        Math.max(0, looked + lookEvery - performance.now()),
      )
    },
    expect(queue, due) {
      const wait = Date.parse(due) - Date.now()
      if (!(wait > 0 && wait < soon)) return
      const timer = setTimeout(() => {
        timers.delete(timer)
        for (const lane of idle(queue)) boss.notifyWorker(lane.id)
      }, wait + 5)
      timers.add(timer)
    },
    async stop(graceMs) {
      clearTimeout(look)
      for (const timer of timers) clearTimeout(timer)
      const end = () => {
        stopped = new Problem('stopped', 'The server is stopping; this goes on when a server takes it again.')
        for (const { stop } of flights) stop.abort(stopped)
      }
      await stopWork(ground, boss, flights, end, graceMs)
    },
  }
}

async function stopWork(
  ground: Ground,
  boss: PgBoss,
  flights: Set<Flight>,
  end: () => void,
  graceMs: number,
): Promise<void> {
  await Promise.all(queues.map(queue => boss.offWork(queue, { wait: false })))
  const landed = () => Promise.allSettled([...flights].map(flight => flight.landed))
  await atMost(graceMs, landed())
  end()
  await atMost(2000, landed())
  for (const { queue, job } of flights) {
    const claim = { id: job.id, retryCount: job.retryCount }
    await letGo(ground.db, job.data.runId)
    await boss.fail(queue, claim, { because: 'It was handed back by a server that stopped.', ...handedBack })
  }
  // Until pg-boss has written down what became of those that landed.
  if (flights.size === 0) await atMost(2000, Promise.all(queues.map(queue => boss.offWork(queue, { wait: true }))))
}

async function atMost(milliseconds: number, work: Promise<unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, milliseconds)
  await Promise.race([promise, work])
  clearTimeout(timer)
}

/** Ends the wait, and not only the work: a handler that ignores its signal does not hold its place. */
async function inTime<T>(seconds: number, stop: AbortController, work: () => Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    const problem = new Problem('unavailable', `It took longer than the ${seconds} seconds it may take.`)
    stop.abort(problem)
    reject(problem)
  }, seconds * 1000)
  try {
    return await Promise.race([work(), promise])
  } finally {
    clearTimeout(timer)
  }
}
