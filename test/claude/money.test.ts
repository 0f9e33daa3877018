// Money and cache: what is settled is what the API says was used, and a fleet reads its prefix instead of buying it again.
import { describe, expect, it } from 'vitest'
import { priceTable } from '../../src/domain/models.ts'
import type { ModelTier } from '../../src/domain/routine.ts'
import { call, say } from '../simulators/model/index.ts'
import { conversation, lookTool, models, openMeter, openStage } from './stage.ts'

const threeTurns = (request: { messages: unknown[] }) =>
  request.messages.length < 5 ? call('look', { what: `file ${request.messages.length}` }) : say('Nothing found.')

describe('what is settled', () => {
  it('adds up to the usage the API told, at the prices of each model', async () => {
    await using stage = await openStage({ reply: threeTurns })
    const shared = 'The diff. '.repeat(2000)
    for (const kind of ['529', 'sse-error'] as const)
      stage.model.faults.add({ kind, match: body => body.messages.length === 3 })
    const tiers: ModelTier[] = ['fast', 'standard', 'standard', 'deep']
    await Promise.all(tiers.map((tier, i) => stage.converse(conversation({ name: `agent ${i}`, tier, shared }))))

    const answered = stage.model.requests.filter(request => request.answer)
    expect(answered).toHaveLength(12)
    const told = answered.reduce((sum, { usage, model }) => {
      const price = priceTable[model]!
      const micro =
        usage!.input_tokens * price.input +
        usage!.cache_creation_input_tokens * price.cacheWrite +
        usage!.cache_read_input_tokens * price.cacheRead +
        usage!.output_tokens * price.output
      return sum + micro / 1e6
    }, 0)
    const settled = stage.meter.entries.filter(entry => entry.settled?.status === 'ok')
    expect(settled.reduce((sum, entry) => sum + entry.settled!.usd, 0)).toBeCloseTo(told, 9)
    expect(new Set(settled.map(entry => entry.model))).toEqual(new Set(Object.values(models)))
    expect(stage.meter.entries.every(entry => entry.settled && entry.settled.usd <= entry.reserved)).toBe(true)
  })

  it('a failed attempt is written down too, at what was told', async () => {
    await using stage = await openStage({ reply: () => say('word '.repeat(200)) })
    stage.model.faults.add({ kind: 'cut' })
    const ended = await stage.converse(conversation())
    const [cut, whole] = stage.meter.entries.map(entry => entry.settled!)
    expect(cut!.usage.input).toBe(stage.model.requests[0]!.usage!.input_tokens)
    expect(cut!.usage.output).toBeGreaterThan(1)
    expect(ended.usd).toBe(cut!.usd + whole!.usd)
  })

  it('a prompt beyond the threshold of the cheap model costs five times as much', async () => {
    await using stage = await openStage()
    await stage.converse(conversation({ tier: 'fast', shared: 'x'.repeat(420_000), tools: [] }))
    const [{ settled } = { settled: undefined }] = stage.meter.entries
    const { cacheWrite, input, output } = settled!.usage
    expect(cacheWrite + input).toBeGreaterThan(100_000)
    expect(settled!.usd).toBeCloseTo((cacheWrite * 0.625 + input * 0.5 + output * 2.5) / 1e6, 9)
  })
})

