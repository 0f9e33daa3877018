// A reply as the Message that the API would answer with: ids, usage, stop reason, cut at max_tokens.
import { createHash, randomBytes } from 'node:crypto'
import type { BetaStopReason } from '@anthropic-ai/sdk/resources/beta/messages/messages'
import type { ContentBlock, MessagesRequest, ModelReply, Usage } from './contract.ts'
import { isCall } from './replies.ts'
import { estimate, outputTokens } from './tokens.ts'

export type Message = {
  id: string
  type: 'message'
  role: 'assistant'
  model: string
  content: (ContentBlock & { caller?: { type: 'direct' } })[]
  stop_reason: BetaStopReason
  stop_sequence: null
  stop_details: null | { type: 'refusal'; category: 'cyber'; explanation: string }
  usage: Usage & { service_tier: 'standard'; inference_geo: string; output_tokens_details: { thinking_tokens: number } }
}

export function messageFrom(reply: ModelReply, request: MessagesRequest, usage: Usage): Message {
  const { content, cut } = cutAt(reply.content.map(complete), request.max_tokens)
  const stop_reason = cut ? 'max_tokens' : (reply.stop_reason ?? (content.some(isCall) ? 'tool_use' : 'end_turn'))
  const thought = outputTokens(content.filter(block => block.type === 'thinking'))
  return {
    id: id('msg'),
    type: 'message',
    role: 'assistant',
    model: request.model,
    content,
    stop_reason,
    stop_sequence: null,
    stop_details: stop_reason === 'refusal' ? refusedForCyber : null,
    usage: {
      ...usage,
      output_tokens: cut ? outputTokens(content) : (reply.usage?.output_tokens ?? outputTokens(content)),
      output_tokens_details: { thinking_tokens: thought },
      service_tier: 'standard',
      inference_geo: 'not_available',
    },
  }
}

/** The signature that a thinking block must come back with. */
export function signatureOf(thinking: string): string {
  return createHash('sha512').update('simulated').update(thinking).digest('base64')
}

export function id(prefix: 'msg' | 'toolu' | 'req'): string {
  return `${prefix}_01${randomBytes(16).toString('base64url').replace(/[-_]/g, 'x')}`
}

function complete(block: ContentBlock): Message['content'][number] {
  if (block.type === 'thinking') return { signature: signatureOf(block.thinking), ...block }
  return isCall(block) ? { ...block, id: block.id ?? id('toolu'), caller: { type: 'direct' } } : block
}

/** The real API stops in the middle of a word; what does not fit whole is cut (texts) or left out (everything else). */
function cutAt(content: Message['content'], maxTokens: number): { content: Message['content']; cut: boolean } {
  let left = maxTokens
  const kept: Message['content'] = []
  for (const block of content) {
    const tokens = estimate(block)
    if (tokens <= left) kept.push(block)
    else {
      if (block.type === 'text' && left > 0) kept.push({ ...block, text: block.text.slice(0, left * 2) })
      return { content: kept, cut: true }
    }
    left -= tokens
  }
  return { content: kept, cut: maxTokens === 0 }
}

const refusedForCyber = {
  type: 'refusal',
  category: 'cyber',
  explanation: 'This request was declined because it could enable cyber harm.',
} as const
