// What a model call costs: prices of each token kind, the arithmetic, and the shape of a price file.
import { z } from 'zod'
import type { Usage } from './conversation.ts'

const rates = {
  input: z.number().nonnegative().describe('Uncached input.'),
  cacheWrite: z.number().nonnegative().describe('Input written to the five-minute cache.'),
  cacheRead: z.number().nonnegative().describe('Input read from the cache.'),
  output: z.number().nonnegative().describe('Output, thinking included.'),
}

/** US dollars per million tokens. */
const priceSchema = z.strictObject({
  ...rates,
  above: z
    .strictObject({ promptTokens: z.number().int().positive(), ...rates })
    .optional()
    .describe('Prices of the whole call when its prompt (all three input kinds) is longer than this.'),
  smallestCacheable: z
    .number()
    .int()
    .positive()
    .default(1024)
    .describe('Tokens; a shorter prefix is not cached, silently.'),
})

/** By model id. */
export const priceTableSchema = z.record(z.string().min(1), priceSchema)

export type Price = z.infer<typeof priceSchema>
export type PriceTable = Record<string, Price>

/** US dollars for one call. */
export function costOf(usage: Usage, price: Price): number {
  const prompt = usage.input + usage.cacheWrite + usage.cacheRead
  const rate = price.above && prompt > price.above.promptTokens ? price.above : price
  return (
    (usage.input * rate.input +
      usage.cacheWrite * rate.cacheWrite +
      usage.cacheRead * rate.cacheRead +
      usage.output * rate.output) /
    1_000_000
  )
}
