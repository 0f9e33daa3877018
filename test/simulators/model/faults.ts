// Faults: which calls they befall, and what each makes of a reply or of an HTTP answer.
import type { Fault, FaultKind, MessagesRequest, ModelReply, PlannedFault } from './contract.ts'
import { type Refusal, refusal } from './refusal.ts'
import { isCall } from './replies.ts'

export function planFaults(): { add(fault: PlannedFault): void; take(body: MessagesRequest): Fault | undefined } {
  const planned: (PlannedFault & { times: number })[] = []
  return {
    add(fault) {
      planned.push({ times: 1, ...fault })
    },
    take(body) {
      const fault = planned.find(fault => fault.times > 0 && (fault.match?.(body) ?? true))
      if (fault) fault.times--
      return fault
    },
  }
}

/** Faults that are an error status instead of an answer. */
export function asStatus(fault: Fault | undefined, stream: boolean): Refusal | undefined {
  if (fault?.kind === '429')
    return refusal(429, 'This request would exceed your organization’s rate limit. Please try again later.')
  if (fault?.kind === '529' || (fault?.kind === 'sse-error' && !stream)) return refusal(529, 'Overloaded')
  return fault?.kind === '500' ? refusal(500, 'Internal server error') : undefined
}

/** Faults that are a well-formed answer nobody hoped for; other kinds leave the reply alone. */
export function spoil(reply: ModelReply, kind: FaultKind | undefined, request: MessagesRequest): ModelReply {
  switch (kind) {
    case 'refusal':
      return { content: [], stop_reason: 'refusal' }
    case 'max_tokens':
      return {
        ...reply,
        content: reply.content.filter(block => block.type === 'text').map(half),
        stop_reason: 'max_tokens',
      }
    case 'pause_turn':
      return { ...reply, content: [{ type: 'text', text: 'I will go on from here.' }], stop_reason: 'pause_turn' }
    case 'malformed-tool':
      return {
        ...reply,
        content: [{ type: 'tool_use', name: toolToBreak(reply, request), input: misfit }],
        stop_reason: 'tool_use',
      }
    case 'bad-json':
      return { ...reply, content: [{ type: 'text', text: '{"answer": [1, 2,' }], stop_reason: 'end_turn' }
    default:
      return reply
  }
}

const misfit = { unexpected: { nested: [null] } }

function half(block: { type: 'text'; text: string }) {
  return { ...block, text: block.text.slice(0, Math.ceil(block.text.length / 2)) }
}

function toolToBreak(reply: ModelReply, request: MessagesRequest): string {
  const named = request.tools?.flatMap(tool => ('name' in tool && typeof tool.name === 'string' ? [tool.name] : []))
  return reply.content.find(isCall)?.name ?? named?.[0] ?? 'no_such_tool'
}
