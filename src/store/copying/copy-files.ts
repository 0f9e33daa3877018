// The files of the embedded database as they are at one instant, copied while it works.
import { constants } from 'node:fs'
import { cp, rename, rm } from 'node:fs/promises'
import type { PGlite } from '@electric-sql/pglite'

/**
 * No statement is carried out meanwhile, and nothing else writes: what is copied is what a crash at that instant would leave, of which every committed
 * row is found again. `copy` is there in the end, or it is not.
 */
export async function copyFiles(pglite: PGlite, directory: string, copy: string): Promise<void> {
  await pglite.exec('checkpoint')
  const part = `${copy}.part`
  await rm(part, { recursive: true, force: true })
  try {
    // Where the file system can share blocks, this takes no time and no room.
    await pglite.runExclusive(() => cp(directory, part, { recursive: true, mode: constants.COPYFILE_FICLONE }))
    await rename(part, copy)
  } catch (thrown) {
    await rm(part, { recursive: true, force: true })
    throw thrown
  }
}
