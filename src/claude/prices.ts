// What each model costs and from which length it caches: list prices with their date, and an operator's own on top.

import { type PriceTable, priceTableSchema } from '../domain/prices.ts'
import { Problem } from '../domain/problem.ts'

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

/** A price file as it was read: a JSON object, model id to prices in US dollars per million tokens. */
interface PriceFile {
  path: string
  text: string
}

/** Our prices with those of a price file over them. Problem `bad_configuration` names everything that is wrong in it. */
export function loadPrices(file?: PriceFile): PriceTable {
  if (!file) return priceTable
  const checked = priceTableSchema.safeParse(parse(file))
  if (checked.success) return { ...priceTable, ...checked.data }
  const wrong = checked.error.issues.map(issue => `${issue.path.join('.') || 'the file'}: ${issue.message}`)
  throw new Problem('bad_configuration', `The price file ${file.path} does not fit: ${wrong.join('; ')}.`)
}

function parse({ path, text }: PriceFile): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new Problem('bad_configuration', `The price file ${path} is not JSON; mend it or unset WATCHBILL_PRICES.`, {
      cause,
    })
  }
}
