// The prompt cache, honestly: what a request reads, what it writes, and from when others can read it.
// Rules: https://platform.claude.com/docs/en/build-with-claude/prompt-caching
import { createHash } from 'node:crypto'
import type { MessagesRequest, Usage } from './contract.ts'
import { factsOf } from './models.ts'
import { promptBlocks } from './tokens.ts'

export type PromptCache = { read(request: MessagesRequest): CacheReading }

type CacheReading = {
  usage: Usage
  /** Makes what this request wrote readable, and what it read live longer. To be called when its answer starts. */
  started(): void
}

/** Positions looked at from each mark backwards, the mark's own included. */
const lookBack = 20

const life = { '5m': 5 * 60_000, '1h': 60 * 60_000 }

/** @param now milliseconds; a prefix lives from its last use. */
export function openCache(now: () => number): PromptCache {
  const entries = new Map<string, { ttl: '5m' | '1h'; lastUse: number }>()

  const alive = (key: string) => {
    const entry = entries.get(key)
    return entry !== undefined && now() - entry.lastUse < life[entry.ttl]
  }

  return {
    read(request) {
      const prefixes = prefixesOf(request)
      const { smallestCacheable } = factsOf(request.model)
      const marked = prefixes.filter(prefix => prefix.mark && prefix.upTo >= smallestCacheable)
      const hit = marked
        .flatMap(mark => prefixes.slice(Math.max(0, mark.index - lookBack + 1), mark.index + 1))
        .filter(prefix => alive(prefix.key))
        .at(-1)
      const read = hit?.upTo ?? 0
      const used = prefixes.filter(prefix => prefix.upTo <= read && alive(prefix.key))
      const written = marked.filter(prefix => prefix.upTo > read)
      const creation = { '5m': 0, '1h': 0 }
      let from = read
      for (const prefix of written) {
        creation[prefix.mark!] += prefix.upTo - from
        from = prefix.upTo
      }
      const total = prefixes.at(-1)?.upTo ?? 0
      return {
        usage: {
          input_tokens: total - from,
          cache_creation_input_tokens: creation['5m'] + creation['1h'],
          cache_creation: { ephemeral_5m_input_tokens: creation['5m'], ephemeral_1h_input_tokens: creation['1h'] },
          cache_read_input_tokens: read,
          output_tokens: 0,
        },
        started() {
          for (const { key } of used) entries.get(key)!.lastUse = now()
          for (const prefix of written) entries.set(prefix.key, { ttl: prefix.mark!, lastUse: now() })
        },
      }
    },
  }
}

/**
 * Each block with the hash of everything before and including it. Model, thinking, effort and output format are part of
 * every prefix; `tool_choice` is part of those that reach into the messages.
 */
function prefixesOf(request: MessagesRequest) {
  let hash = digest('', JSON.stringify([request.model, request.thinking, request.output_config, request.speed]))
  let upTo = 0
  let inMessages = false
  return promptBlocks(request).map((block, index) => {
    const entersMessages = !inMessages && !/^(tool|system)\n/.test(block.bytes)
    if (entersMessages) hash = digest(hash, JSON.stringify(request.tool_choice ?? null))
    inMessages ||= entersMessages
    hash = digest(hash, block.bytes)
    upTo += block.tokens
    return { index, key: hash, upTo, mark: block.mark }
  })
}

function digest(before: string, bytes: string): string {
  return createHash('sha256').update(before).update('\0').update(bytes).digest('base64')
}
