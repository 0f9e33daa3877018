// What the tests of claude/ share: a simulated model with a connection to it, a purse that remembers, and a journal in memory.
import { setImmediate } from 'node:timers/promises'
import { z } from 'zod'
import { type ClaudeOptions, connectClaude } from '../../src/claude/index.ts'
import type { Conversation, Journal, Meter, Tool, Turn, Usage } from '../../src/domain/conversation.ts'
import { priceTable } from '../../src/domain/models.ts'
import { Problem } from '../../src/domain/problem.ts'
import { type ModelOptions, startModel } from '../simulators/model/index.ts'

export const models = { fast: 'claude-haiku-5-5', standard: 'claude-sonnet-5-5', deep: 'claude-opus-5-5' }

/** A simulator and a connection to it; waits between attempts take no time unless `sleep` says otherwise. */
export async function openStage(modelOptions: ModelOptions = {}, options: Partial<ClaudeOptions> = {}) {
  const model = await startModel(modelOptions)
  const clock = quickClock()
  const logged: string[] = []
  const claude = connectClaude({
    apiKey: model.apiKey,
    baseURL: model.url,
    models,
    prices: priceTable,
    log: sentence => logged.push(sentence),
    ...clock,
    ...options,
  })
  const meter = openMeter()
  return {
    model,
    claude,
    meter,
    logged,
    waits: clock.waits,
    /** Speaks with the stage's own meter. */
    converse: (conversation: Conversation) => claude.model(meter).converse(conversation),
    [Symbol.asyncDispose]: () => model[Symbol.asyncDispose](),
  }
}

/** A clock that jumps ahead instead of waiting. */
export function quickClock() {
  let time = Date.now()
  const waits: number[] = []
  return {
    waits,
    now: () => time,
    async sleep(milliseconds: number, signal: AbortSignal) {
      signal.throwIfAborted()
      waits.push(milliseconds)
      time += milliseconds
      await setImmediate()
    },
  }
}

interface Entry {
  name: string
  model: string
  reserved: number
  settled?: { usage: Usage; usd: number; status: string; milliseconds: number }
}

/** @param limit US dollars that may be reserved and settled in all */
export function openMeter(limit = Number.POSITIVE_INFINITY): Meter & { entries: Entry[]; usd(): number } {
  const entries: Entry[] = []
  const usd = () => entries.reduce((sum, entry) => sum + (entry.settled?.usd ?? entry.reserved), 0)
  return {
    entries,
    usd,
    async reserve({ name, model, usd: wanted, leastUsd = wanted }) {
      if (usd() + leastUsd > limit)
        throw new Problem('over_budget', `The run may spend $${limit}, and that is reached.`)
      const held = Math.min(wanted, limit - usd())
      return { id: String(entries.push({ name, model, reserved: held }) - 1), usd: held }
    },
    async settle({ id }, outcome) {
      const entry = entries[Number(id)]!
      if (entry.settled) throw new Error(`reservation ${id} was settled twice`)
      entry.settled = outcome
    },
  }
}

export function openJournal(turns: Turn[] = []): Journal & { turns: Turn[] } {
  return {
    turns,
    stored: async () => structuredClone(turns),
    async store(turn) {
      turns.push(structuredClone(turn))
    },
  }
}

/** A tool that reads "files" and remembers what it was asked. */
export function lookTool(answer: (what: string, signal: AbortSignal) => Promise<string> = async what => `saw ${what}`) {
  const asked: string[] = []
  const tool: Tool<{ what: string }> = {
    name: 'look',
    description: 'Looks at something.',
    input: z.strictObject({ what: z.string().describe('What to look at.') }),
    run: ({ what }, signal) => {
      asked.push(what)
      return answer(what, signal)
    },
  }
  return { asked, tool: tool as unknown as Tool<never> }
}

export function conversation(over: Partial<Conversation> = {}): Conversation {
  return {
    name: 'correctness',
    kind: 'finder',
    tier: 'standard',
    system: 'You review code.',
    shared: 'The rules and the diff.',
    brief: 'Look for bugs.',
    tools: [lookTool().tool],
    limits: { turns: 10, milliseconds: 20_000, outputTokens: 1000 },
    journal: openJournal(),
    signal: new AbortController().signal,
    ...over,
  }
}
