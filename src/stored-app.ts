// The GitHub App that set-up made, as it is kept in the data directory: variables of the environment in a file that only the server's user reads.
import { randomUUID } from 'node:crypto'
import { linkSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { asEnvironment, type MadeApp } from './domain/made-app.ts'
import { Problem } from './domain/problem.ts'

export const appFile = 'app.json'

/** What may stand in the file. */
const names = ['APP_ID', 'PRIVATE_KEY', 'WEBHOOK_SECRET', 'GITHUB_CLIENT_ID', 'GITHUB_CLIENT_SECRET', 'PUBLIC_URL']

/** Whole or not at all, and never over another one. Problems: `conflict` when an App is kept there already, `unavailable` when nothing can be written. */
export function keepApp(dataDir: string, app: MadeApp, publicUrl: string, github: string): void {
  const path = join(dataDir, appFile)
  // A name that nobody can lay a link or a file of their own at before.
  const half = `${path}.${randomUUID()}`
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    writeFileSync(half, `${JSON.stringify({ github, ...asEnvironment(app, publicUrl) }, undefined, 2)}\n`, {
      mode: 0o600,
      flag: 'wx',
      flush: true,
    })
    // Fails where the name is taken, which a rename would not.
    linkSync(half, path)
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'EEXIST')
      throw new Problem(
        'conflict',
        'A GitHub App is kept in the data directory already, so the new one was not taken; delete the new one at GitHub.',
      )
    throw new Problem('unavailable', 'The data directory can not be written to; see the rights on WATCHBILL_DATA.', {
      cause: thrown,
    })
  } finally {
    rmSync(half, { force: true })
  }
}

/**
 * Its variables; none when there is no such file. `github` is the GitHub that is asked now: an App of another one is none here.
 * Each problem is a sentence without any value.
 */
export function readStoredApp(
  dataDir: string,
  read: (path: string) => string,
  github: string,
): { variables: Record<string, string>; problem?: string } {
  const path = join(dataDir, appFile)
  const refused = (problem: string) => ({ variables: {}, problem: `${path} ${problem}` })
  try {
    if (statSync(path).mode & 0o077)
      return refused('can be read by other users of this machine; set its mode with `chmod 600`')
    const kept = JSON.parse(read(path)) as Record<string, unknown>
    if (kept.github !== github)
      return refused(
        `is of an App at ${String(kept.github)}, and GHE_HOST says ${github}; correct GHE_HOST, or move the file away`,
      )
    const variables = names.flatMap(name => (typeof kept[name] === 'string' ? [[name, kept[name]] as const] : []))
    return { variables: Object.fromEntries(variables) }
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return { variables: {} }
    return refused('can not be read; restore it from a backup, or move it away and set up anew')
  }
}
