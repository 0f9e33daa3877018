// The end of a text at an address, whatever its length, without holding more of it than that.
import { Problem } from '../../domain/problem.ts'

const patience = 60_000
const mostBytes = 200 * 1024 * 1024

/** undefined when it is not there. Problem `unavailable` when it does not come. */
export async function readTail(address: string, characters: number): Promise<string | undefined> {
  const response = await fetch(address, { signal: AbortSignal.timeout(patience) }).catch(unreachable)
  if (response.status === 404 || response.status === 410) return undefined
  if (!response.ok || !response.body)
    throw new Problem('unavailable', `A log could not be read: its server answered ${response.status}.`)
  let kept: Buffer[] = []
  let size = 0
  let seen = 0
  for await (const chunk of response.body) {
    seen += chunk.byteLength
    if (seen > mostBytes) break
    kept.push(Buffer.from(chunk))
    size += chunk.byteLength
    if (size > characters * 8) {
      kept = [Buffer.concat(kept).subarray(-characters * 4)]
      size = kept[0]?.length ?? 0
    }
  }
  const text = Buffer.concat(kept).toString()
  return text.length <= characters ? text : `[cut: only the end]\n${text.slice(-characters)}`
}

function unreachable(thrown: unknown): never {
  throw new Problem('unavailable', 'A log could not be reached; the work is tried again later.', { cause: thrown })
}
