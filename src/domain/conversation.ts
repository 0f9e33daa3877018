// The port to a model: one agent's conversation, metered, journaled turn by turn, bounded in everything.
import type { z } from 'zod'
import type { ModelTier } from './routine.ts'

/** A tool as data. `run` answers in text that the model reads; what it throws is answered as an error, never the end of the run. */
export interface Tool<Input = unknown> {
  name: string
  description: string
  input: z.ZodType<Input>
  run(input: Input, signal: AbortSignal): Promise<string>
}

/** One stored turn: an assistant message or the tool results that answered it, exactly as on the wire. Opaque outside `claude/`. */
export interface Turn {
  role: 'assistant' | 'user'
  content: unknown
  /** Set on assistant turns. */
  stopReason?: string
}

/** Where a conversation's turns are kept; a conversation begins by reading what is stored and buys none of it again. */
export interface Journal {
  stored(): Promise<Turn[]>
  store(turn: Turn): Promise<void>
}

export interface Limits {
  turns: number
  /** Milliseconds for the whole conversation. */
  milliseconds: number
  /** Output tokens a call. */
  outputTokens: number
}

export interface Conversation {
  /** Who speaks, for ledger and messages: "correctness", "verify f3". */
  name: string
  kind: 'finder' | 'verifier' | 'grader' | 'coordinator' | 'dream'
  tier: ModelTier
  /** Byte-identical for the whole fleet; ends in a cache mark. `system` first, then `shared` as the first user block (rules, diff). */
  system: string
  shared: string
  /** This agent's own words; comes last. */
  brief: string
  /** Same tools in the same order for everybody who shares the prefix. */
  tools: Tool<never>[]
  limits: Limits
  journal: Journal
  signal: AbortSignal
}

/** How a conversation ended. None of these is thrown; Problems of journal and meter that end the run's attempt (`endsAttempt`) are. */
export interface Ended {
  end: 'done' | 'turns' | 'time' | 'budget' | 'refused' | 'cut' | 'failed' | 'stopped'
  /** A sentence for people. */
  because: string
  turns: number
  /** The text of the last assistant message. */
  text: string
  usd: number
}

/** The only model a stage is ever handed: metered, limited, aborted by the conversation's signal within a second. */
export interface Model {
  converse(conversation: Conversation): Promise<Ended>
}

/** Tokens of one call, each with its own price. */
export interface Usage {
  input: number
  cacheWrite: number
  cacheRead: number
  output: number
}

/** US dollars that were set aside for one call. */
export interface Reservation {
  id: string
  usd: number
}

/** Money is set aside before each HTTP attempt and settled after it, failures included. */
export interface Meter {
  /** Whose money it is: the run's id, for the log. */
  run?: string
  /** Sets `usd` aside; or as much as every cap holds, when that is `leastUsd` or more. Else Problem `over_budget`, naming the cap that is reached. */
  reserve(call: {
    name: string
    kind: Conversation['kind']
    model: string
    usd: number
    leastUsd?: number
  }): Promise<Reservation>
  settle(
    reservation: Reservation,
    outcome: { usage: Usage; usd: number; status: string; milliseconds: number },
  ): Promise<void>
}

/** Reads a file of the checkout for an agent, confined to `dir`; answers in repository paths, refuses `.git`, numbers lines. */
export type ReadFile = (dir: string, input: { path: string; from?: number; to?: number }) => Promise<string>
