// One HTTP attempt, as a middleware of the SDK's client: through the warm-up, the gate and the purse, and out again however it ends.
import type { Middleware } from '@anthropic-ai/sdk'
import type { BetaRawMessageStreamEvent } from '@anthropic-ai/sdk/resources/beta/messages/messages'
import type { Usage } from '../domain/conversation.ts'
import type { Gate } from './gate.ts'
import { noUsage, type Outcome, type Purse, type Reserved } from './metering.ts'
import { listen } from './silence.ts'
import type { Prefix, Warmth } from './warm.ts'
import { bytesPerToken } from './wire.ts'

export interface AttemptOptions {
  warmth: Warmth
  gate: Gate
  purse: Purse
  prefix: Prefix
  outputTokens: number
  signal: AbortSignal
  silentAfterMs: number
}

export function attempt(options: AttemptOptions): Middleware {
  const { warmth, gate, purse, prefix, outputTokens, signal, silentAfterMs } = options

  return async (request, next, ctx) => {
    const turnstile = await warmth.enter(prefix, signal)
    let leaveGate: (() => void) | undefined
    let reserved: Reserved
    try {
      leaveGate = await gate.enter(signal)
      reserved = await purse.reserve({ bytes: Buffer.byteLength(String(request.body ?? '')), outputTokens, signal })
    } catch (thrown) {
      leaveGate?.()
      turnstile.failed()
      throw thrown
    }
    const ear = listen(silentAfterMs)
    const end = (outcome: Outcome) => {
      ear.close()
      leaveGate()
      turnstile.failed()
      reserved.settle(outcome)
    }

    let response: Response
    try {
      response = await next({
        ...request,
        ...(reserved.outputTokens < outputTokens && { body: shortened(request.body, reserved.outputTokens) }),
        headers: ownHeaders(request.headers),
        signal: AbortSignal.any([signal, ear.signal, ...(request.signal ? [request.signal] : [])]),
      })
    } catch (thrown) {
      end({ usage: neverSent(thrown) ? noUsage : 'unknown', status: brokenBy(signal, ear.signal) })
      throw thrown
    }
    gate.heed(response)
    // Errors are not charged: https://platform.claude.com/docs/en/api/errors
    if (!response.ok || !response.body) {
      end({ usage: noUsage, status: String(response.status) })
      return response
    }
    const heard = new Response(response.body.pipeThrough(ear.tap()), response)
    let events: AsyncIterable<BetaRawMessageStreamEvent>
    try {
      events = await ctx.parse(heard)
    } catch (thrown) {
      end({ usage: 'unknown', status: brokenBy(signal, ear.signal) })
      throw thrown
    }
    void follow(events, turnstile.started, () => brokenBy(signal, ear.signal)).then(end)
    return heard
  }
}

/** The same request for a shorter answer; what the cache sees of it stays the same. */
function shortened(body: unknown, outputTokens: number): string {
  return JSON.stringify({ ...JSON.parse(String(body)), max_tokens: outputTokens })
}

/** Reads a copy of the stream for what it says was used; never rejects. */
async function follow(
  events: AsyncIterable<BetaRawMessageStreamEvent>,
  started: () => void,
  brokenBy: () => string,
): Promise<Outcome> {
  let usage: Usage | undefined
  let written = 0
  try {
    for await (const event of events) {
      if (event.type === 'message_start') {
        started()
        usage = withTold(noUsage, event.message.usage)
      } else if (event.type === 'content_block_delta') {
        written += Buffer.byteLength(JSON.stringify(event.delta))
      } else if (event.type === 'message_delta') {
        usage = withTold(usage ?? noUsage, event.usage)
      } else if (event.type === 'message_stop') {
        return { usage: usage ?? 'unknown', status: 'ok' }
      }
    }
    return cut(brokenBy())
  } catch (thrown) {
    const type =
      thrown instanceof Error && 'type' in thrown && typeof thrown.type === 'string' ? thrown.type : undefined
    if (type && !usage) return { usage: noUsage, status: type }
    return cut(type ?? brokenBy())
  }

  /** What was told, and of the output at least what was seen. */
  function cut(status: string): Outcome {
    if (!usage) return { usage: 'unknown', status }
    return { usage: { ...usage, output: Math.max(usage.output, Math.ceil(written / bytesPerToken)) }, status }
  }
}

interface ToldUsage {
  input_tokens: number | null
  cache_creation_input_tokens: number | null
  cache_read_input_tokens: number | null
  output_tokens: number
}

/** Each number is a running total; one that is left out stays as it was. */
function withTold(before: Usage, told: ToldUsage): Usage {
  return {
    input: told.input_tokens ?? before.input,
    cacheWrite: told.cache_creation_input_tokens ?? before.cacheWrite,
    cacheRead: told.cache_read_input_tokens ?? before.cacheRead,
    output: told.output_tokens ?? before.output,
  }
}

function brokenBy(signal: AbortSignal, silence: AbortSignal): string {
  if (signal.aborted) return 'stopped'
  return silence.aborted ? 'silent' : 'broken'
}

/** Failures before a connection stood, so that nothing can have been charged. */
function neverSent(thrown: unknown): boolean {
  for (let error = thrown; error instanceof Error; error = error.cause) {
    if ('code' in error && unconnected.has(String(error.code))) return true
  }
  return false
}

const unconnected = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'UND_ERR_CONNECT_TIMEOUT'])

/** The SDK adds what ANTHROPIC_CUSTOM_HEADERS holds; only settings.ts reads the environment here. */
function ownHeaders(headers: Headers): Headers {
  const ours = /^(accept|anthropic-|authorization|content-|user-agent|x-api-key|x-stainless-)/i
  return new Headers([...headers].filter(([name]) => ours.test(name)))
}
