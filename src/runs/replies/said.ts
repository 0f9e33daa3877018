// What people said of a finding, in lines: who, what, whether it counts, and what was answered; never the words themselves.
import type { Signal } from '../../domain/signal.ts'
import { scrubLine } from '../../publish/index.ts'

const told = 12

/** The latest ones, the oldest of them first. */
export function saidOf(signals: Signal[]): string[] {
  const lines = signals.slice(-told).map(({ what, who, counts, because, answer, runId, at }) => {
    const answered = answer === undefined ? '' : ` Answered by run \`${runId}\`: ${answer}.`
    const weight = what === 'up' || what === 'down' ? ` (${counts ? 'counts' : 'does not count'})` : ''
    return `  - ${at.slice(0, 16).replace('T', ' ')} ${scrubLine(who, 80)} ${words[what]}${weight}: ${scrubLine(because, 300)}${answered}`
  })
  return lines.length === 0 ? [] : ['- Said of it:', ...lines]
}

const words: Record<Signal['what'], string> = {
  reply: 'replied',
  dismissed: 'dismissed it',
  resolved: 'resolved the thread',
  unresolved: 'opened the thread again',
  up: '👍',
  down: '👎',
}
