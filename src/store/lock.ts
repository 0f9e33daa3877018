// The lock on the embedded database's directory: one process at a time; a dead holder's lock is taken over, a live one's never.
import { randomUUID } from 'node:crypto'
import { link, mkdir, readFile, readlink, rm, stat, unlink, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { Problem } from '../domain/problem.ts'

export interface Lock {
  release(): Promise<void>
}

export interface LockOptions {
  /** Milliseconds without a sign of life after which a holder that can not be seen from here counts as dead. */
  quiet?: number
  /** Told once when that has to be waited for. */
  say?: (sentence: string) => void
}

/** A long statement of PGlite holds the whole thread, and the signs of life with it. */
const usualQuiet = 120_000

/**
 * PGlite has no lock of its own, and two processes on one directory lose rows silently. Problems: `conflict` while another process holds it;
 * `unavailable` where nothing can be written.
 */
export async function lockDirectory(dataDir: string, options: LockOptions = {}): Promise<Lock> {
  // Payloads of private repositories are kept here.
  await mkdir(dataDir, { recursive: true, mode: 0o700 }).catch(unwritable)
  const path = join(dataDir, 'lock')
  const mine = await describeSelf()
  for (;;) {
    if (await createWhole(path, JSON.stringify(mine)).catch(unwritable)) return hold(path, mine)
    const holder = await readHolder(path)
    if (!holder) continue
    if (await isAlive(holder, mine, path, options)) {
      throw new Problem(
        'conflict',
        `The data directory ${dataDir} is in use by process ${holder.pid} on ${holder.host}; stop that server first, or ask it instead.`,
      )
    }
    await removeOnce(path, holder)
  }

  function unwritable(thrown: NodeJS.ErrnoException): never {
    const sentence = `The data directory ${dataDir} can not be written to (${thrown.code}); give this user the rights on it and room, or set WATCHBILL_DATA to another one.`
    throw new Problem('unavailable', sentence, { cause: thrown })
  }
}

interface Holder {
  id: string
  pid: number
  /** Clock ticks from boot to the start of the process (field 22 of /proc/PID/stat, proc(5)); a reused pid has another. */
  started?: string
  /** Of the running kernel; it changes with every boot. */
  boot?: string
  /** The pid namespace: in another one the same number is another process. */
  namespace?: string
  host: string
}

async function describeSelf(): Promise<Holder> {
  return {
    id: randomUUID(),
    pid: process.pid,
    started: await startOf(process.pid),
    boot: await read('/proc/sys/kernel/random/boot_id'),
    namespace: await readlink('/proc/self/ns/pid').catch(() => undefined),
    host: hostname(),
  }
}

async function startOf(pid: number): Promise<string | undefined> {
  const status = await read(`/proc/${pid}/stat`)
  // The second field is the program's name in parentheses, and may itself hold spaces and parentheses.
  return status?.slice(status.lastIndexOf(')') + 2).split(' ')[19]
}

async function read(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').then(
    content => content.trim(),
    () => undefined,
  )
}

/** By link(2): the name appears with its whole content or not at all. */
async function createWhole(path: string, content: string): Promise<boolean> {
  const draft = `${path}.${randomUUID()}`
  await writeFile(draft, content, { flag: 'wx' })
  try {
    await link(draft, path)
    return true
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw thrown
  } finally {
    await unlink(draft)
  }
}

async function readHolder(path: string): Promise<Holder | undefined> {
  const content = await read(path)
  if (content === undefined) return undefined
  try {
    return JSON.parse(content) as Holder
  } catch {
    throw new Problem('conflict', `The lock ${path} can not be read; if no server runs on this directory, remove it.`)
  }
}

async function isAlive(holder: Holder, mine: Holder, path: string, options: LockOptions): Promise<boolean> {
  const sameKernel = holder.boot === mine.boot
  if (!sameKernel && holder.host === mine.host) return false
  if (sameKernel && holder.namespace === mine.namespace && (mine.boot || holder.host === mine.host)) {
    return isRunning(holder)
  }
  const { quiet = usualQuiet, say } = options
  const touched = await touchOf(path)
  // The clock of another machine says nothing here.
  const since = sameKernel && mine.boot && touched !== undefined ? Math.max(0, Date.now() - touched) : 0
  if (since < quiet)
    say?.(
      `The data directory belongs to process ${holder.pid} on ${holder.host}, which can not be seen from here; without a sign of life within ${Math.ceil((quiet - since) / 1000)} s it is taken over.`,
    )
  return isTouchedWithin(path, touched, quiet - since)
}

async function isRunning(holder: Holder): Promise<boolean> {
  try {
    process.kill(holder.pid, 0)
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  const started = await startOf(holder.pid)
  return started === undefined || holder.started === undefined || started === holder.started
}

/** A live holder touches its lock every second. */
async function isTouchedWithin(path: string, before: number | undefined, milliseconds: number): Promise<boolean> {
  for (let waited = 0; waited < milliseconds; waited += 250) {
    await wait(250)
    const touched = await touchOf(path)
    if (touched === undefined) return false
    if (touched !== before) return true
  }
  return false
}

async function touchOf(path: string): Promise<number | undefined> {
  return (await stat(path).catch(() => undefined))?.mtimeMs
}

/** Of several that found the same dead holder, one removes its lock; the name of the mark holds the dead holder's id, so a newer lock is never removed. */
async function removeOnce(path: string, dead: Holder): Promise<void> {
  const mark = `${path}.${dead.id}.dead`
  try {
    await writeFile(mark, '', { flag: 'wx' })
  } catch {
    const made = await stat(mark).catch(() => undefined)
    if (made && Date.now() - made.mtimeMs > 10_000) await rm(mark, { force: true })
    else await wait(50)
    return
  }
  try {
    if ((await readHolder(path))?.id === dead.id) await unlink(path)
  } finally {
    await rm(mark, { force: true })
  }
}

function hold(path: string, mine: Holder): Lock {
  const touch = setInterval(() => {
    const now = new Date()
    utimes(path, now, now).catch(() => {})
  }, 1000)
  touch.unref()
  return {
    async release() {
      clearInterval(touch)
      if ((await readHolder(path))?.id === mine.id) await rm(path, { force: true })
    },
  }
}
