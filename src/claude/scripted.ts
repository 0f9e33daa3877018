// A model that speaks from a script: real tools, real meter, real journal, and nobody is called.
import { callsOf } from '../domain/calls.ts'
import type { Conversation, Ended, Meter, Model, Turn, Usage } from '../domain/conversation.ts'
import { asProblem, endsAttempt, Problem } from '../domain/problem.ts'
import { begin } from './life.ts'
import { noUsage } from './metering.ts'
import { cutOffCall, nudge, whatNext } from './next.ts'
import { runTool } from './tools.ts'
import { textOf } from './wire.ts'

export interface ScriptedTurn {
  text?: string
  /** Tools called in this turn, run for real, side by side. */
  calls?: { name: string; input: unknown }[]
  /** Left out: `tool_use` with calls, else `end_turn`. */
  stopReason?: string
  /** What the call costs, in US dollars, and its tokens. Default nothing. */
  usd?: number
  usage?: Partial<Usage>
}

/**
 * @param script called for each turn that is not stored yet; `turn` counts from 0. What it throws ends the conversation: a
 *   Problem as its code says, anything else as failed.
 */
export function scriptedModel(
  script: (conversation: Conversation, turn: number) => ScriptedTurn | Promise<ScriptedTurn>,
  meter?: Meter,
): Model {
  return { converse: conversation => perform(conversation, script, meter) }
}

async function perform(
  conversation: Conversation,
  script: Parameters<typeof scriptedModel>[0],
  meter: Meter | undefined,
): Promise<Ended> {
  const life = begin(conversation)
  const turns: Turn[] = []
  let usd = 0
  let outcome: Pick<Ended, 'end' | 'because'>
  let broke: unknown
  /** Of the run, not of the script. */
  const ours = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work
    } catch (thrown) {
      broke = thrown
      throw thrown
    }
  }
  try {
    turns.push(...(await ours(conversation.journal.stored())))
    outcome = await talk()
  } catch (thrown) {
    if (!life.over() && thrown === broke && endsAttempt(thrown)) throw thrown
    outcome = life.over() ?? endOf(thrown)
  } finally {
    life.close()
  }
  const spoken = turns.filter(turn => turn.role === 'assistant')
  return { end: outcome.end, because: outcome.because, turns: spoken.length, text: textOf(spoken.at(-1)), usd }

  async function talk(): Promise<Pick<Ended, 'end' | 'because'>> {
    for (;;) {
      life.signal.throwIfAborted()
      const next = whatNext(turns, conversation.limits)
      if (next.do === 'end') return next
      await keep(next.do === 'ask' ? await speak() : next.do === 'nudge' ? nudge : await answer())
    }
  }

  async function speak(): Promise<Turn> {
    const count = turns.filter(turn => turn.role === 'assistant').length
    const line = await script(conversation, count)
    life.signal.throwIfAborted()
    await pay(line)
    const calls = (line.calls ?? []).map((call, i) => ({ type: 'tool_use', id: `toolu_${count}_${i}`, ...call }))
    return {
      role: 'assistant',
      content: [...(line.text === undefined ? [] : [{ type: 'text', text: line.text }]), ...calls],
      stopReason: line.stopReason ?? (calls.length > 0 ? 'tool_use' : 'end_turn'),
    }
  }

  async function pay({ usd: price = 0, usage }: ScriptedTurn): Promise<void> {
    if (!meter) return
    const { name, kind } = conversation
    const reservation = await ours(meter.reserve({ name, kind, model: 'scripted', usd: price }))
    usd += price
    await meter.settle(reservation, { usage: { ...noUsage, ...usage }, usd: price, status: 'ok', milliseconds: 0 })
  }

  async function answer(): Promise<Turn> {
    const cutOff = cutOffCall(turns)
    const results = await Promise.all(
      callsOf(turns.at(-1)!).map(async ({ id, name, input }) => {
        const result = { type: 'tool_result', tool_use_id: id }
        try {
          const tool = conversation.tools.find(tool => tool.name === name)
          if (!tool) throw new Problem('not_found', `There is no tool ${name}.`)
          if (id === cutOff) throw new Problem('bad_input', `The call of ${name} was cut off, so it was not run.`)
          return { ...result, content: await runTool(tool, input, life.signal) }
        } catch (thrown) {
          life.signal.throwIfAborted()
          return { ...result, content: (thrown as Error).message, is_error: true }
        }
      }),
    )
    return { role: 'user', content: results }
  }

  async function keep(turn: Turn): Promise<void> {
    await ours(conversation.journal.store(turn))
    turns.push(turn)
  }
}

function endOf(thrown: unknown): Pick<Ended, 'end' | 'because'> {
  const problem = asProblem(thrown)
  const ends: Partial<Record<Problem['code'], Ended['end']>> = { over_budget: 'budget', stopped: 'stopped' }
  return { end: ends[problem.code] ?? 'failed', because: problem.message }
}
