// Backup, restore and move: what is remembered leaves a database in the portable form and fills another one.
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type RowCounts, readBackupHeader } from '../../domain/backup.ts'
import { Problem } from '../../domain/problem.ts'
import { open, openEmbedded, queueOn } from '../embedded.ts'
import type { Engine } from '../engine.ts'
import { lockDirectory } from '../lock.ts'
import { migrate } from '../migrate.ts'
import { openQueues } from '../queue.ts'
import { openServer } from '../server.ts'
import { reaching } from '../trouble.ts'
import { readBackup, writeBackup } from './backup-file.ts'
import { type Filling, fill } from './fill.ts'
import { readMoveMark, removeMoveMark, writeMoveMark } from './moved.ts'
import { type Opening, type Place, withDatabase } from './place.ts'
import { snapshot } from './snapshot.ts'
import { inspect, refuseUsed } from './target.ts'

export interface BackupOptions extends Opening {
  path: string
  version: string
  at: string
  /** Secrets that set-up keeps, by file name. */
  files?: Record<string, string>
}

/** Written while servers work. Answers the rows of each table. */
export function backup(place: Place, options: BackupOptions): Promise<RowCounts> {
  const { path, say, copied, ...told } = options
  const engine = place.databaseUrl ? 'PostgreSQL' : 'PGlite'
  return withDatabase(place, { copied, say }, db => writeBackup(path, snapshot(db, { ...told, engine })))
}

export interface RestoreOptions {
  path: string
  /** What stands there is put aside (embedded) or deleted (server). */
  replace: boolean
  say: (sentence: string) => void
  now: Date
}

export interface Restored {
  at: string
  rows: RowCounts
  /** Files beside the database that came along. */
  files: string[]
  /** Where the embedded database that stood there is now. */
  aside?: string
}

/** All of it, or nothing. Problem `conflict` when anything stands there already, or a server uses it. */
export async function restore({ databaseUrl, dataDir }: Place, options: RestoreOptions): Promise<Restored> {
  const { path, replace, say, now } = options
  const { header, lines } = await readBackup(path)
  const names = Object.keys(header.files)
  const standing = names.find(name => existsSync(join(dataDir, name)))
  if (standing && !replace)
    throw new Problem(
      'conflict',
      `There is a file ${standing} under ${dataDir} already; give --replace to put what the backup has in its place.`,
    )
  const { rows, aside } = databaseUrl
    ? await reaching(() => restoreOnServer(databaseUrl, { header, lines }, replace))
    : await restoreEmbedded(dataDir, { header, lines }, { replace, say, now })
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  for (const [name, text] of Object.entries(header.files)) {
    await writeFile(join(dataDir, `${name}.part`), text, { mode: 0o600 })
    await rename(join(dataDir, `${name}.part`), join(dataDir, name))
  }
  return { at: header.at, rows, files: names, ...(aside && { aside }) }
}

async function restoreOnServer(
  databaseUrl: string,
  filling: Filling,
  replace: boolean,
): Promise<{ rows: RowCounts; aside?: string }> {
  const found = await inspect(databaseUrl)
  refuseUsed(found)
  if (found.rows > 0 && !replace)
    throw new Problem(
      'conflict',
      `The database at ${found.name} holds ${found.rows} rows of Watchbill already; give another one, or --replace to delete them.`,
    )
  return { rows: await fillServer(databaseUrl, filling) }
}

async function restoreEmbedded(
  dataDir: string,
  filling: Filling,
  { replace, say, now }: Pick<RestoreOptions, 'replace' | 'say' | 'now'>,
): Promise<{ rows: RowCounts; aside?: string }> {
  const directory = join(dataDir, 'database')
  const part = join(dataDir, 'database.restoring')
  const lock = await lockDirectory(dataDir, { say })
  try {
    const stands = existsSync(directory) && (await readdir(directory)).length > 0
    if (stands && !replace)
      throw new Problem(
        'conflict',
        `There is a database under ${dataDir} already; give another WATCHBILL_DATA, or --replace to put it aside.`,
      )
    await rm(part, { recursive: true, force: true })
    const rows = await fillEmbedded(part, filling)
    const aside = stands ? `${directory}.before-restore-${now.toISOString().replaceAll(/[:.]/g, '-')}` : undefined
    if (aside) await rename(directory, aside)
    await rename(part, directory)
    await removeMoveMark(dataDir)
    return { rows, ...(aside && { aside }) }
  } catch (thrown) {
    await rm(part, { recursive: true, force: true })
    throw thrown
  } finally {
    await lock.release()
  }
}

