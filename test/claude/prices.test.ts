// Prices: ours, an operator's over them, and a Problem before the run for what has none.
import { describe, expect, it } from 'vitest'
import { connectClaude, loadPrices } from '../../src/claude/index.ts'
import { priceTable } from '../../src/domain/models.ts'
import { costOf } from '../../src/domain/prices.ts'
import { models, openMeter } from './stage.ts'

const file = (text: string) => ({ path: 'prices.json', text })
const own = file('{ "gateway/sonnet": { "input": 1, "cacheWrite": 1, "cacheRead": 1, "output": 2 } }')

describe('prices', () => {
  it('are ours without a file, and the file over ours', () => {
    expect(loadPrices()).toBe(priceTable)
    const prices = loadPrices(own)
    expect(prices['claude-opus-5-5']).toBe(priceTable['claude-opus-5-5'])
    expect(costOf({ input: 1e6, cacheWrite: 0, cacheRead: 0, output: 1e6 }, prices['gateway/sonnet']!)).toBe(3)
  })

  it('of a file that does not fit say everything that is wrong with it', () => {
    expect(() => loadPrices(file('{'))).toThrow('The price file prices.json is not JSON')
    expect(() => loadPrices(file('{"m":{"input":-1,"cacheWrite":1,"cacheRead":1}}'))).toThrow(
      /m\.input: .*; m\.output: /,
    )
  })

  it('count all four kinds of tokens, and five times as much above the threshold', () => {
    const haiku = priceTable['claude-haiku-5-5']!
    const usage = { input: 10_000, cacheWrite: 20_000, cacheRead: 70_000, output: 1000 }
    const usd = (10_000 * 0.1 + 20_000 * 0.125 + 70_000 * 0.01 + 1000 * 0.5) / 1e6
    expect(costOf(usage, haiku)).toBeCloseTo(usd, 12)
    expect(costOf({ ...usage, cacheRead: 70_001 }, haiku)).toBeCloseTo(usd * 5, 6)
  })
})

describe('readiness', () => {
  const options = { models, prices: priceTable }

  it('is there with a key and a price for each tier', () => {
    expect(connectClaude({ ...options, apiKey: 'k' }).ready()).toBeUndefined()
  })

  it('lacks when there is no key', () => {
    expect(connectClaude(options).ready()).toMatchObject({
      code: 'bad_configuration',
      message: expect.stringContaining('ANTHROPIC_API_KEY'),
    })
  })

  it('lacks when a tier has a model without a price, until a price file gives it', () => {
    const odd = { apiKey: 'k', models: { ...models, deep: 'gateway/sonnet' } }
    const problem = connectClaude({ ...odd, prices: priceTable }).ready()
    expect(problem).toMatchObject({ code: 'bad_configuration', message: expect.stringContaining('"gateway/sonnet"') })
    expect(connectClaude({ ...odd, prices: loadPrices(own) }).ready()).toBeUndefined()
  })

  it('is asked again by each conversation, which fails with the same sentence', async () => {
    const claude = connectClaude(options)
    const { conversation } = await import('./stage.ts')
    const ended = await claude.model(openMeter()).converse(conversation())
    expect(ended).toMatchObject({ end: 'failed', because: claude.ready()!.message, usd: 0 })
  })
})