describe('a cap that does not hold the longest answer', () => {
  const shared = 'The diff. '.repeat(2000)
  const limits = { turns: 10, milliseconds: 20_000, outputTokens: 16_000 }
  const speaking = (over = {}) => conversation({ shared, limits, ...over })
  /** What is set aside for the prompt of the first call, and for 1,000 tokens of an answer. */
  const [forPrompt, thousand] = [0.0198, 0.01]

  it('has a shorter one bought, as long as it may be, and the cache read as before', async () => {
    await using stage = await openStage({ reply: threeTurns })
    const meter = openMeter(forPrompt + 12 * thousand)
    const ended = await stage.claude.model(meter).converse(speaking())
    expect(ended.end).toBe('done')
    const asked = stage.model.requests.map(({ body }) => body.max_tokens)
    expect(asked[0]).toBeGreaterThan(11_000)
    expect(asked[0]).toBeLessThan(12_500)
    expect(asked[1]).toBeLessThan(asked[0]!)
    expect(stage.model.requests[1]?.usage?.cache_read_input_tokens).toBeGreaterThan(4_000)
    for (const entry of meter.entries) expect(entry.settled!.usd).toBeLessThanOrEqual(entry.reserved)
    expect(stage.model.refusals).toEqual([])
  })

  it('ends the conversation when it would be so short that it were bought in vain', async () => {
    await using stage = await openStage({ reply: threeTurns })
    const ended = await stage.claude.model(openMeter(forPrompt + 1.9 * thousand)).converse(speaking())
    expect(ended.end).toBe('budget')
    expect(stage.model.requests).toEqual([])
  })

  it('lets one that is not alone wait for what the others give back instead', async () => {
    await using stage = await openStage({ latency: { totalMs: 20 } })
    const model = stage.claude.model(openMeter(2 * forPrompt + 18 * thousand))
    await Promise.all([1, 2].map(i => model.converse(speaking({ name: `agent ${i}`, brief: `Lens ${i}`, tools: [] }))))
    expect(stage.model.requests.map(({ body }) => body.max_tokens)).toEqual([16_000, 16_000])
    expect(stage.model.maxInFlight).toBe(1)
  })
})

describe('the prompt cache', () => {
  it('is filled by one call while the others wait, and then read by all', async () => {
    await using stage = await openStage({ latency: { firstEventMs: 100, totalMs: 150 } })
    const shared = 'The diff. '.repeat(2000)
    await Promise.all([1, 2, 3, 4].map(i => stage.converse(conversation({ name: `agent ${i}`, shared, tools: [] }))))
    const [first, ...rest] = stage.model.requests
    expect(first!.usage!.cache_read_input_tokens).toBe(0)
    for (const request of rest) {
      expect(request.usage!.cache_creation_input_tokens).toBe(0)
      expect(request.usage!.cache_read_input_tokens).toBe(first!.usage!.cache_creation_input_tokens)
      expect(request.at).toBeGreaterThanOrEqual(first!.at + 90)
    }
    // The others went together, not one after the other.
    expect(stage.model.maxInFlight).toBeGreaterThanOrEqual(3)
  })

  it('keeps nobody waiting for a prefix too short to be cached', async () => {
    await using stage = await openStage({ latency: { totalMs: 200 } })
    await Promise.all([1, 2, 3].map(i => stage.converse(conversation({ name: `agent ${i}` }))))
    expect(stage.model.maxInFlight).toBe(3)
  })

  it('gives 6 agents of 3 turns at least 97 % of the share that arithmetic allows', async () => {
    await using stage = await openStage({ reply: threeTurns })
    const shared = 'A line of the diff under review.\n'.repeat(1450)
    const look = lookTool(async what => `${what}: ${'some lines of code; '.repeat(180)}`)
    const agents = [1, 2, 3, 4, 5, 6].map(i =>
      stage.converse(
        conversation({
          name: `agent ${i}`,
          shared,
          brief: `Lens ${i}: ${'look for this. '.repeat(20)}`,
          tools: [look.tool],
        }),
      ),
    )
    expect((await Promise.all(agents)).every(ended => ended.end === 'done')).toBe(true)

    const inputs = stage.model.requests.map(({ usage }) => ({
      read: usage!.cache_read_input_tokens,
      all: usage!.input_tokens + usage!.cache_creation_input_tokens + usage!.cache_read_input_tokens,
      turn: 0,
    }))
    const all = inputs.reduce((sum, input) => sum + input.all, 0)
    const read = inputs.reduce((sum, input) => sum + input.read, 0)
    // At best only what is new is not read: the prefix once, each brief once, each turn's own words once.
    const prefix = Math.min(...inputs.filter(input => input.read > 0).map(input => input.read))
    const ends = stage.model.requests.filter(request => request.body.messages.length === 5)
    const news = ends.reduce((sum, { usage }) => {
      return sum + usage!.input_tokens + usage!.cache_creation_input_tokens + usage!.cache_read_input_tokens - prefix
    }, prefix)
    expect(read / all).toBeGreaterThanOrEqual(((all - news) / all) * 0.97)
    expect(read / all).toBeGreaterThan(0.85)
  })
})
