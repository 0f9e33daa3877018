// What the real SDK makes of each fault that the simulated model can be given.
import Anthropic from '@anthropic-ai/sdk'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { call, type FaultKind, json, type ModelSimulator, say, startModel } from './model/index.ts'

let model: ModelSimulator
let client: Anthropic
beforeEach(async () => {
  model = await startModel({
    reply: () => say('A sentence that is long enough to be cut in several places on its way.'),
  })
  client = new Anthropic({ apiKey: model.apiKey, authToken: null, baseURL: model.url, maxRetries: 0 })
})
afterEach(() => model[Symbol.asyncDispose]())

const question = {
  model: 'claude-sonnet-5-5',
  max_tokens: 1000,
  messages: [{ role: 'user' as const, content: 'Well?' }],
}
const whole = () => client.messages.create(question)
const streamed = () => client.messages.stream(question).finalMessage()
const failure = (answer: Promise<unknown>) =>
  answer.then(
    () => undefined,
    error => error,
  )

describe('a fault of the simulated Messages API', () => {
  it.each([
    ['429', 429, 'rate_limit_error'],
    ['529', 529, 'overloaded_error'],
    ['500', 500, 'api_error'],
  ] as const)('%s is a status with its own error type, once, streamed or not', async (kind, status, type) => {
    for (const ask of [whole, streamed]) {
      model.faults.add({ kind, retryAfter: 7 })
      expect(await failure(ask())).toMatchObject({ status, type, requestID: expect.stringMatching(/^req_/) })
      expect((await ask()).stop_reason).toBe('end_turn')
    }
    expect(model.requests.map(request => request.status)).toEqual([status, 200, status, 200])
    expect(model.refusals).toEqual([])
    expect(model.spent().calls).toBe(2)
  })

  it('429 says when to come back and that the limit is used up', async () => {
    model.faults.add({ kind: '429', retryAfter: 7 })
    const { headers } = await failure(whole())
    expect(headers.get('retry-after')).toBe('7')
    expect(headers.get('anthropic-ratelimit-requests-remaining')).toBe('0')
    const { response } = await client.messages.create(question).withResponse()
    expect(Number(response.headers.get('anthropic-ratelimit-tokens-remaining'))).toBeGreaterThan(0)
    expect(response.headers.get('request-id')).toMatch(/^req_/)
  })

  it('429 is got over by the SDK when it may retry', async () => {
    model.faults.add({ kind: '429', retryAfter: 0.01, times: 2 })
    expect(await client.messages.create(question, { maxRetries: 2 })).toMatchObject({ stop_reason: 'end_turn' })
    expect(model.requests.map(request => request.status)).toEqual([429, 429, 200])
  })

  it('sse-error comes after HTTP 200 and some events', async () => {
    model.faults.add({ kind: 'sse-error' })
    const error = await failure(streamed())
    expect(error).toBeInstanceOf(Anthropic.APIError)
    expect(error.type).toBe('overloaded_error')
    expect(model.requests[0]).toMatchObject({ status: 200, aborted: false })
    expect(model.requests[0]?.usage?.output_tokens).toBeGreaterThan(0)
  })

  it('cut breaks the connection in the middle, which is not the client’s doing', async () => {
    for (const ask of [whole, streamed]) {
      model.faults.add({ kind: 'cut' })
      expect(await failure(ask())).toBeInstanceOf(Error)
    }
    await model.waitFor(({ inFlight }) => inFlight === 0)
    expect(model.requests.map(request => request.aborted)).toEqual([false, false])
  })

  it('silent starts and says nothing more until the client gives up, which is noticed', async () => {
    model.faults.add({ kind: 'silent', times: 2 })
    for (const stream of [true, false]) {
      const patience = new AbortController()
      const answer = failure(
        stream
          ? client.messages.stream(question, { signal: patience.signal }).finalMessage()
          : client.messages.create(question, { signal: patience.signal }),
      )
      await model.waitFor(
        ({ inFlight, requests }) => inFlight === 1 && (!stream || requests.at(-1)?.usage !== undefined),
      )
      patience.abort()
      expect(await answer).toBeInstanceOf(Anthropic.APIUserAbortError)
      await model.waitFor(({ inFlight }) => inFlight === 0)
      expect(model.requests.at(-1)?.aborted).toBe(true)
    }
    expect(model.requests[0]?.usage).toBeDefined()
  })

  it.each(['refusal', 'max_tokens', 'pause_turn'] as const)('%s is a stop reason', async kind => {
    for (const ask of [whole, streamed]) {
      model.faults.add({ kind })
      const message = await ask()
      expect(message.stop_reason).toBe(kind)
      expect(message.stop_details === null).toBe(kind !== 'refusal')
    }
  })

  it('malformed-tool calls a tool with an input that its schema does not admit', async () => {
    const tools: Anthropic.Tool[] = [
      { name: 'read', input_schema: { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] } },
    ]
    model.faults.add({ kind: 'malformed-tool' })
    const message = await client.messages.create({ ...question, tools })
    expect(message.content).toMatchObject([
      { type: 'tool_use', name: 'read', input: { unexpected: expect.anything() } },
    ])
  })

  it('bad-json answers a structured output with a text that is none', async () => {
    model.setReply(() => json({ answer: [1] }))
    model.faults.add({ kind: 'bad-json' })
    const format = { type: 'json_schema' as const, schema: { type: 'object', additionalProperties: false } }
    const ask = () => client.messages.create({ ...question, output_config: { format } })
    const spoiled = textOf(await ask())
    expect(() => JSON.parse(spoiled)).toThrow()
    expect(JSON.parse(textOf(await ask()))).toEqual({ answer: [1] })
  })

  it('befalls only the calls it is meant for', async () => {
    model.faults.add({ kind: '500', match: body => body.max_tokens === 7 })
    expect((await whole()).stop_reason).toBe('end_turn')
    expect(await failure(client.messages.create({ ...question, max_tokens: 7 }))).toMatchObject({ status: 500 })
  })

  it('can be part of a reply', async () => {
    for (const fault of ['529', 'cut', 'sse-error', 'refusal'] satisfies FaultKind[]) {
      model.setReply(() => ({ ...call('read', {}), fault }))
      const message = await streamed().catch(() => undefined)
      expect(message?.stop_reason).toBe(fault === 'refusal' ? 'refusal' : undefined)
    }
  })
})

function textOf(message: Anthropic.Message): string {
  return message.content[0]?.type === 'text' ? message.content[0].text : ''
}
