// A Message as the server-sent events that the API streams it in.
// Order and shapes: https://platform.claude.com/docs/en/build-with-claude/streaming

import type { Usage } from './contract.ts'
import type { Message } from './message.ts'
import { isCall } from './replies.ts'

/** The first event; from here on the prompt is cached and paid for. */
export function messageStart(message: Pick<Message, 'id' | 'model'>, usage: Usage): string {
  return event({
    type: 'message_start',
    message: {
      model: message.model,
      id: message.id,
      type: 'message',
      role: 'assistant',
      content: [],
      stop_reason: null,
      stop_sequence: null,
      stop_details: null,
      usage: { ...usage, output_tokens: 1, service_tier: 'standard', inference_geo: 'not_available' },
    },
  })
}

/** Everything after `message_start`. */
export function* restOfMessage(message: Message): Generator<string> {
  for (const [index, block] of message.content.entries()) {
    yield event({ type: 'content_block_start', index, content_block: emptied(block) })
    if (index === 0) yield event({ type: 'ping' })
    for (const delta of deltas(block)) yield event({ type: 'content_block_delta', index, delta })
    yield event({ type: 'content_block_stop', index })
  }
  const { stop_reason, stop_sequence, stop_details, usage } = message
  const { input_tokens, cache_creation_input_tokens, cache_read_input_tokens, output_tokens } = usage
  yield event({
    type: 'message_delta',
    delta: { stop_reason, stop_sequence, stop_details },
    usage: {
      input_tokens,
      cache_creation_input_tokens,
      cache_read_input_tokens,
      output_tokens,
      output_tokens_details: usage.output_tokens_details,
    },
  })
  yield event({ type: 'message_stop' })
}

export function event(data: { type: string; [key: string]: unknown }): string {
  return `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`
}

function emptied(block: Message['content'][number]): object {
  if (isCall(block)) return { ...block, input: {} }
  return block.type === 'thinking' ? { type: 'thinking', thinking: '', signature: '' } : { type: 'text', text: '' }
}

function deltas(block: Message['content'][number]): object[] {
  if (isCall(block)) {
    return ['', ...pieces(JSON.stringify(block.input))].map(partial_json => ({
      type: 'input_json_delta',
      partial_json,
    }))
  }
  if (block.type === 'text') return pieces(block.text).map(text => ({ type: 'text_delta', text }))
  const thought = pieces(block.thinking).map(thinking => ({ type: 'thinking_delta', thinking }))
  return [...thought, { type: 'signature_delta', signature: block.signature }]
}

/** At most twelve pieces, cut between code points and not between words or JSON tokens, as the API does. */
function pieces(text: string): string[] {
  const characters = Array.from(text)
  const size = Math.max(7, Math.ceil(characters.length / 12))
  const cuts: string[] = []
  for (let i = 0; i < characters.length; i += size) cuts.push(characters.slice(i, i + size).join(''))
  return cuts
}
