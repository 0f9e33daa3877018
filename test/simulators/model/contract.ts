// The words of the simulated Messages API: what a test hands in (replies, faults) and what it can read afterwards.
import type { EventEmitter } from 'node:events'
import type { BetaStopReason, MessageCreateParamsBase } from '@anthropic-ai/sdk/resources/beta/messages/messages'

export type MessagesRequest = MessageCreateParamsBase

/** What a scripted model says. A `tool_use` without an id gets one; a `thinking` without a signature gets one. */
export type ContentBlock =
  | { type: 'text'; text: string }
  | { type: 'thinking'; thinking: string; signature?: string }
  | { type: 'tool_use'; id?: string; name: string; input: unknown }

export type ModelReply = {
  content: ContentBlock[]
  /** Left out: `tool_use` when the content calls a tool, else `end_turn`. */
  stop_reason?: BetaStopReason
  /** Left out: estimated from the content. */
  usage?: { output_tokens?: number }
  /** Milliseconds from the request to the end of the answer; wins over the simulator's own latency. */
  latencyMs?: number
  fault?: FaultKind | Fault
}

/** Decides an answer; knows nothing of HTTP. `n` counts the calls from 1, refused ones included. */
export type Reply = (
  request: MessagesRequest,
  context: { n: number; signal: AbortSignal },
) => ModelReply | Promise<ModelReply>

export type FaultKind =
  | '429'
  | '529'
  | '500'
  /** HTTP 200, some events, then `event: error` with overloaded_error. Without streaming: 529. */
  | 'sse-error'
  /** The connection breaks in the middle of the answer. */
  | 'cut'
  /** Headers and `message_start`, then nothing until the client gives up. Without streaming: nothing at all. */
  | 'silent'
  | 'refusal'
  | 'max_tokens'
  | 'pause_turn'
  /** A tool call whose input does not fit the tool's schema. */
  | 'malformed-tool'
  /** A text that was to be JSON and is not. */
  | 'bad-json'

export type Fault = { kind: FaultKind /** Seconds, for '429'. */; retryAfter?: number }

/** `times` left out: once. `match` left out: any call. */
export type PlannedFault = Fault & { times?: number; match?: (body: MessagesRequest) => boolean }

export type Usage = {
  input_tokens: number
  cache_creation_input_tokens: number
  cache_creation: { ephemeral_5m_input_tokens: number; ephemeral_1h_input_tokens: number }
  cache_read_input_tokens: number
  output_tokens: number
}

export type RecordedRequest = {
  /** By the simulator's clock, in milliseconds. */
  at: number
  n: number
  headers: Record<string, string>
  body: MessagesRequest
  raw: string
  model: string
  /** Set when the answer starts; `output_tokens` grows as it is written. */
  usage?: Usage
  /** Set when the status line is written. */
  status?: number
  /** The client went away before the answer was complete. */
  aborted: boolean
  finishedAt?: number
  /** What was answered, when a message was. */
  answer?: { id: string; content: ContentBlock[]; stop_reason: BetaStopReason }
}

export type Spending = {
  calls: number
  /** Uncached input tokens. */
  input: number
  cacheWrite: number
  /** The part of `cacheWrite` that was written for one hour. */
  cacheWrite1h: number
  cacheRead: number
  output: number
}

export type ModelOptions = {
  reply?: Reply
  /** Model names that exist; others answer 404. */
  models?: string[]
  apiKey?: string
  latency?: { firstEventMs?: number; totalMs?: number | ((request: MessagesRequest) => number) }
  /** Milliseconds since the epoch; decides the life of cached prefixes. */
  now?: () => number
}

export interface ModelSimulator extends AsyncDisposable {
  url: string
  apiKey: string
  environment(): Record<string, string>
  /** Calls of `POST /v1/messages`, in order of arrival. */
  requests: RecordedRequest[]
  /** One sentence for each request that the real API would refuse. */
  refusals: string[]
  faults: { add(fault: PlannedFault): void }
  setReply(reply: Reply): void
  /** 'request', 'started' (the answer's first byte), 'answered' and 'aborted', each with its RecordedRequest. */
  events: EventEmitter
  /** Resolves once `predicate` holds, asked again at each event. Throws after `timeoutMs` (5,000). */
  waitFor(predicate: (model: ModelSimulator) => boolean, timeoutMs?: number): Promise<void>
  readonly inFlight: number
  readonly maxInFlight: number
  spent(): Spending & { byModel: Record<string, Spending> }
}
