// The files of an embedded database that is not there yet, made by a program of its own: that takes half a gigabyte, which a server would keep.
import { execFile } from 'node:child_process'
import { cp, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Problem } from '../domain/problem.ts'

/** Where there is one already, nothing happens; else all of it stands there in the end, or nothing does. Problem `unavailable` when it can not be made. */
export async function makeDatabase(directory: string): Promise<void> {
  try {
    const there = await namesIn(directory)
    if (there.length === 0) await makeIn(directory)
    else if (!there.includes('PG_VERSION')) throw Object.assign(new Error(there.join(', ')), { code: 'ENOTEMPTY' })
  } catch (cause) {
    const sentence = `The embedded database could not be made in ${directory}: ${why(cause)}.`
    throw new Problem('unavailable', sentence, { cause })
  }
}

const making = '.making-'

async function makeIn(directory: string): Promise<void> {
  await removeUnfinished(directory)
  // A name that nobody else has: a maker whose server was killed may still be writing.
  const part = await mkdtemp(directory + making)
  try {
    await promisify(execFile)(process.execPath, [maker, part], { env: {}, timeout: makeMs })
    await rename(part, directory).catch(thrown => {
      if (thrown.code !== 'EBUSY' && thrown.code !== 'EXDEV') throw thrown
      return copyInto(directory, part)
    })
  } finally {
    // Also what the maker of a killed server has made meanwhile.
    await removeUnfinished(directory)
  }
}

async function removeUnfinished(directory: string): Promise<void> {
  const above = dirname(directory)
  const unfinished = (await namesIn(above)).filter(name => name.startsWith(basename(directory) + making))
  // Its maker may write for a moment longer than the server lived.
  for (const name of unfinished) await rm(join(above, name), { recursive: true, force: true, maxRetries: 10 })
}

/** A directory that is mounted there can not be replaced. What says that a database is there comes last. */
async function copyInto(mounted: string, part: string): Promise<void> {
  const mark = 'PG_VERSION'
  try {
    await cp(part, mounted, { recursive: true, filter: from => from !== join(part, mark) })
    await cp(join(part, mark), join(mounted, mark))
  } catch (thrown) {
    for (const name of await namesIn(mounted)) await rm(join(mounted, name), { recursive: true, force: true })
    throw thrown
  }
}

async function namesIn(directory: string): Promise<string[]> {
  return readdir(directory).catch(thrown => {
    if (thrown.code === 'ENOENT') return []
    throw thrown
  })
}

// Beside this file, whether it is shipped as TypeScript or as JavaScript.
const maker = fileURLToPath(new URL(`./maker${extname(import.meta.url)}`, import.meta.url))
/** Undisturbed it takes two seconds. */
const makeMs = 120_000

function why(cause: unknown): string {
  const { code, killed, signal } = cause as { code?: string | number; killed?: boolean; signal?: string }
  if (killed) return 'it took longer than two minutes'
  if (signal)
    return `its maker was ended by ${signal}, as it is where memory runs out; 1 GB has to be free for a moment`
  if (code === 'ENOTEMPTY' || code === 'EEXIST' || code === 'ENOTDIR') return 'something else is there; move that away'
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return 'this user may not write there'
  return 'see that the disk has room (100 MB)'
}
