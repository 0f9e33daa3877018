// Who asked by a comment and gets no run is told why, where they asked.
import type { Event, Occurrence } from '../../domain/event.ts'
import type { Host } from '../../domain/host.ts'
import { asProblem } from '../../domain/problem.ts'
import { scrubLine } from '../../publish/index.ts'
import { numberOf } from '../requests/subject.ts'

export interface SayPorts {
  host: Pick<Host, 'comment'>
  log: (line: object, sentence: string) => void
}

/** Safe to repeat. */
export async function sayRefused({ host, log }: SayPorts, event: Event, occurrences: Occurrence[]): Promise<void> {
  const { comment, repository, issue } = event
  const number = numberOf(event)
  const none = occurrences.every(({ verdict }) => verdict === 'refused' || verdict === 'skipped')
  if (!comment || number === undefined || !none || occurrences.length === 0) return
  const lines = occurrences.map(({ routine, because }) => `- \`${routine}\`: ${scrubLine(because, 600)}`)
  const body = ['Nothing was started.', '', ...lines].join('\n')
  const thread = comment.kind === 'review' ? (comment.inReplyTo ?? comment.id) : undefined
  try {
    await host.comment(repository, number, `refused-${comment.id}`, body, thread, issue ? 'issue' : 'pull')
  } catch (thrown) {
    const { code, message } = asProblem(thrown)
    // On issues the App writes only where it was allowed to; `explain` has the sentences all the same.
    if (code !== 'forbidden') throw thrown
    log({ event: event.id, problem: message }, 'who asked could not be told why nothing was started')
  }
}
