// A conversation goes on from whatever its journal holds: same result, nothing bought and no tool run twice.
import { describe, expect, it } from 'vitest'
import type { Turn } from '../../src/domain/conversation.ts'
import { Problem } from '../../src/domain/problem.ts'
import { call, type ModelReply, say, think, together } from '../simulators/model/index.ts'
import { conversation, lookTool, openJournal, openStage } from './stage.ts'

/** Every kind of turn there is: calls alone and several, a tool that fails, a cut text, a cut call, the end. */
const script: ModelReply[] = [
  together(think('first'), say('Let me look.'), call('look', { what: 'a' })),
  together(call('look', { what: 'b' }), call('look', { what: 'missing' })),
  { ...say('I was going to'), stop_reason: 'max_tokens' },
  call('look', { what: 'c' }),
  together(think('last'), say('Two bugs.')),
]
const reply = (request: { messages: { role: string }[] }) =>
  script[request.messages.filter(message => message.role === 'assistant').length]!

function files() {
  return lookTool(async what => {
    if (what === 'missing') throw new Problem('not_found', 'There is no such file.')
    return `text of ${what}`
  })
}

async function wholeJournal(): Promise<Turn[]> {
  await using stage = await openStage({ reply })
  const journal = openJournal()
  await stage.converse(conversation({ tools: [files().tool], journal }))
  return journal.turns
}

/** Ids are new in each telling. */
const told = (turns: Turn[]) => JSON.stringify(turns).replace(/toolu_\w+/g, 'toolu')

describe('from every prefix of its journal', () => {
  it('a conversation comes to the same end, and buys and runs only what is not stored', async () => {
    const whole = await wholeJournal()
    expect(whole).toHaveLength(9)
    for (let stored = 0; stored <= whole.length; stored++) {
      await using stage = await openStage({ reply })
      const look = files()
      const journal = openJournal(structuredClone(whole.slice(0, stored)))
      const ended = await stage.converse(conversation({ tools: [look.tool], journal }))

      expect(ended).toMatchObject({ end: 'done', text: 'Two bugs.', turns: 5 })
      expect(told(journal.turns)).toBe(told(whole))
      const missing = whole.slice(stored)
      expect(stage.model.requests).toHaveLength(missing.filter(turn => turn.role === 'assistant').length)
      expect(stage.meter.entries).toHaveLength(stage.model.requests.length)
      expect(look.asked).toHaveLength(JSON.stringify(missing).match(/"tool_result"/g)?.length ?? 0)
      expect(stage.model.refusals).toEqual([])
    }
  })

  it('killed at any store, it goes on in the next life', async () => {
    for (let lives = 1; lives <= 9; lives++) {
      await using stage = await openStage({ reply })
      const journal = openJournal()
      const dying = {
        ...journal,
        async store(turn: Turn) {
          if (journal.turns.length === lives) throw new Problem('lost', 'Another worker has this run.')
          await journal.store(turn)
        },
      }
      const first = stage.converse(conversation({ tools: [files().tool], journal: dying }))
      if (lives < 9) await expect(first).rejects.toMatchObject({ code: 'lost' })
      else expect((await first).end).toBe('done')
      const second = await stage.converse(conversation({ tools: [files().tool], journal }))
      expect(second).toMatchObject({ end: 'done', text: 'Two bugs.', turns: 5 })
    }
  })
})

it.each(['unavailable', 'lost'] as const)('what the store says with %s is no failure of the agent', async code => {
  await using stage = await openStage({ reply: () => say('ok') })
  const problem = new Problem(code, 'The database does not answer.')
  const journal = { ...openJournal(), store: () => Promise.reject(problem) }
  await expect(stage.converse(conversation({ journal }))).rejects.toBe(problem)
  const meter = { ...stage.meter, reserve: () => Promise.reject(problem) }
  await expect(stage.claude.model(meter).converse(conversation())).rejects.toBe(problem)
})

describe('a journal that is complete', () => {
  it.each([
    ['end_turn', 'done'],
    ['refusal', 'refused'],
    ['model_context_window_exceeded', 'cut'],
  ])('by %s ends %s without a call', async (stopReason, end) => {
    await using stage = await openStage()
    const journal = openJournal([{ role: 'assistant', content: [{ type: 'text', text: 'Said.' }], stopReason }])
    expect(await stage.converse(conversation({ journal }))).toMatchObject({ end, text: 'Said.', turns: 1, usd: 0 })
    expect(stage.model.requests).toEqual([])
  })
})
