// Stopping a conversation lands within a second in whatever it is doing, and leaves no money set aside.
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Conversation, Ended } from '../../src/domain/conversation.ts'
import { call, say } from '../simulators/model/index.ts'
import { conversation, lookTool, openJournal, openStage } from './stage.ts'

const realTime = {
  now: Date.now,
  sleep: (milliseconds: number, signal: AbortSignal) => pause(milliseconds, undefined, { signal }),
}

type Stage = Awaited<ReturnType<typeof openStage>>

/** Starts it, waits until it is where it should be, stops it, and takes the time. */
async function stopIn(stage: Stage, there: () => Promise<unknown>, over: Partial<Conversation> = {}): Promise<Ended> {
  const controller = new AbortController()
  const talking = stage.converse(conversation({ ...over, signal: controller.signal }))
  await there()
  const stopped = performance.now()
  controller.abort()
  const ended = await talking
  expect(performance.now() - stopped).toBeLessThan(1000)
  expect(ended.end).toBe('stopped')
  return ended
}

const settledAll = (stage: Stage) => stage.meter.entries.every(entry => entry.settled)

/** Long enough for any model to cache it, so that a second agent waits for the first. */
const long = 'The diff. '.repeat(3000)

describe('a stop lands', () => {
  it('before anything was asked', async () => {
    await using stage = await openStage()
    const ended = await stage.converse(conversation({ signal: AbortSignal.abort() }))
    expect(ended).toMatchObject({ end: 'stopped', turns: 0 })
    expect(stage.model.requests).toEqual([])
  })

  it('while waiting for another agent to warm the cache', async () => {
    await using stage = await openStage({ latency: { firstEventMs: 3000 } }, realTime)
    const ahead = new AbortController()
    const first = stage.converse(conversation({ shared: long, signal: ahead.signal }))
    await stage.model.waitFor(model => model.requests.length === 1)
    await stopIn(stage, () => pause(20), { shared: long })
    expect(stage.model.requests).toHaveLength(1)
    ahead.abort()
    await first
    expect(settledAll(stage)).toBe(true)
  })

  it('while waiting at the gate', async () => {
    await using stage = await openStage({ latency: { totalMs: 3000 } }, { ...realTime, maxInFlight: 1 })
    const ahead = new AbortController()
    const first = stage.converse(conversation({ signal: ahead.signal }))
    await stage.model.waitFor(model => model.requests.length === 1)
    await stopIn(stage, () => pause(20))
    ahead.abort()
    await first
    expect(stage.model.requests).toHaveLength(1)
  })

  it('while a rate limit is waited out', async () => {
    await using stage = await openStage({}, realTime)
    stage.model.faults.add({ kind: '429', retryAfter: 60 })
    await stopIn(stage, async () => {
      await stage.model.waitFor(model => model.requests.length === 1)
      await pause(50)
    })
    expect(settledAll(stage)).toBe(true)
  })

  it('while waiting for another attempt', async () => {
    const sleep = (_: number, signal: AbortSignal) => pause(60_000, undefined, { signal })
    await using stage = await openStage({}, { now: Date.now, sleep })
    stage.model.faults.add({ kind: '529' })
    await stopIn(stage, async () => {
      await stage.model.waitFor(model => model.requests.length === 1)
      await pause(50)
    })
    expect(stage.model.requests).toHaveLength(1)
    expect(settledAll(stage)).toBe(true)
  })

  it('before the first event', async () => {
    await using stage = await openStage({ latency: { firstEventMs: 3000 } }, realTime)
    const usd = await stopIn(stage, () => stage.model.waitFor(model => model.requests.length === 1)).then(e => e.usd)
    const [entry] = stage.meter.entries
    expect(entry!.settled).toMatchObject({ status: 'stopped', usd: entry!.reserved })
    expect(usd).toBe(entry!.reserved)
  })

  it('in the middle of the stream, and what was told is paid for', async () => {
    await using stage = await openStage(
      { reply: () => say('word '.repeat(500)), latency: { firstEventMs: 10, totalMs: 3000 } },
      realTime,
    )
    await stopIn(stage, async () => {
      await stage.model.waitFor(model => model.requests[0]?.usage !== undefined)
      await pause(300)
    })
    const { settled, reserved } = stage.meter.entries[0]!
    expect(settled).toMatchObject({ status: 'stopped', usage: { input: expect.any(Number) } })
    expect(settled!.usage.input).toBe(stage.model.requests[0]!.usage!.input_tokens)
    expect(settled!.usd).toBeGreaterThan(0)
    expect(settled!.usd).toBeLessThan(reserved)
    await stage.model.waitFor(model => model.requests[0]!.aborted)
  })

  it('inside a tool that does not listen, whose half result is not stored', async () => {
    await using stage = await openStage({ reply: () => call('look', { what: 'a' }) }, realTime)
    const journal = openJournal()
    let entered = () => {}
    const inside = new Promise<void>(resolve => {
      entered = resolve
    })
    const look = lookTool(() => {
      entered()
      return new Promise(() => {})
    })
    await stopIn(stage, () => inside, { tools: [look.tool], journal })
    expect(journal.turns.map(turn => turn.role)).toEqual(['assistant'])
  })

  it('by the clock as "time"', async () => {
    await using stage = await openStage({ latency: { firstEventMs: 5000 } }, realTime)
    const limits = { turns: 5, milliseconds: 200, outputTokens: 100 }
    const ended = await stage.converse(conversation({ limits }))
    expect(ended).toMatchObject({ end: 'time', because: expect.stringContaining('seconds') })
    expect(settledAll(stage)).toBe(true)
  })
})
