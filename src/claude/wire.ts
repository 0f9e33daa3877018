// A conversation as a request: tools, system, then the shared block and the brief, with the cache marks where prefixes end.
import { createHash } from 'node:crypto'
import type { BetaRunnableTool } from '@anthropic-ai/sdk/lib/tools/BetaRunnableTool'
import type {
  BetaContentBlockParam,
  BetaMessage,
  BetaMessageParam,
  BetaTextBlockParam,
} from '@anthropic-ai/sdk/resources/beta/messages/messages'
import type { Conversation, Turn } from '../domain/conversation.ts'
import type { Prefix } from './warm.ts'

/**
 * UTF-8 bytes a token takes in code and prose, on the safe side: the tokenizer of these models counts some 30 % more
 * tokens than older ones did. https://platform.claude.com/docs/en/models/haiku-5-5/whats-new-haiku-5-5
 */
export const bytesPerToken = 2.7

const mark = { type: 'ephemeral' } as const

/**
 * Marks: the end of `system`, the end of `shared`, and the request's own one, which the API puts on its last block, so
 * that it moves along with the agent's tail. Nothing is said about thinking (always on), sampling (refused) or tool choice.
 */
export function request(conversation: Conversation, model: string, tools: BetaRunnableTool[], turns: Turn[]) {
  const system = text(conversation.system)
  return {
    model,
    max_tokens: conversation.limits.outputTokens,
    ...(system && { system: [{ ...system, cache_control: mark }] }),
    messages: [opening(conversation), ...turns.map(message)],
    tools,
    // An agent without tools speaks once; nobody comes back to read its tail.
    ...(tools.length > 0 && { cache_control: mark }),
    stream: true as const,
    // The default keeps the conversation on Anthropic's server, where no journal of ours could resume it.
    thread: false as const,
  }
}

/** What a fleet has in common, as the cache sees it. */
export function prefixOf(
  { system, shared }: Conversation,
  model: string,
  tools: BetaRunnableTool[],
  smallest: number,
): Prefix {
  const bytes = JSON.stringify([model, tools.map(bare), system, shared])
  return {
    key: createHash('sha256').update(bytes).digest('base64'),
    cacheable: Buffer.byteLength(bytes) / bytesPerToken >= smallest,
  }
}

/** An assistant message as a turn to store: plain data. A thought that was cut off has no signature and can not be sent back. */
export function assistantTurn(reply: Pick<BetaMessage, 'content' | 'stop_reason'>): Turn {
  const blocks = reply.content.filter(block => block.type !== 'thinking' || block.signature)
  return { role: 'assistant', content: JSON.parse(JSON.stringify(blocks)), stopReason: reply.stop_reason ?? 'unknown' }
}

export function promptTokens({ usage }: Pick<BetaMessage, 'usage'>): number {
  return usage.input_tokens + (usage.cache_creation_input_tokens ?? 0) + (usage.cache_read_input_tokens ?? 0)
}

export function blocksOf(turn: Turn): { type: string; id?: string; text?: string; name?: string; input?: unknown }[] {
  return Array.isArray(turn.content) ? turn.content : []
}

export function textOf(turn: Turn | undefined): string {
  const texts = turn ? blocksOf(turn).flatMap(block => (block.type === 'text' ? [block.text ?? ''] : [])) : []
  return texts.join('\n')
}

function opening({ shared, brief }: Conversation): BetaMessageParam {
  const first = text(shared)
  const last = text(brief)
  return { role: 'user', content: [...(first ? [{ ...first, cache_control: mark }] : []), ...(last ? [last] : [])] }
}

function message({ role, content }: Turn): BetaMessageParam {
  return { role, content: content as BetaContentBlockParam[] }
}

/** The API refuses empty text blocks and lone surrogates. */
function text(words: string): BetaTextBlockParam | undefined {
  return words === '' ? undefined : { type: 'text', text: words.toWellFormed() }
}

function bare(tool: BetaRunnableTool) {
  const { run: _, parse: __, ...definition } = tool
  return definition
}
