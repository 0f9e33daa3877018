// Marks in the file system that a living process holds something: a mirror while it is brought up to date, a checkout while it is open.
import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { readFile, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'

export interface Lease {
  id: string
  pid: number
  /** When the process began, as the kernel counts it: process ids are used again. */
  began: string
  host: string
  /** Who within the process made it, and so knows whether it is still held. */
  maker?: string
  /** What it is for. */
  about: string
}

const maker = randomUUID()
const ours = new Set<string>()

/** Counts as held until it is given up, or the process dies. */
export function leaseFor(about: string): Lease {
  const lease = { id: randomUUID(), pid: process.pid, began: beganOf(process.pid), host: hostname(), maker, about }
  ours.add(lease.id)
  return lease
}

/** What is left of its file is nobody's from then on: a removal that fails leaves no lock that only its process's end would open. */
export function giveUp({ id }: Lease): void {
  ours.delete(id)
}

/** Holds until what comes back is called, or the process dies. */
export async function writeLease(file: string, about: string): Promise<() => void> {
  const lease = leaseFor(about)
  await writeFile(file, JSON.stringify(lease), { flag: 'wx', mode: 0o600 })
  const letGo = keepFresh(file)
  return () => {
    letGo()
    giveUp(lease)
  }
}

/** Milliseconds between two signs of life; a busy process misses some. */
const beatMs = 2_000
const held = new Set<string>()
let beat: NodeJS.Timeout | undefined

/** Gives signs of life until what comes back is called. */
export function keepFresh(file: string): () => void {
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

/** Without a sign of life for longer than that, what can not be asked about is nobody's. */
export const foreignLeaseMs = 120_000

/** Another host's process ids say nothing here (containers on one volume): its leases count for two minutes after their last sign of life. */
export async function isHeld(lease: Lease, file: string): Promise<boolean> {
  if (lease.host === hostname()) return lease.maker === maker ? ours.has(lease.id) : isAlive(lease)
  const fresh = await stat(file).catch(() => undefined)
  return fresh !== undefined && Date.now() - fresh.mtimeMs < foreignLeaseMs
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
