// The portable form of everything that is remembered: lines of JSON that either database writes and either one reads.
import { z } from 'zod'
import { Problem } from './problem.ts'

/** Raised whenever an older program could not read what is written. */
export const backupForm = 1

const header = z.object({
  watchbill: z.literal('backup'),
  form: z.number(),
  at: z.string(),
  /** Of the program that wrote it. */
  program: z.string(),
  engine: z.string(),
  /** The shape of the tables. */
  migrations: z.array(z.string()),
  /** Beside the database, where secrets were asked for: what set-up keeps, and no other name. */
  files: z.partialRecord(z.literal('app.json'), z.string()).default({}),
})
const table = z.object({ table: z.string(), columns: z.array(z.string().regex(/^\w+$/)) })
const sequences = z.object({ sequences: z.record(z.string().regex(/^\w+$/), z.string().regex(/^\d+$/)) })
const end = z.object({ end: z.literal(true), rows: z.record(z.string(), z.number()) })

export type BackupHeader = z.infer<typeof header>
export type BackupMark = z.infer<typeof table> | z.infer<typeof sequences> | z.infer<typeof end>
/** Table → rows. */
export type RowCounts = Record<string, number>

export function allRows(rows: RowCounts): number {
  return Object.values(rows).reduce((sum, count) => sum + count, 0)
}

/** Problem `bad_input` when it is no backup, or of a form that this program does not know. */
export function readBackupHeader(line: string | undefined): BackupHeader {
  const parsed = header.safeParse(fromJson(line ?? ''))
  if (!parsed.success)
    throw new Problem('bad_input', 'That file is no backup of Watchbill; give one that `watchbill backup` wrote.')
  if (parsed.data.form > backupForm)
    throw new Problem(
      'bad_input',
      `The backup has form ${parsed.data.form}, and this program knows forms up to ${backupForm}; restore it with Watchbill ${parsed.data.program} or newer.`,
    )
  return parsed.data
}

/** A line between rows. Problem `bad_input` for one that no backup has. */
export function readBackupMark(line: string): BackupMark {
  const parsed = z.union([table, sequences, end]).safeParse(fromJson(line))
  if (parsed.success) return parsed.data
  throw new Problem('bad_input', 'The backup is damaged: a line of it can not be read. Take another one.')
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
