// The scripted model keeps the same promises as the real one: tools run, turns are stored, money is set aside, limits hold.
import { describe, expect, it } from 'vitest'
import { type ScriptedTurn, scriptedModel } from '../../src/claude/index.ts'
import { Problem } from '../../src/domain/problem.ts'
import { conversation, lookTool, openJournal, openMeter } from './stage.ts'

const lines: ScriptedTurn[] = [
  {
    calls: [
      { name: 'look', input: { what: 'a' } },
      { name: 'look', input: { wrong: 1 } },
      { name: 'gone', input: {} },
    ],
    usd: 0.25,
  },
  { text: 'Done.', usd: 0.5, usage: { output: 7 } },
]
const speak = scriptedModel((_, turn) => lines[turn]!)

describe('the scripted model', () => {
  it('runs real tools, stores every turn and settles on the meter', async () => {
    const meter = openMeter()
    const journal = openJournal()
    const look = lookTool()
    const model = scriptedModel((_, turn) => lines[turn]!, meter)
    const ended = await model.converse(conversation({ journal, tools: [look.tool] }))
    expect(ended).toEqual({ end: 'done', because: 'The agent finished.', turns: 2, text: 'Done.', usd: 0.75 })
    expect(look.asked).toEqual(['a'])
    expect(journal.turns[1]!.content).toMatchObject([
      { content: 'saw a' },
      { is_error: true, content: expect.stringContaining('does not fit') },
      { is_error: true, content: 'There is no tool gone.' },
    ])
    expect(meter.usd()).toBe(0.75)
    expect(meter.entries[1]!.settled!.usage.output).toBe(7)
  })

  it('says no line twice when it is resumed', async () => {
    const journal = openJournal()
    await speak.converse(conversation({ journal }))
    const silent = scriptedModel(() => {
      throw new Error('asked again')
    })
    expect(await silent.converse(conversation({ journal }))).toMatchObject({ end: 'done', text: 'Done.', usd: 0 })
  })

  it.each([
    [new Problem('over_budget', 'The run may spend $1.'), 'budget', 'The run may spend $1.'],
    [new Problem('unavailable', 'The model is away.'), 'failed', 'The model is away.'],
    [new Problem('stopped', 'Somebody stopped it.'), 'stopped', 'Somebody stopped it.'],
    [new Error('a bug'), 'failed', expect.not.stringContaining('a bug')],
  ])('ends as %s says', async (thrown, end, because) => {
    const model = scriptedModel(() => Promise.reject(thrown))
    expect(await model.converse(conversation())).toMatchObject({ end, because, turns: 0 })
  })

  it.each(['lost', 'conflict', 'unavailable'] as const)(
    'throws what ends the attempt (%s), when journal or meter say so and not the script',
    async code => {
      const problem = new Problem(code, 'Another worker has the run.')
      const fails = () => Promise.reject(problem)
      for (const journal of [
        { ...openJournal(), stored: fails },
        { ...openJournal(), store: fails },
      ])
        await expect(speak.converse(conversation({ journal }))).rejects.toBe(problem)
      const metered = scriptedModel(() => ({ text: 'x', usd: 1 }), { ...openMeter(), reserve: fails })
      await expect(metered.converse(conversation())).rejects.toBe(problem)
    },
  )

  it('ends with the budget, the turns, a refusal and a stop', async () => {
    const dear = scriptedModel(() => ({ text: 'x', usd: 2 }), openMeter(1))
    expect((await dear.converse(conversation())).end).toBe('budget')
    const endless = scriptedModel(() => ({ calls: [{ name: 'look', input: { what: 'a' } }] }))
    expect(await endless.converse(conversation())).toMatchObject({ end: 'turns', turns: 10 })
    const shy = scriptedModel(() => ({ stopReason: 'refusal' }))
    expect((await shy.converse(conversation())).end).toBe('refused')
    expect((await speak.converse(conversation({ signal: AbortSignal.abort() }))).end).toBe('stopped')
  })
})
