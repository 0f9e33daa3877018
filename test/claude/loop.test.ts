// A conversation on the real SDK against the simulated model: how it goes on, how it ends, what reaches the model.
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Tool } from '../../src/domain/conversation.ts'
import { Problem } from '../../src/domain/problem.ts'
import { call, type MessagesRequest, say, think, together } from '../simulators/model/index.ts'
import { conversation, lookTool, openJournal, openMeter, openStage } from './stage.ts'

/** What the last message of a request says, as JSON text. */
const lastWords = (request: MessagesRequest) => JSON.stringify(request.messages.at(-1))

describe('a conversation', () => {
  it('runs tools, stores each turn in order, and ends with the last text', async () => {
    const script = [
      together(think('hm'), call('look', { what: 'a.ts' })),
      call('look', { what: 'b.ts' }),
      say('All fine.'),
    ]
    await using stage = await openStage({ reply: (_, { n }) => script[n - 1]! })
    const look = lookTool()
    const journal = openJournal()
    const ended = await stage.converse(conversation({ tools: [look.tool], journal }))

    expect(ended).toEqual({
      end: 'done',
      because: 'The agent finished.',
      turns: 3,
      text: 'All fine.',
      usd: stage.meter.usd(),
    })
    expect(look.asked).toEqual(['a.ts', 'b.ts'])
    expect(journal.turns.map(turn => turn.stopReason ?? turn.role)).toEqual([
      'tool_use',
      'user',
      'tool_use',
      'user',
      'end_turn',
    ])
    expect(lastWords(stage.model.requests[2]!.body)).toContain('saw b.ts')
    expect(stage.model.refusals).toEqual([])
  })

  it('runs the calls of one turn side by side and answers them together', async () => {
    await using stage = await openStage({
      reply: (_, { n }) => (n === 1 ? together(call('look', { what: 'a' }), call('look', { what: 'b' })) : say('done')),
    })
    let arrived = 0
    let letGo = () => {}
    const both = new Promise<void>(resolve => {
      letGo = resolve
    })
    const look = lookTool(async what => {
      if (++arrived === 2) letGo()
      await both
      return what
    })
    expect((await stage.converse(conversation({ tools: [look.tool] }))).end).toBe('done')
    expect(stage.model.requests).toHaveLength(2)
    expect(stage.model.refusals).toEqual([])
  })

  it('ends when its turns are used up, after the tools of the last one have run', async () => {
    await using stage = await openStage({ reply: () => call('look', { what: 'more' }) })
    const look = lookTool()
    const journal = openJournal()
    const limits = { turns: 2, milliseconds: 20_000, outputTokens: 1000 }
    const ended = await stage.converse(conversation({ tools: [look.tool], journal, limits }))
    expect(ended).toMatchObject({ end: 'turns', turns: 2, because: expect.stringContaining('2 turns') })
    expect(look.asked).toHaveLength(2)
    expect(journal.turns.at(-1)?.role).toBe('user')
    expect(stage.model.requests).toHaveLength(2)
  })

  it('ends with "budget" and without a call when the money does not fit', async () => {
    await using stage = await openStage()
    const ended = await stage.claude.model(openMeter(0.0001)).converse(conversation())
    expect(ended).toMatchObject({ end: 'budget', because: 'The run may spend $0.0001, and that is reached.' })
    expect(stage.model.requests).toEqual([])
  })

  it('ends refused when the model declines, and the refusal is paid for', async () => {
    await using stage = await openStage()
    stage.model.faults.add({ kind: 'refusal' })
    expect(await stage.converse(conversation())).toMatchObject({ end: 'refused', turns: 1 })
    expect(stage.meter.entries.map(entry => entry.settled?.status)).toEqual(['ok'])
  })

  it('goes on where the API paused the turn', async () => {
    await using stage = await openStage({ reply: () => say('Finished after all.') })
    stage.model.faults.add({ kind: 'pause_turn' })
    expect(await stage.converse(conversation())).toMatchObject({ end: 'done', text: 'Finished after all.', turns: 2 })
    expect(stage.model.requests[1]!.body.messages.at(-1)?.role).toBe('assistant')
    expect(stage.model.refusals).toEqual([])
  })

  it('asks to continue once when a text ran out of tokens', async () => {
    await using stage = await openStage({ reply: () => say('A long story with an end.') })
    stage.model.faults.add({ kind: 'max_tokens' })
    expect(await stage.converse(conversation())).toMatchObject({ end: 'done', turns: 2 })
    expect(stage.model.refusals).toEqual([])
  })

  it('is cut when the answer runs out of tokens again, or had not begun', async () => {
    await using stage = await openStage({ reply: () => say('A long story with an end.') })
    stage.model.faults.add({ kind: 'max_tokens', times: 2 })
    expect(await stage.converse(conversation())).toMatchObject({ end: 'cut', turns: 2 })

    await using mute = await openStage({ reply: () => ({ ...think('hm'), stop_reason: 'max_tokens' }) })
    expect(await mute.converse(conversation())).toMatchObject({ end: 'cut', turns: 1 })
  })

  it('does not run a call that was cut off, runs the whole ones beside it, and says so', async () => {
    const halves = together(call('look', { what: 'whole' }), call('look', { what: 'hal' }))
    await using stage = await openStage({
      reply: (_, { n }) => (n === 1 ? { ...halves, stop_reason: 'max_tokens' } : say('done')),
    })
    const look = lookTool()
    expect(await stage.converse(conversation({ tools: [look.tool] }))).toMatchObject({ end: 'done', turns: 2 })
    expect(look.asked).toEqual(['whole'])
    expect(lastWords(stage.model.requests[1]!.body)).toContain('look was not run')
    expect(stage.model.refusals).toEqual([])
  })

  it('is cut before the cheap model becomes a dear one', async () => {
    await using stage = await openStage({ reply: () => call('look', { what: 'more' }) })
    const look = lookTool(async () => 'x'.repeat(99_000))
    const ended = await stage.converse(conversation({ tier: 'fast', shared: 'y'.repeat(230_000), tools: [look.tool] }))
    expect(ended).toMatchObject({ end: 'cut', because: expect.stringContaining('cost several times as much') })
    const prompts = stage.meter.entries.map(({ settled }) => {
      const { input, cacheWrite, cacheRead } = settled!.usage
      return input + cacheWrite + cacheRead
    })
    expect(prompts.at(-1)).toBeGreaterThan(90_000)
    expect(prompts.at(-2)).toBeLessThan(90_000)
  })

  it('is cut when the conversation outgrows the model', async () => {
    await using stage = await openStage({
      reply: () => ({ ...say('So far'), stop_reason: 'model_context_window_exceeded' }),
    })
    expect(await stage.converse(conversation())).toMatchObject({ end: 'cut', text: 'So far' })
  })
})

