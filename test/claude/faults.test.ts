// Calls that fail on the way: which are tried again, how long the process holds back, and what is bought twice (nothing).
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Anthropic from '@anthropic-ai/sdk'
import { describe, expect, it } from 'vitest'
import { waitBeforeRetry } from '../../src/claude/retry.ts'
import { call, say } from '../simulators/model/index.ts'
import { conversation, lookTool, openJournal, openStage } from './stage.ts'

describe('a call that failed is tried again', () => {
  it.each([
    ['429', '429'],
    ['529', '529'],
    ['500', '500'],
    ['sse-error', 'overloaded_error'],
    ['cut', 'broken'],
    ['silent', 'silent'],
  ] as const)('after %s', async (kind, status) => {
    await using stage = await openStage(
      { reply: () => say('There after all.') },
      { silentAfterMs: kind === 'silent' ? 300 : 20_000 },
    )
    stage.model.faults.add({ kind })
    const ended = await stage.converse(conversation())
    expect(ended).toMatchObject({ end: 'done', text: 'There after all.', turns: 1 })
    expect(stage.meter.entries.map(entry => entry.settled?.status)).toEqual([status, 'ok'])
    expect(stage.model.requests).toHaveLength(2)
    expect(stage.waits.length).toBeGreaterThan(0)
  })

  it('in the middle of a conversation, without buying or running anything twice', async () => {
    const script = [call('look', { what: 'a' }), call('look', { what: 'b' }), say('done')]
    await using stage = await openStage({ reply: request => script[(request.messages.length - 1) / 2]! })
    stage.model.faults.add({ kind: 'cut', match: body => body.messages.length === 3 })
    stage.model.faults.add({ kind: '529', match: body => body.messages.length === 5 })
    const look = lookTool()
    const journal = openJournal()
    expect(await stage.converse(conversation({ tools: [look.tool], journal }))).toMatchObject({ end: 'done', turns: 3 })
    expect(look.asked).toEqual(['a', 'b'])
    expect(journal.turns).toHaveLength(5)
    expect(stage.model.requests.map(request => request.body.messages.length)).toEqual([1, 3, 3, 5, 5])
    expect(stage.model.refusals).toEqual([])
  })

  it('four times at most, with growing waits, and then fails with a sentence', async () => {
    await using stage = await openStage()
    stage.model.faults.add({ kind: '500', times: 9 })
    const ended = await stage.converse(conversation())
    expect(ended).toMatchObject({
      end: 'failed',
      because: expect.stringContaining('several times in a row: '),
    })
    expect(stage.model.requests).toHaveLength(4)
    expect(stage.waits).toHaveLength(3)
    expect(stage.waits[2]!).toBeGreaterThan(stage.waits[0]!)
  })

  it('for about two minutes where the model is overloaded', async () => {
    await using stage = await openStage()
    stage.model.faults.add({ kind: '529', times: 99 })
    const ended = await stage.converse(
      conversation({ limits: { turns: 10, milliseconds: 600_000, outputTokens: 1000 } }),
    )
    expect(ended).toMatchObject({ end: 'failed', because: expect.stringContaining('Overloaded') })
    const waited = stage.waits.reduce((sum, wait) => sum + wait, 0)
    expect(waited).toBeGreaterThan(60_000)
    expect(waited).toBeLessThan(200_000)
  })

  it.each(['529', '503'])('no sooner than %s asks for', status => {
    const headers = (after: string) => new Headers({ 'retry-after': after })
    const overloaded = (after: string) => new Anthropic.APIError(Number(status), {}, 'Overloaded', headers(after))
    expect(waitBeforeRetry(overloaded('30'), 1, 0.5)).toBe(30_000)
    const now = Date.UTC(2026, 0, 1)
    expect(waitBeforeRetry(overloaded(new Date(now + 9000).toUTCString()), 1, 0.5, now)).toBe(9000)
    expect(waitBeforeRetry(overloaded('soon'), 1, 0.5)).toBe(1000)
  })

  it('not when the request itself is wrong', async () => {
    await using stage = await openStage({}, { apiKey: 'sk-ant-wrong' })
    expect(await stage.converse(conversation())).toMatchObject({
      end: 'failed',
      because: expect.stringContaining('did not accept the key'),
    })
    expect(stage.meter.entries.map(entry => entry.settled)).toMatchObject([{ status: '401', usd: 0 }])
    await using odd = await openStage({ models: [] })
    expect((await odd.converse(conversation())).because).toContain('answered 404')
    expect(odd.model.requests).toHaveLength(1)
  })

  it('and costs nothing where no connection stood', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    await new Promise(closed => server.close(closed))
    await using stage = await openStage({}, { baseURL: `http://127.0.0.1:${port}` })
    expect(await stage.converse(conversation())).toMatchObject({ end: 'failed', usd: 0 })
    expect(stage.meter.entries).toHaveLength(4)
  })
})

describe('a rate limit slows all conversations of the process', () => {
  it('nobody calls before retry-after is over', async () => {
    await using stage = await openStage({ reply: () => say('ok') })
    stage.model.faults.add({ kind: '429', retryAfter: 7 })
    expect((await stage.converse(conversation({ name: 'one' }))).end).toBe('done')
    expect(stage.waits.reduce((sum, wait) => sum + wait, 0)).toBeGreaterThan(6990)
    expect(stage.waits.some(wait => wait > 5000)).toBe(true)
  })

  it('no more calls are in flight than the process may have', async () => {
    await using stage = await openStage({ latency: { totalMs: 30 } }, { maxInFlight: 3 })
    const all = Array.from({ length: 10 }, (_, i) => stage.converse(conversation({ name: `agent ${i}` })))
    expect((await Promise.all(all)).map(ended => ended.end)).toEqual(Array(10).fill('done'))
    expect(stage.model.maxInFlight).toBe(3)
  })
})
