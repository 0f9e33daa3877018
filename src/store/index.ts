// Everything that is remembered: PGlite in this process or PostgreSQL on a server, behind the one port.
import type { Rooms, Store } from '../domain/store.ts'
import { openEmbedded } from './embedded.ts'
import type { Engine } from './engine.ts'
import { forget } from './maintain.ts'
import type { Migrations } from './migrate.ts'
import { deadLetters, openQueues, queueDepth, send } from './queue.ts'
import { rooms } from './rooms.ts'
import type { Ground } from './rows.ts'
import { openServer } from './server.ts'
import { explain } from './trouble.ts'
import { startWork } from './worker.ts'

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
  const { now = () => new Date(), log = () => {} } = options
  const report = (error: Error) => log({ error: error.message }, 'The database or its queue had trouble.')
  const engine = await reaching(() => openEngine(options, report))
  const { db, boss } = engine
  boss.on('error', report)
  const ground: Ground = { db, now, send: (job, db) => send(boss, job, db) }
  try {
    await reaching(() => openQueues(engine))
  } catch (thrown) {
    await closeEngine(engine)
    throw thrown
  }

  const working = new Set<{ stop(graceMs: number): Promise<void> }>()
  return {
    ...rooms(ground),
    engine: engine.name,
    transaction: <T>(work: (rooms: Rooms) => Promise<T>) =>
      reaching(() => db.transaction().execute(db => work(rooms({ ...ground, db })))),
    async work(handlers, { runs, runsPerRepository }) {
      const retryAfterSeconds = options.retryAfterSeconds ?? [5, 30]
      const started = await startWork(ground, boss, handlers, { runs, runsPerRepository, retryAfterSeconds })
      working.add(started)
      return {
        async stop(graceMs) {
          working.delete(started)
          await started.stop(graceMs)
        },
      }
    },
    deadLetters: () => reaching(() => deadLetters(boss)),
    queueDepth: () => reaching(() => queueDepth(db)),
    ping: () => reaching(async () => void (await db.selectNoFrom(({ lit }) => lit(1).as('one')).execute())),
    maintain: now =>
      reaching(async () => {
        await forget(db, now)
        await engine.vacuum()
      }),
    async [Symbol.asyncDispose]() {
      for (const started of working) await started.stop(0)
      await closeEngine(engine)
    },
  }
}

function openEngine(options: StoreOptions, report: (error: Error) => void): Promise<Engine> {
  return options.databaseUrl
    ? openServer(options.databaseUrl, report, options.migrations)
    : openEmbedded(options.dataDir, options.migrations)
}

async function closeEngine(engine: Engine): Promise<void> {
  // What is in flight was handed back before; pg-boss's own wait would only add half a second.
  await engine.boss.stop({ graceful: false })
  await engine.close()
}

async function reaching<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (thrown) {
    throw explain(thrown)
  }
}
