// Where a test run writes: in memory where there is room for it, since databases and repositories are made by the hundred, and gone when the run ends.
import {
  accessSync,
  chmodSync,
  constants,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Linux's file system in memory. */
const memory = '/dev/shm'
/** Bytes: many times what a run holds at once. */
const room = 4 * 1024 ** 3
const prefix = 'watchbill-tests-'
const day = 86_400_000

/** Whoever sets TMPDIR chooses the place. */
export default function setup(): () => void {
  const before = process.env.TMPDIR
  // The other project of this run was here first.
  if (before?.includes(`/${prefix}`)) return () => {}
  const base = before === undefined && hasRoom() ? memory : tmpdir()
  removeOld(base)
  const directory = mkdtempSync(join(base, prefix))
  // PostgreSQL may run as somebody else.
  chmodSync(directory, 0o755)
  process.env.TMPDIR = directory
  return () => {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
    rmSync(directory, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** Hooks of git are run from there, which some machines forbid. */
function hasRoom(): boolean {
  try {
    accessSync(memory, constants.W_OK)
    const { bavail, bsize } = statfsSync(memory)
    const mounted = readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .findLast(line => line.split(' ')[1] === memory)
    const runs = mounted !== undefined && !/\bnoexec\b/.test(mounted.split(' ')[3] ?? '')
    return runs && bavail * bsize > room && process.availableMemory() > 2 * room
  } catch {
    return false
  }
}

/** What a run left behind that was ended before its time. */
function removeOld(base: string): void {
  for (const name of readdirSync(base)) {
    if (!name.startsWith(prefix)) continue
    const directory = join(base, name)
    const changed = statSync(directory, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()
    if (Date.now() - changed > day) rmSync(directory, { recursive: true, force: true })
  }
}
