// The answer in the thread of a finding: what became of it, why, and the lines that decided it.
import type { Replied } from '../../judge/index.ts'
import { code, scrubLine } from '../../publish/index.ts'
import { timesAtMost } from './reply-routine.ts'

const quoted = 4

/** `time`: which of the thread's answers this is, from 1. */
export function sayReply(
  { became, because, cited }: Replied,
  about: { head: string; time: number; security: boolean },
): string {
  const why = scrubLine(because, 1_500)
  const lines = cited
    .slice(0, quoted)
    .map(({ path, line, text }) => `- ${code(line === undefined ? path : `${path}:${line}`)}: ${code(text, 200)}`)
  const last = about.time >= timesAtMost && (became === 'kept' || became === 'not settled')
  return [
    `${leads[became](about.head.slice(0, 7))} ${why}`,
    ...(lines.length > 0 ? [lines.join('\n')] : []),
    ...(became === 'withdrawn' ? [afterwards(about.security)] : []),
    ...(last
      ? [
          `This was the last of ${timesAtMost} times that I look at this thread by myself; \`@watchbill dismiss REASON\` decides.`,
        ]
      : []),
  ].join('\n\n')
}

const leads: Record<Replied['became'], (at: string) => string> = {
  withdrawn: at => `**Withdrawn** at ${code(at)}.`,
  fixed: at => `**Fixed** by ${code(at)}.`,
  kept: at => `**Kept**: it still holds at ${code(at)}.`,
  'not settled': at => `**Not settled** at ${code(at)}; the finding stays as it is.`,
}

function afterwards(security: boolean): string {
  return security
    ? 'As a security finding it stays on the check, and does not become a comment again.'
    : 'It does not come back on this pull request.'
}