export interface Moved {
  to: string
  rows: RowCounts
  /** It had all arrived at an earlier try that was cut off before it could say so. */
  already: boolean
}

/**
 * From the embedded database, whose server has to be stopped, to a PostgreSQL that holds nothing of ours. Cut off anywhere it can be
 * given again: the mark beside the embedded database and its row over there tell whether all has arrived.
 */
export async function move(
  dataDir: string,
  databaseUrl: string,
  { version, now, say }: { version: string; now: Date; say: (sentence: string) => void },
): Promise<Moved> {
  if (!existsSync(join(dataDir, 'database')))
    throw new Problem('not_found', `There is no embedded database under ${dataDir}; set WATCHBILL_DATA to where it is.`)
  const at = now.toISOString()
  const found = await reaching(() => inspect(databaseUrl))
  const before = readMoveMark(dataDir)
  const arrived = before ? found.moves[before.id] : undefined
  if (before && arrived) {
    if (before.state !== 'moved') await writeMoveMark(dataDir, { ...before, state: 'moved' })
    return { to: found.name, rows: {}, already: true }
  }
  if (before?.state === 'moved')
    throw new Problem(
      'conflict',
      `The embedded database under ${dataDir} was moved to ${before.to} already, on ${before.at.slice(0, 10)}; set DATABASE_URL to that one.`,
    )
  if (before && before.to !== found.name)
    throw new Problem(
      'conflict',
      `A move to ${before.to} was begun on ${before.at.slice(0, 10)} and may have ended there; give that address again.`,
    )
  refuseUsed(found)
  if (found.rows > 0)
    throw new Problem(
      'conflict',
      `The database at ${found.name} holds ${found.rows} rows of Watchbill already, and two can not be made one; give an empty one.`,
    )
  if (before) await removeMoveMark(dataDir)
  const source = await openEmbedded(dataDir, say)
  const mark = { id: randomUUID(), to: found.name, at, state: 'moving' as const }
  try {
    await writeMoveMark(dataDir, mark)
    const lines = snapshot(source.db, { version, at, engine: source.name })
    const first = await lines.next()
    const header = readBackupHeader(first.done ? undefined : first.value)
    const rows = await reaching(() => fillServer(databaseUrl, { header, lines, move: { id: mark.id, at } }))
    await writeMoveMark(dataDir, { ...mark, state: 'moved' })
    return { to: found.name, rows, already: false }
  } catch (thrown) {
    // Where it can not be told whether all has arrived, the mark stays, and the next try looks.
    const there = await inspect(databaseUrl).catch(() => undefined)
    if (there && !there.moves[mark.id]) await removeMoveMark(dataDir)
    throw thrown
  } finally {
    await source.close()
  }
}

async function fillEmbedded(directory: string, filling: Filling): Promise<RowCounts> {
  const { pglite, db } = await open(directory)
  try {
    await migrate(db)
    return await fillMigrated({ boss: queueOn(pglite), db, alone: true }, filling)
  } finally {
    await db.destroy()
  }
}

async function fillServer(databaseUrl: string, filling: Filling): Promise<RowCounts> {
  const engine = await openServer(databaseUrl, () => {})
  try {
    return await fillMigrated(engine, filling)
  } finally {
    await engine.close()
  }
}

/** pg-boss makes its own tables before, and what an older backup lacks is made after. */
async function fillMigrated(engine: Pick<Engine, 'boss' | 'db' | 'alone'>, filling: Filling): Promise<RowCounts> {
  const { boss, db } = engine
  boss.on('error', () => {})
  try {
    await openQueues(engine)
    const rows = await fill(db, filling)
    await migrate(db)
    return rows
  } finally {
    await boss.stop({ graceful: false })
  }
}
