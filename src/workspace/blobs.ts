// Many files of one commit as the bytes they are, by one git child for their sizes and one for each part that fits into memory.
import { Problem } from '../domain/problem.ts'
import type { Blob, Checkout } from '../domain/workspace.ts'
import { type Git, type GitCommand, lastWords } from './git.ts'
import { bytesOfPath } from './text.ts'

const batchBytes = 16 * 1024 * 1024
const batchFiles = 1_000
const readMs = 60_000

/** `git` is confined already. */
export function blobsOf(
  git: Git,
  view: { gitDir: string; head: string; readable?: string[]; signal: AbortSignal },
): Checkout['blobs'] {
  const { gitDir, head, readable, signal } = view
  const ask = async (args: string[], input: Buffer, more: Partial<GitCommand> = {}) => {
    const result = await git({ gitDir, args, input, signal, readable, timeoutMs: readMs, ...more })
    if (result.code === 0 && result.ended === 'exit') return result.stdout
    throw new Problem('unavailable', `The files could not be read: ${lastWords(result.stderr)}.`, {
      cause: result.stderr,
    })
  }

  return async function* blobs(paths, { eachBytes, allBytes }) {
    const sizes = await sizesOf(paths)
    let room = allBytes
    let batch: { path: string; id: string; bytes: number }[] = []
    let held = 0
    for (const [at, path] of paths.entries()) {
      const [, id = '', bytes = 0] = sizes[at] ?? []
      const because = leadsOut(path) ? leads : whyNot(sizes[at], eachBytes, room)
      if (because === undefined) {
        batch.push({ path, id, bytes })
        held += bytes
        room -= bytes
      }
      if (batch.length > 0 && (because !== undefined || held >= batchBytes || batch.length >= batchFiles)) {
        yield* await read(batch, held)
        batch = []
        held = 0
      }
      if (because !== undefined) yield { path, because }
    }
    yield* await read(batch, held)
  }

  /** A name that there is not is answered by itself: one with line feeds in it is asked about alone, so that it can answer for no other. */
  async function sizesOf(paths: string[]): Promise<(Size | undefined)[]> {
    const odd = paths.filter(path => path.includes('\n') && !leadsOut(path))
    const plain = paths.filter(path => !path.includes('\n') && !leadsOut(path))
    const known = new Map<string, Size | undefined>()
    for (const group of [plain, ...odd.map(path => [path])]) {
      if (group.length === 0) continue
      const names = group.flatMap(path => [Buffer.from(`${head}:`), bytesOfPath(path), Buffer.from([0])])
      const flags = ['--batch-check=%(objectname) %(objecttype) %(objectsize)', '-z']
      const lines = (await ask(['cat-file', ...flags], Buffer.concat(names))).toString('latin1').slice(0, -1)
      const answers = group.length === 1 ? [lines] : lines.split('\n')
      if (answers.length !== group.length)
        throw new Problem('internal', 'git answered about other files than it was asked about.')
      for (const [at, path] of group.entries()) known.set(path, sizeIn(answers[at] ?? ''))
    }
    return paths.map(path => known.get(path))
  }

  async function read(batch: { path: string; id: string; bytes: number }[], held: number): Promise<Blob[]> {
    if (batch.length === 0) return []
    const input = Buffer.from(batch.map(({ id }) => `${id}\n`).join(''))
    const out = await ask(['cat-file', '--batch'], input, { maxBytes: held + batch.length * 200 })
    let at = 0
    return batch.map(({ path, bytes }) => {
      // `ID blob SIZE`, the bytes, a line feed: https://git-scm.com/docs/git-cat-file#_batch_output
      const from = out.indexOf(10, at) + 1
      at = from + bytes + 1
      return { path, bytes: out.subarray(from, from + bytes) }
    })
  }
}

/** After `COMMIT:` git takes such a name as one from its working directory, and ends (`<rev>:<path>` in gitrevisions(7)): nobody else's file is to go unread with it. */
function leadsOut(path: string): boolean {
  return /^\.\.?(\/|$)/.test(path)
}

const leads = 'its name leads out of the repository'

type Size = [type: string, id: string, bytes: number]

function sizeIn(answer: string): Size | undefined {
  const [, id, type, bytes] = /^([0-9a-f]{40,64}) (blob|tree|commit|tag) (\d+)$/.exec(answer) ?? []
  return id && type ? [type, id, Number(bytes)] : undefined
}

function whyNot(size: Size | undefined, eachBytes: number, room: number): string | undefined {
  if (size?.[0] !== 'blob') return 'there is no such file at this commit'
  if (size[2] > eachBytes) return `larger than ${words(eachBytes)}`
  return size[2] > room ? 'the files before it were as much as is read of one change' : undefined
}

function words(bytes: number): string {
  return bytes >= 1024 ** 2 ? `${Math.round(bytes / 1024 ** 2)} MiB` : `${Math.round(bytes / 1024)} KiB`
}
