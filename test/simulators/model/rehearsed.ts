// A rehearsed reviewer: rules choose who speaks, the number of assistant turns so far chooses the line.
import type { MessagesRequest, ModelReply, Reply } from './contract.ts'
import { say } from './replies.ts'
import { blocksOf } from './tokens.ts'

export type Rule = {
  /** The first rule that holds speaks. */
  when: (request: MessagesRequest) => boolean
  /** One reply for each turn of the agent, or a function of the turn, counted from 0. After the last: `afterwards`. */
  turns: ModelReply[] | ((request: MessagesRequest, turn: number) => ModelReply)
}

export type Rehearsal = {
  rules: Rule[]
  /** What anyone says who has no line left, or no rule. */
  afterwards?: ModelReply
}

export function rehearse({ rules, afterwards = say('Nothing more to report.') }: Rehearsal): Reply {
  return request => {
    const rule = rules.find(rule => rule.when(request))
    const turn = turnsSoFar(request)
    const reply = typeof rule?.turns === 'function' ? rule.turns(request, turn) : rule?.turns[turn]
    return reply ?? afterwards
  }
}

/** For `when`: the texts the user side wrote, tool results left out, match. */
export function asked(pattern: RegExp): Rule['when'] {
  return request => pattern.test(textOf(request))
}

/** For `when`: the last text of the opening message, where an agent's lens stands, matches. */
export function opening(pattern: RegExp): Rule['when'] {
  return request => {
    const first = request.messages[0]
    return first !== undefined && pattern.test(textsOf(blocksOf(first)).at(-1) ?? '')
  }
}

/** How many turns of the model the conversation already holds. */
function turnsSoFar(request: MessagesRequest): number {
  return request.messages.filter(message => message.role === 'assistant').length
}

/** System prompt and user texts, one below the other. */
function textOf(request: MessagesRequest): string {
  const system = request.system === undefined ? [] : textsOf(request.system)
  const users = request.messages.filter(message => message.role !== 'assistant')
  return [...system, ...users.flatMap(message => textsOf(blocksOf(message)))].join('\n')
}

function textsOf(content: string | { type: string }[]): string[] {
  if (typeof content === 'string') return [content]
  return content.flatMap(block => ('text' in block && typeof block.text === 'string' ? [block.text] : []))
}
