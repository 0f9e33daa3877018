// What a conversation needs next, told by its stored turns alone: so a fresh one and a resumed one go the same way.
import { callsOf } from '../domain/calls.ts'
import type { Ended, Limits, Turn } from '../domain/conversation.ts'
import { blocksOf, textOf } from './wire.ts'

export type Next = { do: 'ask' | 'answer' | 'nudge' } | { do: 'end'; end: Ended['end']; because: string }

/** Sent once to an answer that ran out of tokens in the middle of a text. */
export const nudge: Turn = { role: 'user', content: [{ type: 'text', text: 'Continue.' }] }

const finished = 'The agent finished.'

export function whatNext(turns: Turn[], limits: Pick<Limits, 'turns'>): Next {
  const spoken = turns.filter(turn => turn.role === 'assistant')
  const last = turns.at(-1)
  if (last?.role !== 'assistant') return askWithin(spoken.length, limits)
  switch (last.stopReason) {
    case 'tool_use':
      return callsOf(last).length > 0 ? { do: 'answer' } : end('done', finished)
    case 'pause_turn':
      return blocksOf(last).length > 0
        ? askWithin(spoken.length, limits)
        : end('cut', 'The model paused and said nothing.')
    case 'max_tokens':
      return afterMaxTokens(last, spoken)
    case 'refusal':
      return end('refused', 'The model declined to answer.')
    case 'model_context_window_exceeded':
      return end('cut', 'The conversation no longer fits into what the model can read at once.')
    default:
      return end('done', finished)
  }
}

/** The last call of an answer that ran out of tokens may be half of what was meant. */
export function cutOffCall(turns: Turn[]): string | undefined {
  const last = turns.at(-1)
  return last?.stopReason === 'max_tokens' ? callsOf(last).at(-1)?.id : undefined
}

function askWithin(spoken: number, limits: Pick<Limits, 'turns'>): Next {
  if (spoken < limits.turns) return { do: 'ask' }
  return end('turns', `The agent used all of its ${limits.turns} turns before it was finished.`)
}

function afterMaxTokens(last: Turn, spoken: Turn[]): Next {
  const cuts = spoken.filter(turn => turn.stopReason === 'max_tokens').length
  if (cuts > 1) return end('cut', 'The answer ran out of tokens twice.')
  if (callsOf(last).length > 0) return { do: 'answer' }
  if (textOf(last) !== '') return { do: 'nudge' }
  return end('cut', 'The answer ran out of tokens before it said anything.')
}

function end(kind: Ended['end'], because: string): Next {
  return { do: 'end', end: kind, because }
}
