// Removes mirrors that nobody used for long, and the least recently used over the limit; never one in use by any process.
import { lstat, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Problem } from '../domain/problem.ts'
import { withLock } from './lock.ts'
import { lockOf, removeMirror, useMarkOf } from './mirror.ts'
import { roomsInUse } from './room.ts'

export interface EvictOptions {
  mirrors: string
  rooms: string
  limitBytes: number
  unusedDays: number
  now: Date
}

interface Kept {
  name: string
  gitDir: string
  bytes: number
  used: number
}

/** Answers the names of the mirrors removed and the bytes that remain. */
export async function evictMirrors(options: EvictOptions): Promise<{ removed: string[]; bytes: number }> {
  const mirrors = await measure(options.mirrors)
  const oldest = options.now.getTime() - options.unusedDays * 24 * 60 * 60 * 1000
  let bytes = mirrors.reduce((sum, mirror) => sum + mirror.bytes, 0)
  const removed: string[] = []
  for (const mirror of mirrors.sort((a, b) => a.used - b.used)) {
    if (mirror.used >= oldest && bytes <= options.limitBytes) continue
    if (!(await removeUnused(mirror, options.rooms))) continue
    removed.push(mirror.name)
    bytes -= mirror.bytes
  }
  return { removed, bytes }
}

/** Those of repositories that nobody may look at any more; answers the ids of those removed, without those in use. */
export async function forgetMirrors(
  { mirrors, rooms }: Pick<EvictOptions, 'mirrors' | 'rooms'>,
  repositoryIds: number[],
): Promise<number[]> {
  const here = new Set(await readdir(mirrors).catch(() => []))
  const removed: number[] = []
  for (const id of repositoryIds) {
    const name = `${Number(id)}.git`
    if (!here.has(name)) continue
    const gitDir = join(mirrors, name)
    if (await removeUnused({ gitDir, used: await lastUse(gitDir) }, rooms)) removed.push(id)
  }
  return removed
}

/** Under the lock no checkout can begin to use it; opening one marks its room before it asks for the lock. */
async function removeUnused(mirror: Pick<Kept, 'gitDir' | 'used'>, rooms: string): Promise<boolean> {
  const removing = withLock(lockOf(mirror.gitDir), { limitMs: 0 }, async () => {
    const inUse = await roomsInUse(rooms)
    const used = await lastUse(mirror.gitDir)
    if (inUse.has(mirror.gitDir) || used !== mirror.used) return false
    await removeMirror(mirror.gitDir)
    return true
  })
  return removing.catch(thrown => {
    // Somebody has it now, so it is not unused.
    if (thrown instanceof Problem && thrown.code === 'unavailable') return false
    throw thrown
  })
}

async function measure(root: string): Promise<Kept[]> {
  const names = await readdir(root).catch(() => [])
  for (const name of names.filter(name => name.endsWith('.git.removed')))
    await rm(join(root, name), { recursive: true, force: true })
  const mirrors = names.filter(name => /^\d+\.git$/.test(name))
  return Promise.all(
    mirrors.map(async name => {
      const gitDir = join(root, name)
      return { name, gitDir, bytes: await bytesUnder(gitDir), used: await lastUse(gitDir) }
    }),
  )
}

async function lastUse(gitDir: string): Promise<number> {
  return (await stat(useMarkOf(gitDir)).catch(() => undefined))?.mtimeMs ?? 0
}

async function bytesUnder(directory: string): Promise<number> {
  let bytes = 0
  for (const name of await readdir(directory, { recursive: true }).catch(() => []))
    bytes += (await lstat(join(directory, name)).catch(() => undefined))?.size ?? 0
  return bytes
}
