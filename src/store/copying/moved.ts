// The mark beside an embedded database that was moved to a server, so that nobody goes on with it by accident.
import { readFileSync } from 'node:fs'
import { rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Problem } from '../../domain/problem.ts'

export interface MoveMark {
  /** Also a row of `moves` over there, once all has arrived. */
  id: string
  /** Where to, without a password. */
  to: string
  at: string
  state: 'moving' | 'moved'
}

const fileIn = (dataDir: string) => join(dataDir, 'moved.json')

export function readMoveMark(dataDir: string): MoveMark | undefined {
  try {
    return JSON.parse(readFileSync(fileIn(dataDir), 'utf8')) as MoveMark
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new Problem('conflict', `The file ${fileIn(dataDir)} can not be read; mend or remove it.`, { cause: thrown })
  }
}

export async function writeMoveMark(dataDir: string, mark: MoveMark): Promise<void> {
  const draft = `${fileIn(dataDir)}.part`
  await writeFile(draft, JSON.stringify(mark), { mode: 0o600 })
  await rename(draft, fileIn(dataDir))
}

export async function removeMoveMark(dataDir: string): Promise<void> {
  await rm(fileIn(dataDir), { force: true })
}

/** Problem `conflict` for a database that was moved, or that may have been. */
export async function refuseMoved(dataDir: string): Promise<void> {
  const mark = readMoveMark(dataDir)
  if (!mark) return
  throw new Problem(
    'conflict',
    mark.state === 'moved'
      ? `The embedded database under ${dataDir} was moved to ${mark.to} on ${mark.at.slice(0, 10)}: set DATABASE_URL to that one (or remove ${fileIn(dataDir)} to go on with the old one, which knows nothing of what happened since).`
      : `A move of the embedded database under ${dataDir} to ${mark.to} was begun and did not end: give \`watchbill move --to DATABASE_URL\` again, which finishes it or begins anew.`,
  )
}
