// One conversation's purse: sets money aside before each HTTP attempt and settles it after, failures included.
import type { Conversation, Usage } from '../domain/conversation.ts'
import type { Heard } from '../domain/heard.ts'
import { costOf, type Price } from '../domain/prices.ts'
import type { PatientMeter } from './patience.ts'
import { bytesPerToken } from './wire.ts'

export const noUsage: Usage = { input: 0, cacheWrite: 0, cacheRead: 0, output: 0 }

/** What an attempt came to. Usage `unknown`: it may have been paid for and nobody said how much, so it counts in full. */
export interface Outcome {
  usage: Usage | 'unknown'
  /** "ok", an HTTP status, an error type, or how it broke. */
  status: string
}

export interface Purse {
  /** Sets aside the most this attempt can cost, or what is left of it for a shorter answer. Problem `over_budget` when that would be too short. */
  reserve(attempt: { bytes: number; outputTokens: number; signal: AbortSignal }): Promise<Reserved>
  /** Resolves when everything that was set aside is settled; rejects when that could not be written down. */
  settled(): Promise<void>
  /** US dollars settled so far. */
  usd(): number
}

export interface Reserved {
  /** What the answer may have. */
  outputTokens: number
  settle(outcome: Outcome): void
}

export interface PurseOptions {
  meter: PatientMeter
  conversation: Pick<Conversation, 'name' | 'kind'>
  model: string
  price: Price
  now: () => number
  heard?: Heard['model'] | undefined
}

export function openPurse({ meter, conversation, model, price, now, heard }: PurseOptions): Purse {
  const writing: Promise<void>[] = []
  let spent = 0

  return {
    async reserve({ bytes, outputTokens, signal }) {
      const begun = now()
      const usdFor = (tokens: number) => costOf(atMost(price, bytes, tokens), price)
      const { name, kind } = conversation
      const least = Math.min(shortestAnswer, outputTokens)
      const call = { name, kind, model, usd: usdFor(outputTokens), leastUsd: usdFor(least) }
      const reservation = await meter.reserve(call, signal)
      const granted = reservation.usd >= call.usd ? outputTokens : fitting(reservation.usd, usdFor, least, outputTokens)
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      promise.catch(() => {})
      writing.push(promise)
      return {
        outputTokens: granted,
        settle({ usage, status }) {
          const counted = usage === 'unknown' ? atMost(price, bytes, granted) : usage
          const usd = usage === 'unknown' ? reservation.usd : costOf(usage, price)
          spent += usd
          heard?.({ kind, model, status, usage: counted, usd })
          meter.settle(reservation, { usage: counted, usd, status, milliseconds: now() - begun }).then(resolve, reject)
        },
      }
    },
    async settled() {
      await Promise.all(writing)
    },
    usd: () => spent,
  }
}

/** Output tokens below which an answer, thinking included, would mostly be cut off and bought in vain. */
const shortestAnswer = 2_000

/** The most output tokens that `usd` pays for, `least` being among what it does. */
function fitting(usd: number, usdFor: (tokens: number) => number, least: number, most: number): number {
  const each = (usdFor(most) - usdFor(least)) / (most - least)
  const tokens = each > 0 ? Math.floor(least + (usd - usdFor(least)) / each) : most
  return Math.max(least, Math.min(most, tokens))
}

/** All input at the dearer of its two full prices, and every output token that is allowed. */
function atMost(price: Price, bytes: number, outputTokens: number): Usage {
  const tokens = Math.ceil(bytes / bytesPerToken)
  const input = price.cacheWrite > price.input ? { input: 0, cacheWrite: tokens } : { input: tokens, cacheWrite: 0 }
  return { ...input, cacheRead: 0, output: outputTokens }
}
