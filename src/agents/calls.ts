// The tool calls in a conversation's stored turns, so that a resumed run knows again what its agents did without asking them.
import { z } from 'zod'
import type { Turn } from '../domain/conversation.ts'

export interface Call {
  name: string
  input: unknown
}

/** Every call that was not answered with an error, in order. */
export function callsIn(turns: Turn[]): Call[] {
  const calls: (Call & { id: string })[] = []
  const failed = new Set<string>()
  for (const turn of turns) {
    for (const block of blocksOf(turn.content)) {
      const call = callBlock.safeParse(block)
      if (call.success && turn.role === 'assistant') calls.push(call.data)
      const result = errorBlock.safeParse(block)
      if (result.success && turn.role === 'user') failed.add(result.data.tool_use_id)
    }
  }
  return calls.filter(call => !failed.has(call.id))
}

// The Messages API's own blocks: https://platform.claude.com/docs/en/agents-and-tools/tool-use/overview
const callBlock = z.object({ type: z.literal('tool_use'), id: z.string(), name: z.string(), input: z.unknown() })
const errorBlock = z.object({ type: z.literal('tool_result'), tool_use_id: z.string(), is_error: z.literal(true) })

function blocksOf(content: unknown): unknown[] {
  return Array.isArray(content) ? content : []
}
