// When the simulated model answers, how many at once, and what happens to those who leave.
import Anthropic from '@anthropic-ai/sdk'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ModelOptions, type ModelSimulator, say, startModel } from './model/index.ts'

let model: ModelSimulator
let client: Anthropic
const start = async (options: ModelOptions) => {
  await model?.[Symbol.asyncDispose]()
  model = await startModel(options)
  client = new Anthropic({ apiKey: model.apiKey, authToken: null, baseURL: model.url, maxRetries: 0 })
}
beforeEach(() => start({}))
afterEach(() => model[Symbol.asyncDispose]())

const question = {
  model: 'claude-sonnet-5-5',
  max_tokens: 1000,
  messages: [{ role: 'user' as const, content: 'Well?' }],
}

describe('the pace of the simulated model', () => {
  it('starts a stream after its first-event time and ends it after its total', async () => {
    await start({ latency: { firstEventMs: 60, totalMs: () => 200 } })
    const begun = performance.now()
    const stream = client.messages.stream(question)
    await new Promise(resolve => stream.once('streamEvent', resolve))
    expect(performance.now() - begun).toBeGreaterThan(55)
    await stream.finalMessage()
    expect(performance.now() - begun).toBeGreaterThan(190)
  })

  it('lets a reply take its own time', async () => {
    model.setReply(() => ({ ...say('slow'), latencyMs: 120 }))
    const begun = performance.now()
    await client.messages.create(question)
    expect(performance.now() - begun).toBeGreaterThan(115)
  })

  it('counts the calls under way, and the most there were', async () => {
    let open = () => {}
    const gate = new Promise<void>(resolve => {
      open = resolve
    })
    model.setReply(async () => {
      await gate
      return say('ok')
    })
    const answers = Promise.all(Array.from({ length: 5 }, () => client.messages.create(question)))
    await model.waitFor(({ inFlight }) => inFlight === 5)
    open()
    await answers
    await model.waitFor(({ inFlight }) => inFlight === 0)
    expect(model.maxInFlight).toBe(5)
  })

  it('notices a client that leaves while the model thinks, and tells the script', async () => {
    let told = false
    model.setReply((_, { signal }) => new Promise(() => signal.addEventListener('abort', () => (told = true))))
    const patience = new AbortController()
    const answer = client.messages.create(question, { signal: patience.signal }).catch(error => error)
    await model.waitFor(({ inFlight }) => inFlight === 1)
    patience.abort()
    expect(await answer).toBeInstanceOf(Anthropic.APIUserAbortError)
    await model.waitFor(({ requests }) => requests[0]?.aborted === true)
    expect(told).toBe(true)
    expect(model.requests[0]?.finishedAt).toBeGreaterThan(0)
  })

  it('notices a client that leaves in the middle of a stream, and charges what was written', async () => {
    await start({ latency: { totalMs: 5000 }, reply: () => say('word '.repeat(100)) })
    const stream = client.messages.stream(question)
    await new Promise(resolve => stream.once('text', resolve))
    stream.abort()
    await stream.done().catch(() => {})
    await model.waitFor(({ requests }) => requests[0]?.aborted === true)
    const { output } = model.spent()
    expect(output).toBeGreaterThan(0)
    expect(output).toBeLessThan(125)
  })

  it('cuts what does not fit into max_tokens', async () => {
    model.setReply(() => say('word'.repeat(100)))
    const message = await client.messages.create({ ...question, max_tokens: 10 })
    expect(message.stop_reason).toBe('max_tokens')
    expect(message.usage.output_tokens).toBeLessThanOrEqual(10)
  })

  it('says so when something awaited does not happen', async () => {
    await expect(model.waitFor(() => false, 20)).rejects.toThrow('20 ms')
  })
})
