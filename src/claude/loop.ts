// The conversation: the SDK's tool runner, each turn stored as it comes, gone on with from whatever is stored.
import type Anthropic from '@anthropic-ai/sdk'
import type { BetaRunnableTool } from '@anthropic-ai/sdk/lib/tools/BetaRunnableTool'
import type { Conversation, Ended, Turn } from '../domain/conversation.ts'
import type { Heard } from '../domain/heard.ts'
import type { Price } from '../domain/prices.ts'
import { endsAttempt } from '../domain/problem.ts'
import { attempt } from './attempt.ts'
import type { Gate } from './gate.ts'
import { begin } from './life.ts'
import { openPurse } from './metering.ts'
import { cutOffCall, nudge, whatNext } from './next.ts'
import type { PatientMeter } from './patience.ts'
import { failureSentence, outgrown, problemIn, type Sleep, waitBeforeRetry } from './retry.ts'
import { runnable } from './tools.ts'
import type { Warmth } from './warm.ts'
import { assistantTurn, prefixOf, promptTokens, request, textOf } from './wire.ts'

/** What all conversations of a process share. */
export interface House {
  client: Anthropic
  gate: Gate
  warmth: Warmth
  silentAfterMs: number
  now: () => number
  sleep: Sleep
  log: (sentence: string, facts?: Record<string, unknown>) => void
  heard?: Heard['model'] | undefined
}

export interface Voice {
  model: string
  price: Price
}

export async function converse(
  house: House,
  voice: Voice,
  meter: PatientMeter,
  conversation: Conversation,
): Promise<Ended> {
  const life = begin(conversation)
  const purse = openPurse({ meter, conversation, ...voice, now: house.now, heard: house.heard })
  const turns: Turn[] = []
  /** Tokens of the last prompt. */
  let prompt = 0
  const cheapTokens = (voice.price.above?.promptTokens ?? Number.POSITIVE_INFINITY) * 0.9
  let outcome: Pick<Ended, 'end' | 'because'>
  try {
    turns.push(...(await conversation.journal.stored()))
    outcome = await talk()
  } catch (thrown) {
    const problem = problemIn(thrown)
    // Journal and meter are the run's: what was paid for is stored under it, and whoever takes it next goes on from there.
    if (!life.over() && endsAttempt(problem)) throw problem
    outcome = life.over() ?? endOf(thrown)
    if (outcome.end === 'failed') house.log(`${conversation.name}: ${outcome.because}`, { err: thrown })
  } finally {
    life.close()
  }
  await purse.settled().catch(thrown => house.log(`${conversation.name}: a cost was not written down`, { err: thrown }))
  const spoken = turns.filter(turn => turn.role === 'assistant')
  return {
    end: outcome.end,
    because: outcome.because,
    turns: spoken.length,
    text: textOf(spoken.at(-1)),
    usd: purse.usd(),
  }

  async function talk(): Promise<Pick<Ended, 'end' | 'because'>> {
    const tools = conversation.tools.map(tool =>
      runnable(
        tool,
        life.signal,
        id => id === cutOffCall(turns),
        thrown => house.log(`${conversation.name}: ${tool.name} failed`, { err: thrown }),
      ),
    )
    const client = house.client.withOptions({
      middleware: [
        attempt({
          ...house,
          purse,
          prefix: prefixOf(conversation, voice.model, tools, voice.price.smallestCacheable),
          outputTokens: conversation.limits.outputTokens,
          signal: life.signal,
        }),
      ],
    })
    for (let failures = 0, stored = turns.length; ; ) {
      life.signal.throwIfAborted()
      const next = whatNext(turns, conversation.limits)
      if (next.do === 'end') return next
      if (next.do === 'ask' && prompt > cheapTokens) return tooLong
      if (next.do === 'nudge') {
        await keep(nudge)
        continue
      }
      try {
        await goOn(client, tools, next.do)
      } catch (thrown) {
        life.signal.throwIfAborted()
        failures = turns.length > stored ? 1 : failures + 1
        stored = turns.length
        const wait = waitBeforeRetry(thrown, failures, Math.random(), house.now())
        if (wait === undefined) throw thrown
        house.log(`${conversation.name}: a call failed and is tried again`, { failures, err: thrown })
        await house.sleep(wait, life.signal)
      }
    }
  }

  /** From the stored turns on, until the runner needs something it does not do by itself, or a call breaks. */
  async function goOn(client: Anthropic, tools: BetaRunnableTool[], begin: 'ask' | 'answer'): Promise<void> {
    const runner = client.beta.messages.toolRunner(request(conversation, voice.model, tools, turns), {
      signal: life.signal,
    })
    // A runner made from a history that ends in tool calls would ask again instead of running them.
    if (begin === 'answer') return keepAnswer(await runner.generateToolResponse())
    for await (const stream of runner) {
      const reply = await stream.finalMessage()
      prompt = promptTokens(reply)
      await keep(assistantTurn(reply))
      if (reply.stop_reason !== 'tool_use') return
      await keepAnswer(await runner.generateToolResponse())
      if (whatNext(turns, conversation.limits).do !== 'ask' || prompt > cheapTokens) return
    }
  }

  async function keepAnswer(answer: { content: unknown } | null): Promise<void> {
    // What was stopped half-way is no result; the tools run again when the conversation is resumed.
    life.signal.throwIfAborted()
    await keep({ role: 'user', content: answer?.content ?? [] })
  }

  async function keep(turn: Turn): Promise<void> {
    await conversation.journal.store(turn)
    turns.push(turn)
  }
}

/** Said before a call that would reach the dearer prices of a long prompt. */
const tooLong = {
  end: 'cut',
  because: 'The conversation grew so long that going on would cost several times as much.',
} as const

function endOf(thrown: unknown): Pick<Ended, 'end' | 'because'> {
  if (problemIn(thrown)?.code === 'over_budget') return { end: 'budget', because: failureSentence(thrown) }
  if (outgrown(thrown)) {
    return { end: 'cut', because: 'The conversation no longer fits into what the model can read at once.' }
  }
  return { end: 'failed', because: failureSentence(thrown) }
}
