// `watchbill move`: from the embedded database to PostgreSQL, with a check of what arrived.
import { text } from 'node:stream/consumers'
import { readVersion } from '../builtins.ts'
import { Problem } from '../domain/problem.ts'
import type { Settings } from '../settings.ts'
import { type Moved, move } from '../store/copying/index.ts'
import { total } from './backup.ts'
import { plain } from './print.ts'

export interface MoveWanted {
  /** A postgres:// URL, or - for one on standard input, where no list of processes shows its password. */
  to: string
  say: (sentence: string) => void
  now: Date
}

export async function moveTo(settings: Settings, { to, say, now }: MoveWanted): Promise<Moved> {
  const url = to === '-' ? (await text(process.stdin)).trim() : to
  if (!/^postgres(ql)?:\/\//.test(url) || !URL.canParse(url))
    throw new Problem(
      'bad_input',
      'Say where to move by --to postgres://USER:PASSWORD@HOST/DATABASE, or by --to - and the URL on standard input.',
    )
  return move(settings.dataDir, url, { version: readVersion(), now, say })
}

export function showMoved({ to, rows, already }: Moved): string {
  const wide = Math.max(...Object.keys(rows).map(name => name.length), 0)
  return [
    already ? `All of it had arrived at ${plain(to)} before.` : `Moved to ${plain(to)}: ${total(rows)}, counted there:`,
    ...Object.entries(rows).map(([table, count]) => `  ${table.padEnd(wide)}  ${count}`),
    'Next: set DATABASE_URL to it and start the server. The embedded database is marked as moved and starts no more; remove it when all is well.',
  ].join('\n')
}
