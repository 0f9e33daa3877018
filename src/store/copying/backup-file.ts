// A backup as a file: compressed lines, readable by its owner alone, there as a whole or not at all.
import { createReadStream, createWriteStream } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { type BackupHeader, type RowCounts, readBackupHeader, readBackupMark } from '../../domain/backup.ts'
import { Problem } from '../../domain/problem.ts'

/** Answers what the end of the backup counts. An older file of that name is replaced once the new one is whole. What `lines` throws is thrown on. */
export async function writeBackup(path: string, lines: AsyncIterable<string>): Promise<RowCounts> {
  const draft = `${path}.part`
  let last = ''
  let unread: unknown
  async function* read() {
    try {
      yield* lines
    } catch (thrown) {
      unread = thrown
      throw thrown
    }
  }
  // What befalls the file is thrown into this one by the pipeline, and reaches the other as an early end.
  async function* told() {
    for await (const line of read()) {
      last = line
      yield `${line}\n`
    }
  }
  try {
    await rm(draft, { force: true })
    await pipeline(Readable.from(told()), createGzip(), createWriteStream(draft, { mode: 0o600, flags: 'wx' }))
    await settle(draft)
    await rename(draft, path)
    await settle(dirname(path))
  } catch (thrown) {
    await rm(draft, { force: true })
    throw unread ?? unwritable(path, thrown)
  }
  const end = readBackupMark(last)
  return 'end' in end ? end.rows : {}
}

/** Problem `bad_input` when it is no backup. Reading on fails with the same when it is cut off or damaged. */
export async function readBackup(path: string): Promise<{ header: BackupHeader; lines: AsyncIterable<string> }> {
  const lines = linesOf(path)
  const first = await lines.next()
  return { header: readBackupHeader(first.done ? undefined : first.value), lines }
}

async function* linesOf(path: string): AsyncGenerator<string> {
  const file = createReadStream(path)
  const text = createGunzip()
  // Through the one that is read, an error of the other ends the reading too.
  file.on('error', error => text.destroy(error))
  const rest: string[] = []
  try {
    for await (const chunk of file.pipe(text).setEncoding('utf8') as AsyncIterable<string>) {
      const [first = '', ...others] = chunk.split('\n')
      rest.push(first)
      for (const next of others) {
        yield rest.join('')
        rest.length = 0
        rest.push(next)
      }
    }
  } catch (thrown) {
    throw unreadable(path, thrown)
  } finally {
    file.destroy()
    text.destroy()
  }
}

/** To the disk, also of a directory, so that a power cut leaves the old file or the new one. */
async function settle(path: string): Promise<void> {
  const handle = await open(path, 'r')
  await handle.sync().finally(() => handle.close())
}

function unwritable(path: string, thrown: unknown): unknown {
  const { code } = thrown as NodeJS.ErrnoException
  if (!code || !/^E[A-Z]+$/.test(code)) return thrown
  return new Problem(
    'bad_input',
    `The backup can not be written to ${path} (${code}); give a file in a directory that is there, with room.`,
    {
      cause: thrown,
    },
  )
}

function unreadable(path: string, thrown: unknown): unknown {
  const { code } = thrown as NodeJS.ErrnoException
  if (code?.startsWith('Z_'))
    return new Problem(
      'bad_input',
      `The backup ${path} is damaged or cut off, or is no backup of Watchbill; nothing was restored.`,
      {
        cause: thrown,
      },
    )
  if (code && /^E[A-Z]+$/.test(code))
    return new Problem('bad_input', `The backup ${path} can not be read (${code}).`, { cause: thrown })
  return thrown
}
