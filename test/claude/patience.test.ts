// Money that is only set aside comes back: a call that does not fit beside others waits for them; what is really spent ends it.
import { describe, expect, it } from 'vitest'
import { call, say } from '../simulators/model/index.ts'
import { conversation, openMeter, openStage } from './stage.ts'

/** 1,000 tokens of output cost a cent here; the answers use a few of them. */
const oneCall = 0.0115

describe('a cap that does not hold all calls at once', () => {
  it('lets them go one after the other, since each costs little of what was set aside for it', async () => {
    await using stage = await openStage({ reply: () => say('Nothing found.'), latency: { totalMs: 20 } })
    const model = stage.claude.model(openMeter(oneCall * 1.5))
    const ends = await Promise.all(
      [1, 2, 3, 4, 5].map(i => model.converse(conversation({ name: `agent ${i}`, tools: [] }))),
    )
    expect(ends.map(({ end }) => end)).toEqual(['done', 'done', 'done', 'done', 'done'])
    expect(stage.model.maxInFlight).toBe(1)
  })

  it('ends everybody once it is really spent, and keeps nobody waiting for ever', async () => {
    await using stage = await openStage({ reply: () => together(), latency: { totalMs: 20 } })
    const model = stage.claude.model(openMeter(oneCall * 2.2))
    const ends = await Promise.all([1, 2, 3, 4].map(i => model.converse(conversation({ name: `agent ${i}` }))))
    expect(new Set(ends.map(({ end }) => end))).toEqual(new Set(['budget']))
    expect(ends[0]!.because).toContain('may spend')
    function together() {
      return { ...call('look', { what: 'x' }), usage: { output_tokens: 900 } }
    }
  })

  it('lets a call that waits be stopped', async () => {
    await using stage = await openStage({
      reply: (_, { signal }) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('gone')))),
    })
    const model = stage.claude.model(openMeter(oneCall * 1.5))
    const [first, second] = [new AbortController(), new AbortController()]
    const ahead = model.converse(conversation({ name: 'ahead', tools: [], signal: first.signal }))
    await stage.model.waitFor(({ inFlight }) => inFlight === 1)
    const behind = model.converse(conversation({ name: 'behind', tools: [], signal: second.signal }))
    second.abort()
    expect((await behind).end).toBe('stopped')
    expect(stage.model.inFlight).toBe(1)
    first.abort()
    expect((await ahead).end).toBe('stopped')
  })
})
