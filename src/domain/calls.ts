// The tool calls in stored turns, so that a resumed run knows again what its agents did and answered without asking them.
import { z } from 'zod'
import type { Turn } from './conversation.ts'

export interface Call {
  name: string
  input: unknown
}

/** Every call that was not answered with an error, in order. */
export function callsIn(turns: Turn[]): (Call & { id: string })[] {
  const failed = new Set(turns.flatMap(errorsOf))
  return turns.flatMap(callsOf).filter(({ id }) => !failed.has(id))
}

/** Those of one turn, whatever they were answered. */
export function callsOf({ role, content }: Turn): (Call & { id: string })[] {
  if (role !== 'assistant') return []
  return blocksOf(content).flatMap(block => {
    const call = callBlock.safeParse(block)
    return call.success ? [{ id: call.data.id, name: call.data.name, input: call.data.input }] : []
  })
}

function errorsOf({ role, content }: Turn): string[] {
  if (role !== 'user') return []
  return blocksOf(content).flatMap(block => {
    const error = errorBlock.safeParse(block)
    return error.success ? [error.data.tool_use_id] : []
  })
}

// The Messages API's own blocks: https://platform.claude.com/docs/en/agents-and-tools/tool-use/overview
const callBlock = z.object({
  type: z.literal('tool_use'),
  id: z.string().min(1),
  name: z.string().min(1),
  input: z.unknown(),
})
const errorBlock = z.object({ type: z.literal('tool_result'), tool_use_id: z.string(), is_error: z.literal(true) })

function blocksOf(content: unknown): unknown[] {
  return Array.isArray(content) ? content : []
}
