// One attempt gives back everything it took, however it ends.
import { expect, it } from 'vitest'
import { attempt } from '../../src/claude/attempt.ts'
import { openGate } from '../../src/claude/gate.ts'
import type { Outcome } from '../../src/claude/metering.ts'
import { openWarmth } from '../../src/claude/warm.ts'
import { quickClock } from './stage.ts'

it('an answer that can not be read gives back its place, its money and its turn at the cache', async () => {
  const clock = quickClock()
  const gate = openGate({ maxInFlight: 1, ...clock })
  const warmth = openWarmth(clock.now)
  const prefix = { key: 'the prefix', cacheable: true }
  const { signal } = new AbortController()
  const settled: Outcome[] = []
  const purse = {
    reserve: async () => ({ outputTokens: 10, settle: (outcome: Outcome) => void settled.push(outcome) }),
    settled: async () => {},
    usd: () => 0,
  }
  const middleware = attempt({ gate, warmth, prefix, purse, outputTokens: 10, signal, silentAfterMs: 20_000 })
  type Parts = Parameters<typeof middleware>
  const request = new Request('http://127.0.0.1/') as unknown as Parts[0]
  const next = async () => new Response('no stream')
  const ctx = { parse: () => Promise.reject(new Error('not a stream')) } as unknown as Parts[2]
  await expect(middleware(request, next, ctx)).rejects.toThrow('not a stream')
  expect(settled).toEqual([{ usage: 'unknown', status: 'broken' }])
  const soon = AbortSignal.timeout(1000)
  await expect(gate.enter(soon)).resolves.toBeTypeOf('function')
  await expect(warmth.enter(prefix, soon)).resolves.toBeDefined()
})
