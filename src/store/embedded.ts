// PGlite: PostgreSQL inside this process, on a directory that is ours alone.
import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { PGlite } from '@electric-sql/pglite'
import { Kysely, PGliteDialect } from 'kysely'
import { fromPglite, PgBoss } from 'pg-boss'
import { copyFiles, copyWhole, removeOldCopies } from './copying/copy-files.ts'
import { refuseMoved } from './copying/moved.ts'
import type { Engine } from './engine.ts'
import { makeDatabase } from './first-start.ts'
import { lockDirectory } from './lock.ts'
import { type Migrations, migrate, pendingMigrations } from './migrate.ts'
import type { Tables } from './tables.ts'
import { turnsHere } from './turns.ts'

/** Problem `conflict` when another process has the directory, or a newer program made it. Before a migration the directory is copied beside itself. */
export async function openEmbedded(
  dataDir: string,
  say: (sentence: string) => void,
  migrations?: Migrations,
): Promise<Engine> {
  const lock = await lockDirectory(dataDir, { say })
  try {
    await refuseMoved(dataDir)
    const directory = join(dataDir, 'database')
    const { pglite, db } = await openMigrated(directory, migrations)
    return {
      name: 'PGlite',
      db,
      boss: queueOn(pglite),
      alone: true,
      turns: turnsHere(),
      copyFiles: copy => copyFiles(pglite, directory, copy),
      async vacuum() {
        await pglite.exec('vacuum analyze')
        await removeOldCopies(dataDir)
      },
      async scrub() {
        for (const statement of scrubbing) await pglite.exec(statement)
        const copies = (await readdir(dataDir)).filter(name => name.startsWith('database.before-'))
        for (const name of copies) await rm(join(dataDir, name), { recursive: true, force: true })
      },
      async close() {
        await db.destroy()
        await lock.release()
      },
    }
  } catch (thrown) {
    await lock.release()
    throw thrown
  }
}

/** Not started yet. */
export function queueOn(pglite: PGlite): PgBoss {
  return new PgBoss({
    db: fromPglite(pglite),
    backend: 'pglite',
    useListenNotify: true,
    schedule: false,
    // Vacuum and reindexing are for a server with autovacuum; here `maintain` does it.
    monitorVacuum: false,
    reindex: false,
  })
}

async function openMigrated(directory: string, migrations?: Migrations) {
  let opened = await open(directory)
  try {
    const { fresh, pending } = await pendingMigrations(opened.db, migrations)
    if (pending.length === 0) return opened
    if (!fresh) {
      await opened.db.destroy()
      await copyBefore(directory, pending[0]!)
      opened = await open(directory)
    }
    await migrate(opened.db, migrations)
    return opened
  } catch (thrown) {
    await opened.db.destroy().catch(() => {})
    throw thrown
  }
}

/** All of it is resident from the start, and what it lacks is read from the system's own cache; PGlite's default is 128MB. */
const sharedBuffers = '32MB'

/** As it is, in whatever shape; whoever calls holds the lock. */
export async function open(directory: string) {
  const startParams = [...PGlite.defaultStartParams, '-c', `shared_buffers=${sharedBuffers}`]
  await makeDatabase(directory)
  const pglite = await PGlite.create(directory, { startParams })
  takingTurns(pglite)
  const db = new Kysely<Tables>({ dialect: new PGliteDialect({ pglite }) })
  return { pglite, db }
}

/** PGlite works in this thread, from one statement to the next without a pause: requests are read in the turns between them. */
function takingTurns(pglite: PGlite): void {
  const query = pglite.query.bind(pglite) as PGlite['query']
  pglite.query = async (statement, parameters, options) => {
    await turn()
    return query(statement, parameters, options)
  }
}

/** Tables are written anew, and the log of changes begins a new file; the old files of both are removed rather than used again. */
const scrubbing = [
  'vacuum (full, analyze)',
  'set wal_recycle = off',
  'checkpoint',
  'select pg_switch_wal()',
  'checkpoint',
]

async function copyBefore(directory: string, migration: string): Promise<void> {
  const copy = `${directory}.before-${migration}`
  if (await stat(copy).catch(() => undefined)) return
  await copyWhole(directory, copy)
}
