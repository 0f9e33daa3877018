// Deliveries, events and fetches that their workers may die of: one that came back is tried by itself, its deaths are counted, and the sixth in a row is its last.
import { sql } from 'kysely'
import { unlessAborted } from '../domain/aborting.ts'
import { Problem } from '../domain/problem.ts'
import { deathsAllowed } from './claim.ts'
import type { Flown, JobData, Queue } from './failure.ts'
import type { Ground } from './rows.ts'
import type { Database } from './tables.ts'

/** `done`, `later` when it may not be tried now, or why it is given up. */
export type Stood = 'done' | 'later' | Problem

/** Runs are counted by their own rows. A job that never came back costs no question. */
export function standTrials(ground: Ground) {
  /** The last in the line of those that are tried by themselves, so that none is counted for a death that another was. */
  const lines = new Map<Queue, Promise<unknown>>()

  return async ({ queue, job }: Flown, signal: AbortSignal, work: () => Promise<void>): Promise<Stood> => {
    const key = keyOf(job.data)
    const deaths = key === undefined || !cameBack(job) ? 0 : await look(ground, key, isDeath(job))
    if (key === undefined || deaths === 0) return work().then(() => 'done')
    if (deaths > deathsAllowed) {
      await forget(ground.db, key)
      return new Problem('internal', givenUp(deaths))
    }
    ground.log(
      { ...job.data, deaths },
      `The server died ${deaths === 1 ? 'once' : `${deaths} times in a row`} at this.`,
    )
    const before = lines.get(queue)
    // A fetch may take half an hour, which is longer than another may wait here.
    if (before && queue === 'fetch') return 'later'
    const { promise: over, resolve: leave } = Promise.withResolvers<void>()
    const mine = Promise.all([before, over])
    lines.set(queue, mine)
    try {
      await unlessAborted(signal, () => before)
      await hold(ground, key, job)
      try {
        await unlessAborted(signal, work)
        await forget(ground.db, key)
      } catch (thrown) {
        await letGoOf(ground.db, key, job)
        throw thrown
      }
      return 'done'
    } finally {
      leave()
      if (lines.get(queue) === mine) lines.delete(queue)
    }
  }
}

/** What is written on a job that a living worker hands back. */
export const handedBack = { handedBack: true } as const

/** How it ended the last time is written on a job that is taken again; one that failed in words is a new job. */
function cameBack({ output, data }: Flown['job']): boolean {
  return Boolean(output) || data.failed !== undefined
}

function isDeath({ output }: Flown['job']): boolean {
  return Boolean(output) && !('handedBack' in output)
}

function keyOf({ deliveryId, eventId, repositoryId, place }: JobData): string | undefined {
  if (deliveryId !== undefined) return `delivery ${deliveryId}`
  if (eventId !== undefined) return `event ${eventId}`
  return repositoryId !== undefined && place !== undefined ? `fetch ${place} ${repositoryId}` : undefined
}

/** Deaths in a row, this one included; one at which it had not begun to be tried by itself counts only as the first. */
async function look({ db, now }: Ground, key: string, isDeath: boolean): Promise<number> {
  if (!isDeath) {
    const row = await db.selectFrom('job_deaths').select('deaths').where('key', '=', key).executeTakeFirst()
    return row?.deaths ?? 0
  }
  const row = await db
    .insertInto('job_deaths')
    .values({ key, deaths: 1, at: now() })
    .onConflict(conflict =>
      conflict.column('key').doUpdateSet({
        deaths: sql`job_deaths.deaths + case when job_deaths.job_id is null then 0 else 1 end`,
        job_id: null,
        claim: null,
        at: now(),
      }),
    )
    .returning('deaths')
    .executeTakeFirstOrThrow()
  return row.deaths
}

async function hold({ db, now }: Ground, key: string, { id, retryCount }: Flown['job']): Promise<void> {
  await db.updateTable('job_deaths').set({ job_id: id, claim: retryCount, at: now() }).where('key', '=', key).execute()
}

/** Unless it was taken away: a server that was heard of no more counts as dead, whatever it says later. */
async function letGoOf(db: Database, key: string, { id, retryCount }: Flown['job']): Promise<void> {
  await db
    .updateTable('job_deaths')
    .set({ job_id: null, claim: null })
    .where('key', '=', key)
    .where('job_id', '=', id)
    .where('claim', '=', retryCount)
    .where(
      sql<boolean>`exists (select 1 from pgboss.job where id = ${id}::uuid and state = 'active' and retry_count = ${retryCount})`,
    )
    .execute()
}

async function forget(db: Database, key: string): Promise<void> {
  await db.deleteFrom('job_deaths').where('key', '=', key).execute()
}

const givenUp = (deaths: number) =>
  `The server that worked on it died ${deaths} times in a row, so it was given up; the server's log, or the system's, may say what ended it. Ask for it again once that is mended.`
