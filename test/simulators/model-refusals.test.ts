// Every rule of the real API shown shut, and what only looks like a breach let through.
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

const user = (content: unknown) => ({ role: 'user', content })
const assistant = (content: unknown) => ({ role: 'assistant', content })
const text = (text: string, more = {}) => ({ type: 'text', text, ...more })
const use = (id: string) => ({ type: 'tool_use', id, name: 'read', input: {} })
const result = (id: string) => ({ type: 'tool_result', tool_use_id: id, content: 'x' })
const mark = (ttl?: '5m' | '1h') => ({ cache_control: { type: 'ephemeral', ...(ttl && { ttl }) } })
const read = { name: 'read', input_schema: { type: 'object' } }
const format = (schema: object) => ({ output_config: { format: { type: 'json_schema', schema } } })
const closed = { type: 'object', additionalProperties: false }
const question = { model: 'claude-sonnet-5-5', max_tokens: 1000, messages: [user('Well?')] }

const send = async (change: object, beta = false) => {
  const params = { ...question, ...change } as never
  const answer: Promise<unknown> = beta
    ? client.beta.messages.create(params, { timeout: 5000 })
    : client.messages.create(params, { timeout: 5000 })
  return answer.then(
    () => undefined,
    error => error,
  )
}

describe('a request that the real API would refuse', () => {
  it.each<[string, object, RegExp]>([
    ['a temperature', { temperature: 0.2 }, /`temperature` is deprecated/],
    ['top_p', { top_p: 0.9 }, /`top_p` is deprecated/],
    ['top_k', { top_k: 5 }, /`top_k` is deprecated/],
    ['an unknown parameter', { max_token: 5 }, /max_token: Extra inputs are not permitted/],
    ['a misspelt block', { messages: [user([{ type: 'txt', text: 'x' }])] }, /messages\.0\.content/],
    ['an unknown key in a tool', { tools: [{ ...read, parameters: {} }] }, /tools\.0/],
    ['a tool without a schema', { tools: [{ name: 'read' }] }, /tools\.0/],
    ['no max_tokens', { max_tokens: undefined }, /max_tokens: Field required/],
    ['too many max_tokens', { max_tokens: 128_001 }, /max_tokens: 128001 > 128000/],
    ['half a token', { max_tokens: 1.5 }, /max_tokens/],
    ['any tool forced', { tools: [read], tool_choice: { type: 'any' } }, /tool_choice/],
    ['one tool forced', { tools: [read], tool_choice: { type: 'tool', name: 'read' } }, /tool_choice/],
    ['thinking switched off', { thinking: { type: 'disabled' } }, /thinking/],
    ['thinking with a budget', { thinking: { type: 'enabled', budget_tokens: 2000 } }, /thinking/],
    ['two tools of one name', { tools: [read, read] }, /names must be unique/],
    ['a tool name with a dot', { tools: [{ ...read, name: 'a.b' }] }, /should match pattern/],
    ['no messages', { messages: [] }, /at least one message/],
    ['an empty message', { messages: [user([])] }, /non-empty content/],
    ['an empty text', { messages: [user([text('a'), text('')])] }, /text content blocks must be non-empty/],
    ['an empty system text', { system: [text('')] }, /text content blocks must be non-empty/],
    ['the assistant first', { messages: [assistant('Hi'), user('Hi')] }, /first message must use/],
    ['a prefilled answer', { messages: [user('Hi'), assistant('{')] }, /prefill/],
    [
      'a call without its result',
      { messages: [user('a'), assistant([use('t1')]), user('b')] },
      /without `tool_result`.*: t1/,
    ],
    ['a call at the end', { messages: [user('a'), assistant([use('t1')])] }, /without `tool_result`.*: t1/],
    [
      'one of two results',
      { messages: [user('a'), assistant([use('t1'), use('t2')]), user([result('t1')])] },
      /: t2\./,
    ],
    [
      'a text before the result',
      { messages: [user('a'), assistant([use('t1')]), user([text('x'), result('t1')])] },
      /: t1\./,
    ],
    ['a result without its call', { messages: [user([result('t9')])] }, /unexpected `tool_use_id`.*: t9/],
    [
      'a result twice',
      { messages: [user('a'), assistant([use('t1')]), user([result('t1'), result('t1')])] },
      /unexpected/,
    ],
    [
      'thinking that was changed',
      { messages: [user('a'), assistant([{ type: 'thinking', thinking: 'x', signature: 'y' }, text('b')]), user('c')] },
      /Invalid `signature`/,
    ],
    [
      'five cache marks',
      { messages: [user(Array.from({ length: 5 }, () => text('x', mark())))] },
      /maximum of 4.*Found 5/,
    ],
    [
      'five marks, one on the request',
      { ...mark(), messages: [user(Array.from({ length: 4 }, () => text('x', mark())))] },
      /Found 5/,
    ],
    [
      'one hour after five minutes',
      { system: [text('x', mark('5m'))], messages: [user([text('x', mark('1h'))])] },
      /must not come after/,
    ],
    ['an open object in the output format', format({ type: 'object' }), /additionalProperties/],
    [
      'a bounded number in the output format',
      format({ ...closed, properties: { n: { type: 'integer', minimum: 0 } } }),
      /minimum/,
    ],
    [
      '25 optional properties',
      format({
        ...closed,
        properties: Object.fromEntries(Array.from({ length: 25 }, (_, i) => [`p${i}`, { type: 'string' }])),
      }),
      /optional parameters \(25\)/,
    ],
    [
      '21 strict tools',
      { tools: Array.from({ length: 21 }, (_, i) => ({ name: `t${i}`, strict: true, input_schema: closed })) },
      /at most 20 strict tools/,
    ],
  ])('has %s', async (_, change, sentence) => {
    const error = await send(change)
    expect(error).toMatchObject({ status: 400, type: 'invalid_request_error' })
    expect(error.message).toMatch(sentence)
    expect(model.refusals).toHaveLength(1)
    expect(model.refusals[0]).toMatch(sentence)
    expect(model.requests.map(({ status, usage }) => [status, usage])).toEqual([[400, undefined]])
  })

  it('asks for a conversation kept on the server, as the tool runner does unless told otherwise', async () => {
    const tools = [
      betaTool({ name: 'read', description: 'Reads', inputSchema: { type: 'object' } as const, run: () => 'x' }),
    ]
    const runner = client.beta.messages.toolRunner({ ...question, tools } as never) as unknown as AsyncIterable<unknown>
    await expect(Array.fromAsync(runner)).rejects.toThrow('thread')
    expect(model.refusals[0]).toMatch(/thread/)
  })

  it('names a model that does not exist', async () => {
    const error = await send({ model: 'claude-does-not-exist' })
    expect(error).toMatchObject({ status: 404, type: 'not_found_error' })
    expect(error.error).toEqual({
      type: 'error',
      error: { type: 'not_found_error', message: 'model: claude-does-not-exist' },
      request_id: expect.stringMatching(/^req_/),
    })
    expect(model.refusals).toEqual(['404 not_found_error: model: claude-does-not-exist'])
  })

  it('has a wrong key', async () => {
    const stranger = new Anthropic({ apiKey: 'sk-ant-wrong', authToken: null, baseURL: model.url, maxRetries: 0 })
    await expect(stranger.messages.create(question as never)).rejects.toMatchObject({
      status: 401,
      type: 'authentication_error',
    })
  })
})

