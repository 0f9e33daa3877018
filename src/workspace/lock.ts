// One holder of a file at a time, among processes and within one: whoever waits knows when to stop waiting, and says for whom it waited.
import { link, open, rm, stat, unlink, writeFile } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Problem } from '../domain/problem.ts'
import { stopped } from './child.ts'
import { foreignLeaseMs, giveUp, isHeld, keepFresh, type Lease, leaseFor, readLease } from './lease.ts'

/** Longer than a holder that is well takes: a first fetch has 25 minutes, and the files of a large repository as many again. */
const patienceMs = 60 * 60_000

export interface Waiting {
  signal?: AbortSignal | undefined
  /** Milliseconds. */
  limitMs?: number | undefined
}

/**
 * Runs `act` while no other process, and no other call of this one, holds `file`. Problems: `stopped` when the signal fires, `unavailable`
 * when it is still held at the limit, `bad_configuration` where the disk can hold no lock.
 */
export async function withLock<T>(file: string, waiting: Waiting, act: () => Promise<T>): Promise<T> {
  const lease = leaseFor('lock')
  try {
    await takeLock(file, lease, waiting)
    const letGo = keepFresh(file)
    try {
      return await act()
    } finally {
      letGo()
      const now = await readLease(file)
      if (now?.id === lease.id) await unlink(file).catch(() => {})
    }
  } finally {
    giveUp(lease)
  }
}

async function takeLock(file: string, mine: Lease, { signal, limitMs = patienceMs }: Waiting): Promise<void> {
  const draft = `${file}.${mine.id}`
  const began = performance.now()
  await writeFile(draft, JSON.stringify(mine), { mode: 0o600 }).catch(thrown => Promise.reject(noLock(file, thrown)))
  try {
    for (;;) {
      if (signal?.aborted) throw stopped()
      // A hard link appears with its content or not at all, so nobody ever reads half a lock.
      const refused = await link(draft, file).then(
        () => undefined,
        (thrown: NodeJS.ErrnoException) => thrown,
      )
      if (!refused) return
      if (refused.code !== 'EEXIST') throw noLock(file, refused)
      const holder = await readLease(file)
      if (holder ? !(await isHeld(holder, file)) : await isForsaken(file)) await breakLock(file, holder)
      else if (performance.now() - began >= limitMs) throw heldTooLong(file, holder, limitMs)
      else await pause(25)
    }
  } finally {
    await unlink(draft).catch(() => {})
  }
}

/** A lock that nobody can read, as after a power cut, and that gave no sign of life for long. */
async function isForsaken(file: string): Promise<boolean> {
  const made = await stat(file).catch(() => undefined)
  return made !== undefined && Date.now() - made.mtimeMs > foreignLeaseMs
}

/** Only the one who makes the mark named after the dead holder may remove its lock, so a fresh lock is never removed. */
async function breakLock(file: string, holder: Lease | undefined): Promise<void> {
  const mark = `${file}.${holder?.id ?? 'unreadable'}.broken`
  const handle = await open(mark, 'wx').catch(() => undefined)
  if (!handle) {
    const made = await stat(mark).catch(() => undefined)
    if (made && Date.now() - made.mtimeMs > 10_000) await rm(mark, { force: true })
    else await pause(25)
    return
  }
  await handle.close()
  const still = await readLease(file)
  if (still?.id === holder?.id && (holder || (await isForsaken(file)))) await unlink(file).catch(() => {})
  await rm(mark, { force: true })
}

function heldTooLong(file: string, holder: Lease | undefined, limitMs: number): Problem {
  const who = holder ? `process ${holder.pid} on ${holder.host}` : 'a process that can not be told any more'
  return new Problem(
    'unavailable',
    `The mirror ${basename(file, '.lock')} was waited for in vain for ${Math.round(limitMs / 60_000)} minutes: ${who} holds it. Nothing was looked at; if that process is stuck, restart it, and ask for a review again.`,
  )
}

function noLock(file: string, cause: NodeJS.ErrnoException): Problem {
  const directory = dirname(file)
  if (cause.code === 'ENOENT')
    return new Problem(
      'unavailable',
      `${directory} was removed while it was in use; it is made anew at the next try.`,
      {
        cause,
      },
    )
  // What link(2) says where there are no hard links.
  if (['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(cause.code ?? ''))
    return new Problem(
      'bad_configuration',
      `Nothing can be locked under ${directory} (${cause.code}): it takes a file system with hard links; set \`WATCHBILL_DATA\` to a directory on one.`,
      { cause },
    )
  return new Problem('unavailable', `No lock could be made under ${directory} (${cause.code}): see to that disk.`, {
    cause,
  })
}
