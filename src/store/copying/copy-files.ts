// The files of the embedded database as they are at one instant, copied whole or not at all.
import { constants } from 'node:fs'
import { cp, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { PGlite } from '@electric-sql/pglite'

/**
 * While it works. No statement is carried out meanwhile, and nothing else writes: what is copied is what a crash at that instant would leave, of
 * which every committed row is found again.
 */
export async function copyFiles(pglite: PGlite, directory: string, copy: string): Promise<void> {
  await pglite.exec('checkpoint')
  await pglite.runExclusive(() => copyWhole(directory, copy))
}

/** Of a directory that nobody writes to: `copy` is there in the end, or it is not. */
export async function copyWhole(directory: string, copy: string): Promise<void> {
  const part = `${copy}.part`
  await rm(part, { recursive: true, force: true })
  try {
    // Where the file system can share blocks, this takes no time and no room.
    await cp(directory, part, { recursive: true, mode: constants.COPYFILE_FICLONE })
    await rename(part, copy)
  } catch (thrown) {
    await rm(part, { recursive: true, force: true })
    throw thrown
  }
}

/** What a copy is called that a backup is made from, followed by an id. */
export const copyPrefix = 'copy-for-backup-'
/** Milliseconds; no backup takes longer. */
const oldAfter = 24 * 3_600_000

/** Of backups that were killed. */
export async function removeOldCopies(dataDir: string): Promise<void> {
  for (const name of (await readdir(dataDir)).filter(name => name.startsWith(copyPrefix))) {
    const made = await stat(join(dataDir, name)).catch(() => undefined)
    if (made && Date.now() - made.ctimeMs > oldAfter) await rm(join(dataDir, name), { recursive: true, force: true })
  }
}
