// Everything that is remembered: PGlite in this process or PostgreSQL on a server, behind the one port.
import type { Store } from '../domain/store.ts'
import { openEmbedded } from './embedded.ts'
import type { Engine } from './engine.ts'
import { eraseAway } from './erase.ts'
import { trackInside } from './inside.ts'
import { forget } from './maintain.ts'
import type { Migrations } from './migrate.ts'
import { deadLetters, dispatchAll, openQueues, queueDepth, send } from './queue.ts'
import { letTurnGo } from './reconciliation.ts'
import { rooms } from './rooms.ts'
import type { Ground } from './rows.ts'
import { openServer } from './server.ts'
import { reaching } from './trouble.ts'
import { startWork, type Working } from './worker.ts'

export interface StoreOptions {
  /** PostgreSQL; without it the embedded database under `dataDir`. */
  databaseUrl?: string
  dataDir: string
  now?: () => Date
  log?: (line: object, sentence: string) => void
  /** Seconds before a failed job is tried again: after the first failure, after the second. */
  retryAfterSeconds?: number[]
  /** Other migrations than the shipped ones, for trying them. */
  migrations?: Migrations
}

/** Problems: `unavailable` when the server does not answer; `conflict` when the directory is in use or the database is newer than the program. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { now = () => new Date() } = options
  const report = reporter(options.log ?? (() => {}))
  const engine = await reaching(() => openEngine(options, report))
  const { db, boss, turns } = engine
  boss.on('error', report)
  try {
    await reaching(() => openQueues(engine))
    if (engine.alone) await letTurnGo(db)
  } catch (thrown) {
    await closeEngine(engine)
    throw thrown
  }

  const inside = trackInside()
  const working = new Set<Working>()
  const ground: Ground = {
    db,
    turns,
    now,
    log: options.log ?? (() => {}),
    async send(job, db) {
      await send(boss, job, db)
      if ('startAfter' in job && job.startAfter) ground.expect(job.queue, job.startAfter)
    },
    dispatch: (deliveryIds, db) => dispatchAll(boss, deliveryIds, db),
    wake() {
      for (const started of working) started.wake()
    },
    expect(queue, due) {
      for (const started of working) started.expect(queue, due)
    },
    guard: inside.guard,
  }
  const outside = <T>(work: () => Promise<T>): Promise<T> => {
    inside.guard()
    return reaching(work)
  }

  return {
    ...rooms(ground),
    engine: engine.name,
    transaction: work =>
      outside(() => db.transaction().execute(db => inside.run(() => work(rooms({ ...ground, db, guard: undefined }))))),
    async work(handlers, how) {
      const retryAfterSeconds = options.retryAfterSeconds ?? [5, 30, 120, 300, 600]
      const started = await startWork(ground, boss, handlers, { ...how, retryAfterSeconds })
      working.add(started)
      return {
        async stop(graceMs) {
          working.delete(started)
          await started.stop(graceMs)
        },
      }
    },
    deadLetters: () => outside(() => deadLetters(boss)),
    queueDepth: () => outside(() => queueDepth(db)),
    ping: () => outside(async () => void (await db.selectNoFrom(({ lit }) => lit(1).as('one')).execute())),
    async copyFiles(directory) {
      if (!engine.copyFiles) return false
      await engine.copyFiles(directory)
      return true
    },
    maintain: now =>
      outside(async () => {
        await forget(db, now)
        await eraseAway(db, now, engine.scrub)
        await engine.vacuum()
      }),
    async [Symbol.asyncDispose]() {
      for (const started of working) await started.stop(0)
      await closeEngine(engine)
    },
  }
}

/** The queue asks the database all the time: the same trouble is said once in half a minute. */
function reporter(log: NonNullable<StoreOptions['log']>): (error: Error) => void {
  const said = new Map<string, number>()
  return ({ message }) => {
    const last = said.get(message) ?? Number.NEGATIVE_INFINITY
    if (performance.now() - last < 30_000) return
    if (said.size > 100) said.clear()
    said.set(message, performance.now())
    log({ problem: message }, 'The database or its queue had trouble.')
  }
}

function openEngine(options: StoreOptions, report: (error: Error) => void): Promise<Engine> {
  return options.databaseUrl
    ? openServer(options.databaseUrl, report, options.migrations)
    : openEmbedded(options.dataDir, sentence => options.log?.({}, sentence), options.migrations)
}

async function closeEngine(engine: Engine): Promise<void> {
  // What is in flight was handed back before; pg-boss's own wait would only add half a second.
  await engine.boss.stop({ graceful: false })
  await engine.close()
}
