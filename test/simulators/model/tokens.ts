// A request as the ordered list of blocks that prompt caching sees, and how many tokens each is taken to be.
import type { BetaContentBlockParam } from '@anthropic-ai/sdk/resources/beta/messages/messages'
import type { ContentBlock, MessagesRequest } from './contract.ts'

export type PromptBlock = {
  /** The exact bytes that have to be equal for a cached prefix to match, without the cache marks. */
  bytes: string
  tokens: number
  /** Life asked for by a cache mark on this block. */
  mark?: '5m' | '1h'
}

/** tools, then system, then messages: https://platform.claude.com/docs/en/build-with-claude/prompt-caching */
export function promptBlocks(request: MessagesRequest): PromptBlock[] {
  const system = typeof request.system === 'string' ? [{ type: 'text', text: request.system }] : (request.system ?? [])
  const blocks = [
    ...(request.tools ?? []).map(tool => promptBlock('tool', tool)),
    ...system.map(block => promptBlock('system', block)),
    ...request.messages.flatMap(message =>
      blocksOf(message).map((block, i) => promptBlock(i === 0 ? `${message.role} says` : message.role, block)),
    ),
  ]
  const last = blocks.at(-1)
  if (request.cache_control && last) last.mark ??= request.cache_control.ttl ?? '5m'
  return blocks
}

/** A text is short for one block of text. */
export function blocksOf({
  content,
}: MessagesRequest['messages'][number]): (BetaContentBlockParam | { type: 'tool_addition' | 'tool_removal' })[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : (content ?? [])
}

/** The lives asked for by all cache marks of a request, those inside tool results included, in prompt order. */
export function marksOf(request: MessagesRequest): ('5m' | '1h')[] {
  const { tools, system, messages, cache_control } = request
  return [...marksIn([tools, system, messages]), ...(cache_control ? [cache_control.ttl ?? ('5m' as const)] : [])]
}

export function outputTokens(content: ContentBlock[]): number {
  return content.reduce((sum, block) => sum + estimate(block), 0)
}

/** A quarter of the UTF-8 bytes of each block, rounded up: no tokenizer, but the same number every time. */
export function estimate(block: object): number {
  const text = 'text' in block && typeof block.text === 'string' ? block.text : JSON.stringify(block)
  return Math.ceil(Buffer.byteLength(text) / 4)
}

function promptBlock(kind: string, block: object): PromptBlock {
  const marks = marksIn(block)
  const bare = marks.length
    ? JSON.parse(JSON.stringify(block, (key, value) => (isMark(key, value) ? undefined : value)))
    : block
  const mark = marks.includes('1h') ? '1h' : marks[0]
  return { bytes: `${kind}\n${JSON.stringify(bare)}`, tokens: estimate(bare), ...(mark && { mark }) }
}

/** A mark inside a tool result counts as one on the whole result. */
function marksIn(value: unknown): ('5m' | '1h')[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key === 'input' || key === 'input_schema') return []
    return isMark(key, inner) ? [inner.ttl ?? '5m'] : marksIn(inner)
  })
}

function isMark(key: string, value: unknown): value is { type: 'ephemeral'; ttl?: '5m' | '1h' } {
  return (
    key === 'cache_control' &&
    typeof value === 'object' &&
    value !== null &&
    'type' in value &&
    value.type === 'ephemeral'
  )
}
