// A private directory for one open checkout, marked with the process that holds it; what dead processes left is removed.
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isHeld, readLease, writeLease } from './lease.ts'

export interface Room extends AsyncDisposable {
  dir: string
}

const prefix = 'watchbill-'
const leaseName = 'lease.json'

/** `about` says what is in use, e.g. a mirror. */
export async function openRoom(root: string, about: string): Promise<Room> {
  await mkdir(root, { recursive: true, mode: 0o700 })
  const dir = await mkdtemp(join(root, prefix))
  const letGo = await writeLease(join(dir, leaseName), about)
  return {
    dir,
    async [Symbol.asyncDispose]() {
      letGo()
      await rm(dir, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

/** What the open rooms of living processes are about. */
export async function roomsInUse(root: string): Promise<Set<string>> {
  const about = new Set<string>()
  for (const name of await roomNames(root)) {
    const file = join(root, name, leaseName)
    const lease = await readLease(file)
    if (lease && (await isHeld(lease, file))) about.add(lease.about)
  }
  return about
}

/** Removes the rooms whose process is gone; one without a lease is just being made, or not ours. */
export async function removeAbandonedRooms(root: string): Promise<void> {
  for (const name of await roomNames(root)) {
    const file = join(root, name, leaseName)
    const lease = await readLease(file)
    if (lease && !(await isHeld(lease, file))) await rm(join(root, name), { recursive: true, force: true })
  }
}

async function roomNames(root: string): Promise<string[]> {
  const entries = await readdir(root, { withFileTypes: true }).catch(() => [])
  return entries.filter(entry => entry.isDirectory() && entry.name.startsWith(prefix)).map(entry => entry.name)
}
