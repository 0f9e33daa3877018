// `watchbill backup` and `restore`: all that is remembered as one file, written while the server works, filled into either database.
import { existsSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { z } from 'zod'
import { readVersion } from '../builtins.ts'
import { allRows, type RowCounts } from '../domain/backup.ts'
import { asProblem, Problem } from '../domain/problem.ts'
import type { Settings } from '../settings.ts'
import { copyPrefix } from '../store/copying/copy-files.ts'
import { backup, type Restored, restore } from '../store/copying/index.ts'
import { noteBackup } from '../store/copying/note.ts'
import { appFile } from '../stored-app.ts'
import type { AnswerPorts } from './answers.ts'
import { readInput } from './input.ts'
import { plain } from './print.ts'
import { askIfServed } from './reach.ts'

export interface BackedUp {
  file: string
  at: string
  rows: RowCounts
  /** Names of the files with secrets that it holds. */
  secrets: string[]
}

/** What set-up made. */
const keptSecrets = [appFile]

type Say = (sentence: string) => void

export async function backupTo(
  settings: Settings,
  path: string,
  wanted: { secrets: boolean; say: Say; now: Date },
): Promise<BackedUp> {
  const { databaseUrl, dataDir } = settings
  const files = wanted.secrets ? readSecrets(dataDir) : {}
  const at = wanted.now.toISOString()
  const file = resolve(path)
  const told = { path: file, version: readVersion(), at, files, say: wanted.say }
  const secrets = Object.keys(files)
  if (databaseUrl) {
    const rows = await backup({ databaseUrl, dataDir }, told)
    return noted(settings, { file, at, rows, secrets }, wanted.say)
  }
  if (!existsSync(join(dataDir, 'database')))
    throw new Problem(
      'not_found',
      `There is no database under ${dataDir}; set WATCHBILL_DATA or DATABASE_URL to where it is.`,
    )
  const copied = (await askIfServed(settings, 'copy-files', {}))?.directory
  try {
    const rows = await backup({ dataDir }, { ...told, ...(copied !== undefined && { copied }) })
    return await noted(settings, { file, at, rows, secrets }, wanted.say)
  } finally {
    if (copied !== undefined) await rm(copied, { recursive: true, force: true })
  }
}

const taken = z.object({ at: z.string(), file: z.string(), rows: z.number(), secrets: z.array(z.string()) })

/** The backup stands, whatever becomes of the note of it. */
async function noted(settings: Settings, done: BackedUp, say: Say): Promise<BackedUp> {
  const { databaseUrl, dataDir } = settings
  const { at, file, rows, secrets } = done
  const note = { at, file, rows: allRows(rows), secrets }
  try {
    if (!(await askIfServed(settings, 'backed-up', note)))
      await noteBackup({ ...(databaseUrl && { databaseUrl }), dataDir }, auditRow(note), say)
  } catch (thrown) {
    say(`The backup is written; that it was could not be put into the audit: ${asProblem(thrown).message}`)
  }
  return done
}

const auditRow = ({ at, file, ...detail }: z.infer<typeof taken>) => ({
  at,
  who: 'the command line',
  what: 'backed up',
  about: file,
  detail,
})

/** The server's part of it, where it holds the database. */
export async function backedUp({ store }: AnswerPorts, input: unknown): Promise<true> {
  await store.audit.append(auditRow(readInput(taken, input)))
  return true
}

function readSecrets(dataDir: string): Record<string, string> {
  return Object.fromEntries(
    keptSecrets
      .map(name => [name, join(dataDir, name)] as const)
      .filter(([, file]) => existsSync(file))
      .map(([name, file]) => [name, readFileSync(file, 'utf8')]),
  )
}

/** The server's part of a backup of the embedded database; whoever asked removes the copy, and a later start what nobody removed. */
export async function copyFiles({ store, settings, newId }: AnswerPorts): Promise<{ directory: string }> {
  if (!settings) throw new Problem('internal', 'Only a server copies the files of its database.')
  const directory = join(settings.dataDir, `${copyPrefix}${newId()}`)
  if (!(await store.copyFiles(directory)))
    throw new Problem('conflict', 'The database is on a server of its own; set DATABASE_URL for this command too.')
  return { directory }
}

export interface RestoreWanted {
  replace: boolean
  say: Say
  now: Date
}

export async function restoreFrom(settings: Settings, path: string, wanted: RestoreWanted): Promise<Restored> {
  const { databaseUrl, dataDir } = settings
  return restore({ ...(databaseUrl && { databaseUrl }), dataDir }, { path: resolve(path), ...wanted })
}

/** What `--replace` asks at a terminal; elsewhere `--yes` says it. Problem `bad_input` when nobody said so. */
export async function confirmReplace(settings: Settings, yes: boolean): Promise<void> {
  if (yes) return
  const what = settings.databaseUrl
    ? 'the rows in the database of DATABASE_URL are deleted'
    : `the database under ${settings.dataDir} is put aside`
  if (!process.stdin.isTTY)
    throw new Problem('bad_input', `With --replace ${what}; say --yes too where nobody can be asked.`)
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  const answer = await terminal.question(`With --replace ${what}. Type "replace" to go on: `)
  terminal.close()
  if (z.literal('replace').safeParse(answer.trim()).success) return
  throw new Problem('stopped', 'Nothing was changed.')
}

export function showBackedUp({ file, rows, secrets }: BackedUp): string {
  const held =
    secrets.length > 0
      ? `It holds secrets (${secrets.join(', ')}): keep it where nobody else reads.`
      : 'It holds no secrets of the App; keep those elsewhere.'
  return `Backup written to ${plain(file)}: ${total(rows)}. ${held}`
}

export function showRestored({ at, rows, files, aside }: Restored): string {
  return [
    `Restored as it was at ${plain(at)}: ${total(rows)}.`,
    ...(files.length > 0 ? [`Files of set-up: ${files.join(', ')}.`] : []),
    ...(aside ? [`What stood there is in ${plain(aside)}; remove it when all is well.`] : []),
    'Let no server go on with the original: what it had under way goes on here.',
  ].join('\n')
}

export function total(rows: RowCounts): string {
  return `${allRows(rows)} rows of ${Object.values(rows).filter(count => count > 0).length} tables`
}