describe('a request that looks odd and is right', () => {
  it.each<[string, object]>([
    ['four cache marks', { messages: [user(Array.from({ length: 4 }, () => text('x', mark())))] }],
    ['one hour before five minutes', { system: [text('x', mark('1h'))], messages: [user([text('x', mark('5m'))])] }],
    [
      'neighbours of one role',
      {
        messages: [
          user('a'),
          assistant([use('t1')]),
          assistant([use('t2')]),
          user([result('t1')]),
          user([result('t2'), text('go on')]),
        ],
      },
    ],
    ['adaptive thinking and an effort', { thinking: { type: 'adaptive' }, output_config: { effort: 'low' } }],
    ['a property called minimum', format({ ...closed, properties: { minimum: { type: 'string' } } })],
    ['tool choice none', { tools: [read], tool_choice: { type: 'none' } }],
  ])('has %s', async (_, change) => {
    for (const beta of [false, true]) expect(await send(change, beta)).toBeUndefined()
    expect(model.refusals).toEqual([])
  })

  it('gives thinking back as it was given out', async () => {
    model.setReply((_, { n }) => (n === 1 ? together(think('Let me see.'), call('read', {})) : say('ok')))
    const { content } = await client.messages.create(question as never)
    const { id } = content[1] as Anthropic.ToolUseBlock
    expect(await send({ messages: [user('Well?'), assistant(content), user([result(id)])] })).toBeUndefined()
  })

  it('ends with the assistant, once an answer has paused', async () => {
    const paused = { messages: [user('Hi'), assistant('I will go on from here.')] }
    expect(await send(paused)).toMatchObject({ status: 400 })
    model.faults.add({ kind: 'pause_turn' })
    await send({})
    expect(await send(paused)).toBeUndefined()
  })
})
