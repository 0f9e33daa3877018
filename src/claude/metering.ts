// One conversation's purse: sets money aside before each HTTP attempt and settles it after, failures included.
import type { Conversation, Usage } from '../domain/conversation.ts'
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
  /** Problem `over_budget` when the most this attempt can cost does not fit. Returns the function that settles it. */
  reserve(attempt: { bytes: number; outputTokens: number; signal: AbortSignal }): Promise<(outcome: Outcome) => void>
  /** Resolves when everything that was set aside is settled; rejects when that could not be written down. */
  settled(): Promise<void>
  /** US dollars settled so far. */
  usd(): number
}

export interface PurseOptions {
  meter: PatientMeter
  conversation: Pick<Conversation, 'name' | 'kind'>
  model: string
  price: Price
  now: () => number
}

export function openPurse({ meter, conversation, model, price, now }: PurseOptions): Purse {
  const writing: Promise<void>[] = []
  let spent = 0

  return {
    async reserve({ bytes, outputTokens, signal }) {
      const begun = now()
      const most = atMost(price, bytes, outputTokens)
      const mostUsd = costOf(most, price)
      const { name, kind } = conversation
      const reservation = await meter.reserve({ name, kind, model, usd: mostUsd }, signal)
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      promise.catch(() => {})
      writing.push(promise)
      return ({ usage, status }) => {
        const counted = usage === 'unknown' ? most : usage
        const usd = usage === 'unknown' ? mostUsd : costOf(usage, price)
        spent += usd
        meter.settle(reservation, { usage: counted, usd, status, milliseconds: now() - begun }).then(resolve, reject)
      }
    },
    async settled() {
      await Promise.all(writing)
    },
    usd: () => spent,
  }
}

/** All input at the dearer of its two full prices, and every output token that is allowed. */
function atMost(price: Price, bytes: number, outputTokens: number): Usage {
  const tokens = Math.ceil(bytes / bytesPerToken)
  const input = price.cacheWrite > price.input ? { input: 0, cacheWrite: tokens } : { input: tokens, cacheWrite: 0 }
  return { ...input, cacheRead: 0, output: outputTokens }
}
