// An answer whose first bytes come at once, and the rest when the test says so.
import type { ServerResponse } from 'node:http'

export function holdBack(response: ServerResponse, { bytes, until }: { bytes: number; until: Promise<unknown> }): void {
  const write = response.write.bind(response) as (chunk: Buffer) => boolean
  const end = response.end.bind(response) as () => ServerResponse
  const kept: Buffer[] = []
  let left = bytes
  let held = true
  let ended = false
  const take = (chunk: Buffer) => {
    if (!held) return write(chunk)
    if (left > 0) write(chunk.subarray(0, left))
    if (chunk.length > left) kept.push(chunk.subarray(Math.max(left, 0)))
    left -= chunk.length
    return true
  }
  response.write = take as ServerResponse['write']
  response.end = (() => {
    ended = true
    return kept.length > 0 ? response : end()
  }) as ServerResponse['end']
  void until.then(() => {
    held = false
    for (const chunk of kept.splice(0)) write(chunk)
    if (ended && !response.writableEnded) end()
  })
}
