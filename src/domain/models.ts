// The models: which one each tier is, what each costs, and from which length it caches; ids and prices change here alone.
import type { PriceTable } from './prices.ts'
import type { ModelTier } from './routine.ts'

/** Model of each tier, unless the settings name another. */
export const tierModels: Record<ModelTier, string> = {
  fast: 'claude-haiku-5-5',
  standard: 'claude-sonnet-5-5',
  deep: 'claude-opus-5-5',
}

/** US dollars per million tokens, list prices of 1 November 2026: https://platform.claude.com/docs/en/about-claude/pricing */
export const priceTable: PriceTable = {
  'claude-fable-5-1': { input: 10, cacheWrite: 12.5, cacheRead: 0.25, output: 50, smallestCacheable: 512 },
  'claude-opus-5-5': { input: 4, cacheWrite: 5, cacheRead: 0.2, output: 20, smallestCacheable: 512 },
  'claude-sonnet-5-5': { input: 2, cacheWrite: 2.5, cacheRead: 0.1, output: 10, smallestCacheable: 512 },
  'claude-haiku-5-5': {
    input: 0.1,
    cacheWrite: 0.125,
    cacheRead: 0.01,
    output: 0.5,
    above: { promptTokens: 100_000, input: 0.5, cacheWrite: 0.625, cacheRead: 0.05, output: 2.5 },
    smallestCacheable: 512,
  },
}
