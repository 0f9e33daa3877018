// The register of advisories, asked over HTTP: which of these packages does it know something about, and what; remembered for a day.
import { setTimeout as wait } from 'node:timers/promises'
import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import { Problem } from '../../domain/problem.ts'
import { type Advisory, advisorySchema } from './advisory.ts'
import { keyOf, type Locked } from './locked.ts'

export type Asked = Pick<Locked, 'ecosystem' | 'name' | 'version'>

export interface Answers {
  /** Of packages that were answered about, by `keyOf`; an empty list: nothing is known to OSV. */
  ids: Map<string, string[]>
  advisories: Map<string, Advisory>
  /** Why some of it is unknown, one sentence each. */
  because: string[]
}

export interface Osv {
  /** Problem `stopped` when the signal fires; nothing else is thrown. */
  ask(packages: Asked[], signal: AbortSignal): Promise<Answers>
}

export interface OsvOptions {
  /** e.g. `https://api.osv.dev`. */
  url: string
  now: () => number
  /** Milliseconds before a request that failed is sent once more. */
  retryMs?: number
}

const day = 24 * 60 * 60_000
const limits = {
  batch: 1_000,
  pages: 5,
  details: 300,
  atOnce: 8,
  packages: 20_000,
  advisories: 5_000,
  bytes: 16 * 1024 ** 2,
}
const patience = 15_000

const batchSchema = z.object({
  results: z.array(
    z
      .object({
        vulns: z.array(z.object({ id: z.string().max(100) })).nullish(),
        next_page_token: z.string().max(4_000).nullish(),
      })
      .nullable(),
  ),
})

/** https://google.github.io/osv.dev/post-v1-querybatch/ and https://google.github.io/osv.dev/get-v1-vulns/ */
export function connectOsv({ url, now, retryMs = 500 }: OsvOptions): Osv {
  // The clock is asked each time: the cache's own look at it may be a millisecond old.
  const aDay = { ttl: day, ttlResolution: 0, perf: { now } }
  const known = new LRUCache<string, string[]>({ ...aDay, max: limits.packages })
  const described = new LRUCache<string, Advisory>({ ...aDay, max: limits.advisories })
  const root = url.replace(/\/+$/, '')
  const host = URL.parse(url)?.host ?? 'OSV'

  return {
    async ask(packages, signal) {
      const because = new Set<string>()
      const ids = new Map<string, string[]>()
      const open = packages.filter(one => {
        const stored = known.get(keyOf(one))
        if (stored) ids.set(keyOf(one), stored)
        return !stored
      })
      for (let at = 0; at < open.length; at += limits.batch) {
        const batch = open.slice(at, at + limits.batch)
        const answered = await askBatch(batch, signal).catch(thrown => fault(thrown, signal, because))
        if (!answered) break
        for (const [key, found] of answered) {
          ids.set(key, found)
          known.set(key, found)
        }
      }
      return {
        ids,
        advisories: await describe([...new Set([...ids.values()].flat())], signal, because),
        because: [...because],
      }
    },
  }

  async function askBatch(batch: Asked[], signal: AbortSignal): Promise<Map<string, string[]>> {
    const found = new Map(batch.map(one => [keyOf(one), [] as string[]]))
    let open: { asked: Asked; token?: string }[] = batch.map(asked => ({ asked }))
    for (let page = 0; open.length > 0; page++) {
      if (page === limits.pages) throw new Problem('unavailable', `${host} answered with more pages than are read.`)
      const queries = open.map(({ asked: { ecosystem, name, version }, token }) => ({
        package: { ecosystem, name },
        version,
        ...(token && { page_token: token }),
      }))
      const { results } = batchSchema.parse(await send('/v1/querybatch', signal, { queries }))
      if (results.length !== open.length) throw new Problem('unavailable', `${host} answered about other packages.`)
      const asked = open
      open = []
      for (const [at, result] of results.entries()) {
        const one = asked[at]!.asked
        found.get(keyOf(one))!.push(...(result?.vulns ?? []).map(({ id }) => id).slice(0, 200))
        if (result?.next_page_token) open.push({ asked: one, token: result.next_page_token })
      }
    }
    return found
  }

  async function describe(ids: string[], signal: AbortSignal, because: Set<string>): Promise<Map<string, Advisory>> {
    const advisories = new Map<string, Advisory>()
    const open = ids.filter(id => {
      const stored = described.get(id)
      if (stored) advisories.set(id, stored)
      return !stored
    })
    const queue = open.slice(0, limits.details)
    if (open.length > queue.length)
      because.add(`${open.length - queue.length} advisories were not looked up: ${limits.details} a review are.`)
    const lane = async () => {
      for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
        const path = `/v1/vulns/${encodeURIComponent(id)}`
        const answer = await send(path, signal).catch(thrown => fault(thrown, signal, because))
        const parsed = advisorySchema.safeParse(answer)
        if (!parsed.success) continue
        advisories.set(id, parsed.data)
        described.set(id, parsed.data)
      }
    }
    await Promise.all(Array.from({ length: limits.atOnce }, lane))
    return advisories
  }

  async function send(path: string, signal: AbortSignal, body?: unknown): Promise<unknown> {
    for (let attempt = 1; ; attempt++) {
      try {
        const response = await fetch(root + path, {
          signal: AbortSignal.any([signal, AbortSignal.timeout(patience)]),
          headers: { 'content-type': 'application/json', 'user-agent': 'watchbill' },
          ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
        })
        if (response.ok) return JSON.parse(await bodyOf(response))
        await response.body?.cancel()
        const again = response.status === 429 || response.status >= 500
        if (!again || attempt === 2) throw new Problem('unavailable', `${host} answered ${response.status}.`)
      } catch (thrown) {
        if (thrown instanceof Problem || signal.aborted || attempt === 2) throw thrown
      }
      await wait(retryMs, undefined, { signal })
    }
  }

  function fault(thrown: unknown, signal: AbortSignal, because: Set<string>): undefined {
    if (signal.aborted)
      throw signal.reason instanceof Problem
        ? signal.reason
        : new Problem('stopped', 'The look at dependencies was stopped.')
    because.add(thrown instanceof Problem ? thrown.message : sayFault(thrown, host))
  }
}

function sayFault(thrown: unknown, host: string): string {
  if (thrown instanceof z.ZodError || thrown instanceof SyntaxError)
    return `${host} answered with something that is no answer of OSV.`
  if (thrown instanceof DOMException && thrown.name === 'TimeoutError')
    return `${host} did not answer within ${patience / 1_000} s.`
  return `${host} could not be reached.`
}

async function bodyOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length
    if (bytes > limits.bytes) throw new SyntaxError('too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
