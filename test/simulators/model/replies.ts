// Small builders for what a scripted model answers.
import type { ContentBlock, ModelReply } from './contract.ts'

/** A text, and the end of the turn. */
export function say(text: string): ModelReply {
  return { content: [{ type: 'text', text }] }
}

/** One tool call. */
export function call(name: string, input: unknown): ModelReply {
  return { content: [{ type: 'tool_use', name, input }] }
}

/** Several replies as one: their contents side by side, as when a model thinks, speaks and calls tools in one turn. */
export function together(...replies: ModelReply[]): ModelReply {
  return Object.assign({}, ...replies, { content: replies.flatMap(reply => reply.content) })
}

export function think(thinking: string): ModelReply {
  return { content: [{ type: 'thinking', thinking }] }
}

/** A structured output: the value as the JSON text that `output_config.format` makes a model write. */
export function json(value: unknown): ModelReply {
  return say(JSON.stringify(value))
}

/** Whether a block is a tool call. */
export function isCall(block: ContentBlock): block is Extract<ContentBlock, { type: 'tool_use' }> {
  return block.type === 'tool_use'
}
