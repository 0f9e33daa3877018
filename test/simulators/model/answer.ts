// One accepted request answered: whole or streamed, at the wanted pace, with the fault it was given, if any.
import type { EventEmitter } from 'node:events'
import type { ServerResponse } from 'node:http'
import { setImmediate as breath, setTimeout as pause } from 'node:timers/promises'
import type { PromptCache } from './cache.ts'
import type { Fault, MessagesRequest, ModelOptions, ModelReply, RecordedRequest, Reply } from './contract.ts'
import { event, messageStart, restOfMessage } from './events.ts'
import { asStatus, spoil } from './faults.ts'
import { rateLimitHeaders } from './headers.ts'
import { id, type Message, messageFrom } from './message.ts'
import { errorBody } from './refusal.ts'

export type Delivery = {
  body: MessagesRequest
  record: RecordedRequest
  res: ServerResponse
  reply: Reply
  fault: Fault | undefined
  cache: PromptCache
  latency: NonNullable<ModelOptions['latency']>
  /** Aborted when the client has gone. */
  signal: AbortSignal
  /** Breaks the connection from our side. */
  breakOff(): void
  now: () => number
  events: EventEmitter
}

/** Resolves when the answer is written, or the client gone. */
export async function deliver(delivery: Delivery): Promise<void> {
  if (failed(delivery, delivery.fault)) return
  try {
    await (delivery.body.stream ? stream(delivery) : whole(delivery))
  } catch (error) {
    if (!delivery.signal.aborted) throw error
  }
}

async function whole(delivery: Delivery): Promise<void> {
  const { body, record, res } = delivery
  const reading = delivery.cache.read(body)
  const begun = performance.now()
  const reply = await decide(delivery)
  const fault = delivery.fault ?? faultOf(reply)
  if (failed(delivery, fault)) return
  if (fault?.kind === 'silent') return gone(delivery.signal)
  await pause(Math.max(0, totalMs(delivery, reply) - (performance.now() - begun)), undefined, {
    signal: delivery.signal,
  })
  const message = messageFrom(spoil(reply, fault?.kind, body), body, reading.usage)
  const text = JSON.stringify(message)
  reading.started()
  note(record, message)
  res.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
  if (fault?.kind === 'cut') res.write(text.slice(0, text.length / 2), delivery.breakOff)
  else res.end(text)
  delivery.events.emit('started', record)
}

async function stream(delivery: Delivery): Promise<void> {
  const { body, record, res, signal } = delivery
  const reading = delivery.cache.read(body)
  const begun = performance.now()
  const deciding = decide(delivery)
  deciding.catch(() => {})
  await pause(delivery.latency.firstEventMs ?? 0, undefined, { signal })
  const early = await Promise.race([deciding, breath(undefined)])
  if (failed(delivery, early && faultOf(early))) return

  const messageId = id('msg')
  record.status = 200
  record.usage = { ...reading.usage }
  reading.started()
  res.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' })
  res.write(messageStart({ id: messageId, model: body.model }, reading.usage))
  delivery.events.emit('started', record)
  if (delivery.fault?.kind === 'silent') return gone(signal)

  const reply = await deciding
  const fault = delivery.fault ?? faultOf(reply)
  if (fault?.kind === 'silent') return gone(signal)
  const message = { ...messageFrom(spoil(reply, fault?.kind, body), body, reading.usage), id: messageId }
  const events = [...restOfMessage(message)]
  const breaks = fault?.kind === 'cut' || fault?.kind === 'sse-error'
  const stepMs = Math.max(0, totalMs(delivery, reply) - (performance.now() - begun)) / events.length
  for (const [i, data] of events.entries()) {
    if (stepMs > 0) await pause(stepMs, undefined, { signal })
    if (breaks && i >= events.length / 2) return breakStream(delivery, fault.kind)
    record.usage.output_tokens = Math.floor((message.usage.output_tokens * (i + 1)) / events.length)
    if (i === events.length - 1) note(record, message)
    res.write(data)
  }
  res.end()
}

function breakStream({ res, breakOff }: Delivery, kind: Fault['kind']): void {
  if (kind === 'cut') res.write(': \n\n', breakOff)
  else res.end(event({ type: 'error', ...overloaded }))
}

/** Overload can strike after HTTP 200: https://platform.claude.com/docs/en/build-with-claude/streaming#error-events */
const overloaded = { error: { type: 'overloaded_error', message: 'Overloaded' } }

/** Answers the faults that are an error status. */
function failed({ res, record, body, now }: Delivery, fault: Fault | undefined): boolean {
  const error = asStatus(fault, body.stream === true)
  if (!error) return false
  record.status = error.status
  const limited =
    error.status === 429 ? { ...rateLimitHeaders(now(), 0), 'retry-after': String(fault?.retryAfter ?? 1) } : {}
  res.writeHead(error.status, { 'content-type': 'application/json', 'x-should-retry': 'true', ...limited })
  res.end(errorBody(error, String(res.getHeader('request-id'))))
  return true
}

function note(record: RecordedRequest, message: Message): void {
  record.status = 200
  record.usage = message.usage
  record.answer = { id: message.id, content: message.content, stop_reason: message.stop_reason }
}

/** `max_tokens: 0` fills the cache and asks nobody. */
async function decide({ body, record, reply, signal }: Delivery): Promise<ModelReply> {
  return body.max_tokens === 0 ? { content: [] } : reply(body, { n: record.n, signal })
}

function faultOf({ fault }: ModelReply): Fault | undefined {
  return typeof fault === 'string' ? { kind: fault } : fault
}

function totalMs({ body, latency }: Delivery, reply: ModelReply): number {
  const total = typeof latency.totalMs === 'function' ? latency.totalMs(body) : latency.totalMs
  return Math.max(reply.latencyMs ?? total ?? 0, latency.firstEventMs ?? 0)
}

function gone(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => (signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve())))
}
