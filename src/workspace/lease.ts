// Marks in the file system that a living process holds something: for one mirror at a time, and for checkouts that are open.
import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { link, open, readFile, rm, stat, unlink, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { stopped } from './child.ts'

export interface Lease {
  id: string
  pid: number
  /** When the process began, as the kernel counts it: process ids are used again. */
  began: string
  host: string
  /** What it is for. */
  about: string
}

function leaseFor(about: string): Lease {
  return { id: randomUUID(), pid: process.pid, began: beganOf(process.pid), host: hostname(), about }
}

/** Holds until what comes back is called, or the process dies. */
export async function writeLease(file: string, about: string): Promise<() => void> {
  await writeFile(file, JSON.stringify(leaseFor(about)), { flag: 'wx', mode: 0o600 })
  return keepFresh(file)
}

/** Milliseconds between two signs of life; a busy process misses some. */
const beatMs = 2_000
const held = new Set<string>()
let beat: NodeJS.Timeout | undefined

function keepFresh(file: string): () => void {
  held.add(file)
  beat ??= setInterval(() => {
    const now = new Date()
    for (const file of held) utimes(file, now, now).catch(() => {})
  }, beatMs).unref()
  return () => {
    held.delete(file)
    if (held.size > 0) return
    clearInterval(beat)
    beat = undefined
  }
}

export async function readLease(file: string): Promise<Lease | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Lease
  } catch {
    return undefined
  }
}

const foreignLeaseMs = 120_000

/** Another host's process ids say nothing here (containers on one volume): its leases count for two minutes after their last sign of life. */
export async function isHeld(lease: Lease, file: string): Promise<boolean> {
  if (lease.host === hostname()) return isAlive(lease)
  const fresh = await stat(file).catch(() => undefined)
  return fresh !== undefined && Date.now() - fresh.mtimeMs < foreignLeaseMs
}

/** Runs `act` while no other process, and no other call of this one, holds `file`. */
export async function withLock<T>(file: string, signal: AbortSignal | undefined, act: () => Promise<T>): Promise<T> {
  const lease = await takeLock(file, signal)
  const letGo = keepFresh(file)
  try {
    return await act()
  } finally {
    letGo()
    const now = await readLease(file)
    if (now?.id === lease.id) await unlink(file).catch(() => {})
  }
}

async function takeLock(file: string, signal: AbortSignal | undefined): Promise<Lease> {
  const mine = leaseFor('lock')
  const draft = `${file}.${mine.id}`
  await writeFile(draft, JSON.stringify(mine), { mode: 0o600 })
  try {
    for (;;) {
      if (signal?.aborted) throw stopped()
      // A hard link appears with its content or not at all, so nobody ever reads half a lock.
      if (await succeeds(link(draft, file))) return mine
      const holder = await readLease(file)
      if (holder && !(await isHeld(holder, file))) await breakLock(file, holder)
      else await pause(25)
    }
  } finally {
    await unlink(draft).catch(() => {})
  }
}

/** Only the one who makes the mark named after the dead holder may remove its lock, so a fresh lock is never removed. */
async function breakLock(file: string, holder: Lease): Promise<void> {
  const mark = `${file}.${holder.id}.broken`
  const handle = await open(mark, 'wx').catch(() => undefined)
  if (!handle) {
    const made = await stat(mark).catch(() => undefined)
    if (made && Date.now() - made.mtimeMs > 10_000) await rm(mark, { force: true })
    else await pause(25)
    return
  }
  await handle.close()
  const still = await readLease(file)
  if (still?.id === holder.id) await unlink(file).catch(() => {})
  await rm(mark, { force: true })
}

function isAlive(lease: Lease): boolean {
  try {
    process.kill(lease.pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  const began = beganOf(lease.pid)
  return !began || !lease.began || began === lease.began
}

/** Field 22 of /proc/PID/stat (proc_pid_stat(5)); empty where there is no such file. */
function beganOf(pid: number): string {
  const file = `/proc/${pid}/stat`
  if (!existsSync(file)) return ''
  try {
    const text = readFileSync(file, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}

async function succeeds(attempt: Promise<unknown>): Promise<boolean> {
  return attempt.then(
    () => true,
    () => false,
  )
}
