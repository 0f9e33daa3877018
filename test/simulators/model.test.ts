// The simulated Messages API answers the real SDK: whole, streamed, and through the tool runner.
import Anthropic from '@anthropic-ai/sdk'
import { betaTool } from '@anthropic-ai/sdk/helpers/beta/json-schema'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { call, type ModelSimulator, say, startModel, think, together } from './model/index.ts'

let model: ModelSimulator
let client: Anthropic
beforeEach(async () => {
  model = await startModel()
  client = new Anthropic({ apiKey: model.apiKey, authToken: null, baseURL: model.url, maxRetries: 0 })
})
afterEach(() => model[Symbol.asyncDispose]())

const question = {
  model: 'claude-sonnet-5-5',
  max_tokens: 1000,
  messages: [{ role: 'user' as const, content: 'How many lines?' }],
}

describe('the simulated Messages API', () => {
  it('answers the SDK with a whole message', async () => {
    model.setReply(() => say('Twelve.'))
    const message = await client.messages.create(question)
    expect(message.content).toEqual([{ type: 'text', text: 'Twelve.' }])
    expect(message).toMatchObject({ role: 'assistant', stop_reason: 'end_turn', model: 'claude-sonnet-5-5' })
    expect(message.usage).toMatchObject({ input_tokens: 4, output_tokens: 2, cache_read_input_tokens: 0 })
    expect(model.refusals).toEqual([])
  })

  it('streams thinking, text and tool calls that the SDK puts together again', async () => {
    const input = { path: 'src/a.ts', quote: 'if (ä === "\\n") {', nested: [{ deep: true }, null, 1.5] }
    model.setReply(() => together(think('Let me look at the file first.'), say('I will look.'), call('read', input)))
    const seen: string[] = []
    const stream = client.messages.stream(question).on('streamEvent', event => seen.push(event.type))
    const message = await stream.finalMessage()
    expect(message.content).toMatchObject([
      { type: 'thinking', thinking: 'Let me look at the file first.' },
      { type: 'text', text: 'I will look.' },
      { type: 'tool_use', name: 'read', input },
    ])
    expect(message.stop_reason).toBe('tool_use')
    expect(seen[0]).toBe('message_start')
    expect(seen.at(-1)).toBe('message_stop')
    expect(message.usage.output_tokens).toBeGreaterThan(10)
  })

  it('carries the tool runner through a conversation, with nothing about threads on the wire', async () => {
    const paths: string[] = []
    const read = betaTool({
      name: 'read',
      description: 'Reads a file',
      inputSchema: {
        type: 'object',
        properties: { path: { type: 'string' } },
        required: ['path'],
        additionalProperties: false,
      } as const,
      run: async ({ path }) => {
        paths.push(path)
        return `contents of ${path}`
      },
    })
    model.setReply((_, { n }) =>
      n === 1 ? together(call('read', { path: 'a' }), call('read', { path: 'b' })) : say('Done.'),
    )
    for (const stream of [false, true]) {
      model.requests.length = 0
      const runner = client.beta.messages.toolRunner({ ...question, tools: [read], stream, thread: false } as never)
      const last = await (runner as unknown as { runUntilDone(): Promise<Anthropic.Beta.BetaMessage> }).runUntilDone()
      expect(last.content).toMatchObject([{ type: 'text', text: 'Done.' }])
      expect(model.requests.map(request => 'thread' in request.body)).toEqual([false, false])
    }
    expect(paths.sort()).toEqual(['a', 'a', 'b', 'b'])
    expect(model.refusals).toEqual([])
  })
})
