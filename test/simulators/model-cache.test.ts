// The prompt cache of the simulated model, in tokens.
import Anthropic from '@anthropic-ai/sdk'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ModelSimulator, say, startModel } from './model/index.ts'

let clock = 0
let model: ModelSimulator
let client: Anthropic
beforeEach(async () => {
  clock = 1_800_000_000_000
  model = await startModel({ now: () => clock })
  client = new Anthropic({ apiKey: model.apiKey, authToken: null, baseURL: model.url, maxRetries: 0 })
})
afterEach(() => model[Symbol.asyncDispose]())

type Params = Anthropic.MessageCreateParamsNonStreaming
const minutes = 60_000
const words = (tokens: number) => 'word'.repeat(tokens)
const marked = { cache_control: { type: 'ephemeral' } } as const

/** A shared prefix of 12,000 tokens in the system prompt, a lens of 100 in the message. */
function agent(lens: string, change: Partial<Params> = {}): Params {
  return {
    model: 'claude-sonnet-5-5',
    max_tokens: 1000,
    system: [{ type: 'text', text: words(12_000), ...marked }],
    messages: [{ role: 'user', content: lens.padEnd(400) }],
    ...change,
  }
}

async function usage(params: Params) {
  const { input_tokens, cache_creation_input_tokens, cache_read_input_tokens } = (await client.messages.create(params))
    .usage
  return { fresh: input_tokens, written: cache_creation_input_tokens, read: cache_read_input_tokens }
}

describe('the simulated prompt cache', () => {
  it('is written by the first of six agents and read by the other five', async () => {
    expect(await usage(agent('correctness'))).toEqual({ fresh: 100, written: 12_000, read: 0 })
    for (const lens of ['security', 'tests', 'rules', 'performance', 'contracts']) {
      expect(await usage(agent(lens))).toEqual({ fresh: 100, written: 0, read: 12_000 })
    }
    const { input, cacheWrite, cacheRead } = model.spent()
    expect(cacheRead / (input + cacheWrite + cacheRead)).toBeCloseTo(5 / 6, 1)
    expect(model.spent().byModel['claude-sonnet-5-5']).toMatchObject({
      calls: 6,
      cacheWrite: 12_000,
      cacheRead: 60_000,
    })
  })

  it('gives nothing to a call sent before the first answer has started', async () => {
    model.setReply(async () => {
      await model.waitFor(({ inFlight }) => inFlight === 2)
      return say('ok')
    })
    const both = await Promise.all([usage(agent('correctness')), usage(agent('security'))])
    expect(both.map(each => each.written)).toEqual([12_000, 12_000])
  })

  it('gives the prefix to a call sent after the first event of a stream that is still running', async () => {
    let finish = () => {}
    const finished = new Promise<void>(resolve => {
      finish = resolve
    })
    model.setReply(async (_, { n }) => {
      if (n === 1) await finished
      return say('ok')
    })
    const first = client.messages.stream(agent('correctness') as never)
    await new Promise(resolve => first.once('streamEvent', resolve))
    expect(await usage(agent('security'))).toMatchObject({ read: 12_000 })
    finish()
    await first.finalMessage()
  })

  it('lives five minutes from its last use, or an hour when asked to', async () => {
    await usage(agent('one'))
    clock += 4 * minutes
    expect(await usage(agent('two'))).toMatchObject({ read: 12_000 })
    clock += 4 * minutes
    expect(await usage(agent('three'))).toMatchObject({ read: 12_000 })
    clock += 5 * minutes
    expect(await usage(agent('four'))).toMatchObject({ read: 0 })

    const hour = [
      { type: 'text' as const, text: words(2000), cache_control: { type: 'ephemeral' as const, ttl: '1h' as const } },
    ]
    const message = await client.messages.create(agent('five', { system: hour }))
    expect(message.usage.cache_creation).toEqual({ ephemeral_1h_input_tokens: 2000, ephemeral_5m_input_tokens: 0 })
    clock += 59 * minutes
    expect(await usage(agent('six', { system: hour }))).toMatchObject({ read: 2000 })
  })

  it('is not shared by another model, effort, or a prefix that differs by one byte', async () => {
    await usage(agent('one'))
    expect(await usage(agent('two', { model: 'claude-opus-5-5' }))).toMatchObject({ read: 0 })
    expect(await usage(agent('two', { output_config: { effort: 'low' } }))).toMatchObject({ read: 0 })
    const other = [{ type: 'text' as const, text: words(12_000).replace(/d$/, 't'), ...marked }]
    expect(await usage(agent('two', { system: other }))).toMatchObject({ read: 0 })
    const tools: Params['tools'] = [{ name: 'read', input_schema: { type: 'object' } }]
    expect(await usage(agent('two', { tools }))).toMatchObject({ read: 0 })
    expect(await usage(agent('two'))).toMatchObject({ read: 12_000 })
  })

  it('ignores marks on prefixes shorter than the model can cache', async () => {
    const system = [{ type: 'text' as const, text: words(600), ...marked }]
    expect(await usage(agent('one', { system }))).toMatchObject({ written: 600 })
    expect(await usage(agent('one', { system, model: 'claude-haiku-4-5' }))).toMatchObject({ written: 0, fresh: 700 })
    const short = [{ type: 'text' as const, text: words(500), ...marked }]
    expect(await usage(agent('one', { system: short }))).toMatchObject({ written: 0, fresh: 600 })
  })

  it('looks twenty blocks back from a mark, and no further', async () => {
    const blocks = (count: number): Params['messages'] => [
      {
        role: 'user',
        content: Array.from({ length: count }, (_, i) => ({
          type: 'text' as const,
          text: words(1000) + i,
          ...(i === count - 1 ? marked : {}),
        })),
      },
    ]
    const ask = (count: number) => usage(agent('', { system: 'Short.', messages: blocks(count) }))
    await ask(1)
    expect(await ask(20)).toMatchObject({ read: 1003 })
    clock += 6 * minutes
    await ask(1)
    expect(await ask(21)).toMatchObject({ read: 0 })
  })

  it('grows with an agent that marks its own tail', async () => {
    const turn = (...texts: string[]): Params['messages'] =>
      texts.map((text, i) => ({
        role: i % 2 ? 'assistant' : 'user',
        content: [{ type: 'text', text, ...(i === texts.length - 1 ? marked : {}) }],
      }))
    const first = words(100)
    const more = words(200)
    expect(await usage(agent('', { messages: turn(first) }))).toEqual({ fresh: 0, written: 12_100, read: 0 })
    expect(await usage(agent('', { messages: turn(first, 'ok  ', more) }))).toEqual({
      fresh: 0,
      written: 201,
      read: 12_100,
    })
  })

  it('is filled by max_tokens: 0, which says nothing and is refused together with streaming', async () => {
    const message = await client.messages.create(agent('warm', { max_tokens: 0 }))
    expect(message).toMatchObject({ content: [], stop_reason: 'max_tokens', usage: { output_tokens: 0 } })
    expect(await usage(agent('one'))).toMatchObject({ read: 12_000 })
    await expect(client.messages.create({ ...agent('warm', { max_tokens: 0 }), stream: true })).rejects.toThrow(
      'max_tokens: 0',
    )
  })

  it('counts what a prompt would be, without a call', async () => {
    const { model: name, messages, system } = agent('count')
    expect(await client.messages.countTokens({ model: name, messages, ...(system && { system }) })).toEqual({
      input_tokens: 12_100,
    })
    expect(model.spent().calls).toBe(0)
  })
})