describe('what goes wrong in a tool is an answer the model reads', () => {
  it.each([
    ['a Problem as its message', new Problem('not_found', 'There is no file nix.ts.'), 'There is no file nix.ts.'],
    [
      'a bug without its message and stack',
      new Error('secret at /home/me/x.ts'),
      'look failed for a reason of its own',
    ],
  ])('%s', async (_, thrown, words) => {
    await using stage = await openStage({
      reply: (_, { n }) => (n === 1 ? call('look', { what: 'nix.ts' }) : say('done')),
    })
    const look = lookTool(() => Promise.reject(thrown))
    expect((await stage.converse(conversation({ tools: [look.tool] }))).end).toBe('done')
    const answer = lastWords(stage.model.requests[1]!.body)
    expect(answer).toContain(words)
    expect(answer).toContain('"is_error":true')
    expect(answer).not.toMatch(/secret|\bat \//)
  })

  it('malformed input as what does not fit, and the tool is not run', async () => {
    await using stage = await openStage({ reply: () => say('done') })
    stage.model.faults.add({ kind: 'malformed-tool' })
    const look = lookTool()
    expect((await stage.converse(conversation({ tools: [look.tool] }))).end).toBe('done')
    expect(look.asked).toEqual([])
    const answer = lastWords(stage.model.requests[1]!.body)
    expect(answer).toContain('The input of look does not fit: what: ')
    expect(answer).toContain('"is_error":true')
  })

  it('an unknown tool as not found', async () => {
    await using stage = await openStage({ reply: (_, { n }) => (n === 1 ? call('erase', {}) : say('done')) })
    expect((await stage.converse(conversation())).end).toBe('done')
    expect(lastWords(stage.model.requests[1]!.body)).toContain('not found')
  })
})

describe('what is sent', () => {
  const told = (): Tool<never>[] => {
    const input = z.strictObject({ file: z.string().max(9), tags: z.array(z.enum(['a', 'b'])).optional() })
    const other: Tool<z.infer<typeof input>> = { name: 'tell', description: 'Tells.', input, run: async () => 'ok' }
    return [other as unknown as Tool<never>, lookTool().tool]
  }

  it('has the same bytes up to the brief for every agent, tools in the given order, and at most four marks', async () => {
    await using stage = await openStage()
    await stage.converse(conversation({ name: 'one', brief: 'First lens.', tools: told() }))
    await stage.converse(conversation({ name: 'two', brief: 'Second lens.', tools: told() }))
    const [one, two] = stage.model.requests.map(request => request.raw.split(/First lens|Second lens/))
    expect(one![0]).toBe(two![0])
    expect(stage.model.requests[0]!.body.tools?.map(tool => 'name' in tool && tool.name)).toEqual(['tell', 'look'])
    expect(one!.join('').match(/cache_control/g)!.length).toBeLessThanOrEqual(4)
  })

  it('says nothing about sampling, thinking or tool choice, and keeps no thread', async () => {
    await using stage = await openStage()
    await stage.converse(conversation())
    const names = Object.keys(stage.model.requests[0]!.body)
    expect(names).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(temperature|top_p|top_k|thinking|tool_choice|thread)$/)]),
    )
  })

  it('admits empty parts and characters that are no characters', async () => {
    await using stage = await openStage({ reply: (_, { n }) => (n === 1 ? call('look', { what: 'x' }) : say('ok')) })
    const look = lookTool(async () => 'half \ud800 a pair')
    const ended = await stage.converse(conversation({ system: '', shared: '', brief: 'b \udc00', tools: [look.tool] }))
    expect(ended.end).toBe('done')
    expect(stage.model.requests[1]!.raw).not.toMatch(/\\ud800|\\udc00/i)
    expect(stage.model.refusals).toEqual([])
  })

  it('carries nothing that the environment holds', async () => {
    process.env.ANTHROPIC_CUSTOM_HEADERS = 'x-secret: 1'
    process.env.ANTHROPIC_AUTH_TOKEN = 'other'
    try {
      await using stage = await openStage()
      expect((await stage.converse(conversation())).end).toBe('done')
      expect(stage.model.requests[0]!.headers).not.toHaveProperty('x-secret')
    } finally {
      delete process.env.ANTHROPIC_CUSTOM_HEADERS
      delete process.env.ANTHROPIC_AUTH_TOKEN
    }
  })
})
