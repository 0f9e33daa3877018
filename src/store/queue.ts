// Jobs, by pg-boss on the same database: sent in the transaction of the row they are about, and read for people.
import { sql } from 'kysely'
import { fromKysely, type PgBoss } from 'pg-boss'
import type { Job, Store } from '../domain/store.ts'
import type { Engine } from './engine.ts'
import type { Database } from './tables.ts'

export const queues = ['dispatch', 'run', 'fetch'] as const
const deadLetterQueue = 'dead'

/** Seconds beyond a job's own time until pg-boss takes it away: its worker ends it at its own time, this is for a worker that does not. */
export const expiryMargin = 60
const dispatchSeconds = 300
/** A first fetch may take far longer than the run that waits for it. */
const fetchSeconds = 30 * 60
const day = 86_400

/** Of a run's job; those of others have 0. */
const byClockPriority = 1

/** Starts pg-boss and makes the queues. On a database that nobody else can be on, active jobs are handed back at once. */
export async function openQueues({ boss, db, alone }: Pick<Engine, 'boss' | 'db' | 'alone'>): Promise<void> {
  await boss.start()
  await boss.createQueue(deadLetterQueue, { retentionSeconds: 400 * day, deleteAfterSeconds: 400 * day })
  for (const queue of queues) {
    await boss.createQueue(queue, {
      // One job a repository and place, waiting or at work: whoever asks for another has joined that one.
      ...(queue === 'fetch' && { policy: 'exclusive' }),
      deadLetter: deadLetterQueue,
      heartbeatSeconds: 10,
      // Who takes deliveries dispatches them too and needs no telling by the database, which is slow where many come at once.
      notify: queue !== 'dispatch',
      // Dead workers and clean stops come back through here and may be many; failures are counted by the worker.
      retryLimit: 1000,
      retryDelay: 0,
      retryBackoff: false,
      retentionSeconds: 30 * day,
      deleteAfterSeconds: day,
    })
  }
  // pg-boss reads a queue's settings on its own connection when it first meets the queue; inside a transaction that waits for ever on PGlite's only one.
  for (const queue of [...queues, deadLetterQueue]) await boss.findJobs(queue, { id: nowhere })
  if (alone) await handBack(db)
}

const nowhere = '00000000-0000-0000-0000-000000000000'

async function handBack(db: Database): Promise<void> {
  const output = JSON.stringify({ because: 'The server that had it died.' })
  await sql`update pgboss.job set state = 'created', started_on = null, heartbeat_on = null, output = ${output}::jsonb
    where state = 'active' and name in (${sql.join(queues)})`.execute(db)
}

/** As `send`, in one statement for many. */
export async function dispatchAll(boss: PgBoss, deliveryIds: string[], db: Database): Promise<void> {
  const expireInSeconds = dispatchSeconds + expiryMargin
  const jobs = deliveryIds.map(deliveryId => ({ data: { deliveryId }, expireInSeconds }))
  await boss.insert('dispatch', jobs, { db: fromKysely(db) })
}

/** On the given connection, so that the job commits with the rows written there. */
export async function send(boss: PgBoss, job: SentJob, db: Database): Promise<void> {
  const data = { ...job.data, ...(job.failed && { failed: job.failed }) }
  const options = { db: fromKysely(db), ...(isLater(job.startAfter) && { startAfter: new Date(job.startAfter) }) }
  if (job.queue === 'dispatch') {
    await boss.send('dispatch', data, { ...options, expireInSeconds: dispatchSeconds + expiryMargin })
    return
  }
  if (job.queue === 'fetch') {
    const { repositoryId, place } = job.data
    const expireInSeconds = fetchSeconds + expiryMargin
    // What a worker of pg-boss can choose its jobs by is their priority.
    await boss.send('fetch', data, {
      ...options,
      singletonKey: `${place}:${repositoryId}`,
      priority: place,
      expireInSeconds,
    })
    return
  }
  await boss.send('run', data, {
    ...options,
    singletonKey: job.data.runId,
    group: { id: String(job.repositoryId) },
    // What a worker of pg-boss can leave aside is what goes before: so that the clock's runs never wait for ever either.
    priority: job.byClock ? byClockPriority : 0,
    expireInSeconds: Math.ceil(job.expireInSeconds) + expiryMargin,
  })
}

/** A job that is due already carries no time: workers are told of it at once, of later ones they learn by looking. */
function isLater(startAfter: string | undefined): startAfter is string {
  return startAfter !== undefined && Date.parse(startAfter) > Date.now()
}

type SentJob = Job & { failed?: Failures }

export interface Failures {
  /** In a row, without a new step between them. */
  count: number
  /** Steps that were stored when it failed. */
  progress: number
}

export async function deadLetters(boss: PgBoss): ReturnType<Store['deadLetters']> {
  const jobs = await boss.findJobs<object>(deadLetterQueue)
  return jobs
    .sort((a, b) => b.createdOn.getTime() - a.createdOn.getTime())
    .map(job => {
      const { failed: _, ...data } = job.data as { failed?: Failures }
      const why = job.sourceOutput as { because?: string; message?: string; value?: { message?: string } } | null
      return {
        queue: job.sourceName ?? '',
        data,
        because: why?.because ?? why?.value?.message ?? why?.message ?? 'It failed without saying why.',
        at: job.createdOn.toISOString(),
      }
    })
}

export async function queueDepth(db: Database): ReturnType<Store['queueDepth']> {
  const { rows } = await sql<{ queue: string; waiting: number; active: number; oldestSeconds: number }>`
    select name as queue,
      count(*) filter (where state < 'active' and start_after <= now()) as waiting,
      count(*) filter (where state = 'active') as active,
      coalesce(extract(epoch from now() - min(start_after) filter (where state < 'active' and start_after <= now())), 0)::float8
        as "oldestSeconds"
    from pgboss.job where name in (${sql.join(queues)}) and state <= 'active' group by name`.execute(db)
  return queues.map(
    queue => rows.find(row => row.queue === queue) ?? { queue, waiting: 0, active: 0, oldestSeconds: 0 },
  )
}
