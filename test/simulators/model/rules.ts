// What the Messages API refuses although the shape of the request is right; the first rule broken, as its sentence.
import type { MessagesRequest } from './contract.ts'
import { signatureOf } from './message.ts'
import { factsOf } from './models.ts'
import { unsupportedSchema } from './structured.ts'
import { blocksOf, marksOf } from './tokens.ts'

/** @param mayEndWithAssistant an answer of this server ended in `pause_turn`, so a request may go on from it. */
export function brokenRule(request: MessagesRequest, mayEndWithAssistant: boolean): string | undefined {
  return [
    settings,
    warming,
    marks,
    tools,
    unsupportedSchema,
    texts,
    (each: MessagesRequest) => turns(each, mayEndWithAssistant),
  ]
    .map(rule => rule(request))
    .find(sentence => sentence !== undefined)
}

function settings(request: MessagesRequest): string | undefined {
  const { model, max_tokens, thread, thinking } = request
  const facts = factsOf(model)
  for (const name of ['temperature', 'top_p', 'top_k']) {
    if (name in request) return `\`${name}\` is deprecated for this model.`
  }
  if (thread) {
    return 'thread: this server keeps no conversations; send the whole history (the tool runner does so with `thread: false`).'
  }
  if (!Number.isInteger(max_tokens) || max_tokens < 0) return 'max_tokens: Input should be a non-negative integer'
  if (max_tokens > facts.longestAnswer) {
    return `max_tokens: ${max_tokens} > ${facts.longestAnswer}, which is the maximum allowed number of output tokens for ${model}`
  }
  if (facts.alwaysThinks && thinking?.type === 'disabled') return 'thinking: `disabled` is not supported on this model.'
  if (facts.alwaysThinks && thinking?.type === 'enabled') {
    return 'thinking: `enabled` with a budget is not supported on this model. Use `thinking.type: adaptive` and `output_config.effort`.'
  }
  const forced = request.tool_choice?.type === 'any' || request.tool_choice?.type === 'tool'
  if (forced && facts.refusesForcedTools)
    return 'tool_choice: Thinking may not be enabled when tool_choice forces tool use.'
  return undefined
}

/** https://platform.claude.com/docs/en/build-with-claude/prompt-caching#pre-warming-the-cache */
function warming(request: MessagesRequest): string | undefined {
  if (request.max_tokens !== 0) return undefined
  const choice = request.tool_choice?.type
  const clash =
    (request.stream && '`stream: true`') ||
    (request.thinking?.type === 'enabled' && '`thinking.type: enabled`') ||
    (request.output_config?.format && '`output_config.format`') ||
    ((choice === 'any' || choice === 'tool') && 'a forced `tool_choice`')
  return clash ? `max_tokens: 0 is not supported together with ${clash}.` : undefined
}

function marks(request: MessagesRequest): string | undefined {
  const lives = marksOf(request)
  if (lives.length > 4) return `A maximum of 4 blocks with cache_control may be provided. Found ${lives.length}.`
  const short = lives.indexOf('5m')
  if (short >= 0 && lives.lastIndexOf('1h') > short) {
    return "a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block. Note that blocks are processed in the following order: `tools`, `system`, `messages`."
  }
  return undefined
}

function tools(request: MessagesRequest): string | undefined {
  const names = (request.tools ?? []).flatMap(tool =>
    'name' in tool && typeof tool.name === 'string' ? [tool.name] : [],
  )
  if (new Set(names).size < names.length) return 'tools: Tool names must be unique.'
  const odd = names.findIndex(name => !/^[a-zA-Z0-9_-]{1,128}$/.test(name))
  if (odd >= 0) return `tools.${odd}.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'`
  if (request.tool_choice?.type === 'tool' && !names.includes(request.tool_choice.name)) {
    return `Tool '${request.tool_choice.name}' not found in provided tools`
  }
  return undefined
}

function texts(request: MessagesRequest): string | undefined {
  const empty = (block: { type: string }) => block.type === 'text' && 'text' in block && block.text === ''
  if (Array.isArray(request.system) && request.system.some(empty))
    return 'system: text content blocks must be non-empty'
  for (const [i, message] of request.messages.entries()) {
    if (blocksOf(message).length === 0 || message.content === '') {
      return `messages.${i}: all messages must have non-empty content except for the optional final assistant message`
    }
    if (blocksOf(message).some(empty)) return 'messages: text content blocks must be non-empty'
  }
  return undefined
}

function turns(request: MessagesRequest, mayEndWithAssistant: boolean): string | undefined {
  const turns = combined(request.messages)
  if (turns.length === 0) return 'messages: at least one message is required'
  if (turns[0]!.role !== 'user') return 'messages: first message must use the "user" role'
  for (const [i, turn] of turns.entries()) {
    const broken = answers(turn, turns[i - 1]) ?? signatures(turn)
    if (broken) return broken
  }
  const last = turns.at(-1)!
  if (last.role === 'user') return undefined
  return answers({ role: 'user', at: last.at + 1, blocks: [] }, last) ?? (mayEndWithAssistant ? undefined : noPrefill)
}

const noPrefill =
  'This model does not support assistant message prefill. The conversation must end with a user message.'

/** Every call answered, at the head of the next user turn, once; and no answer without its call. */
function answers(turn: Turn, before: Turn | undefined): string | undefined {
  const calls = before?.blocks.flatMap(block => (block.type === 'tool_use' ? [block.id] : [])) ?? []
  const given = turn.blocks.flatMap(block => (block.type === 'tool_result' ? [block.tool_use_id] : []))
  const first = turn.blocks.findIndex(block => block.type !== 'tool_result')
  const leading = first < 0 ? given : given.slice(0, first)
  const missing = calls.filter(id => !leading.includes(id))
  if (missing.length) {
    return `messages.${before!.at}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${missing.join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`
  }
  const stray = given.find((id, nth) => !calls.includes(id) || given.indexOf(id) !== nth)
  if (stray === undefined) return undefined
  return `messages.${turn.at}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${stray}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`
}

/** Thinking comes back as it was given out. */
function signatures({ at, blocks }: Turn): string | undefined {
  const forged = blocks.findIndex(block => block.type === 'thinking' && block.signature !== signatureOf(block.thinking))
  return forged < 0 ? undefined : `messages.${at}.content.${forged}: Invalid \`signature\` in \`thinking\` block`
}

type Turn = { role: 'user' | 'assistant'; at: number; blocks: ReturnType<typeof blocksOf> }

/** Neighbours of one role are one turn, as the API has it; system messages in between are nobody's. */
function combined(messages: MessagesRequest['messages']): Turn[] {
  const turns: Turn[] = []
  for (const [at, message] of messages.entries()) {
    if (message.role === 'system') continue
    const last = turns.at(-1)
    if (last?.role === message.role) last.blocks = [...last.blocks, ...blocksOf(message)]
    else turns.push({ role: message.role, at, blocks: blocksOf(message) })
  }
  return turns
}
