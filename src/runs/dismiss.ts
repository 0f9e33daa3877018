// "@watchbill dismiss REASON" in reply to a finding: what a person rules out does not come back.
import type { Event } from '../domain/event.ts'
import type { Rooms } from '../domain/store.ts'
import { scrubLine } from '../publish/index.ts'

/** The answer. Safe to repeat: what is dismissed already keeps its first reason. */
export async function dismiss(
  { store, now }: { store: Pick<Rooms, 'findings' | 'audit'>; now: () => Date },
  event: Event,
  reason: string,
): Promise<string> {
  const about = event.comment?.inReplyTo
  if (about === undefined)
    return '`dismiss` is said in reply to one of my inline comments: it tells me which finding is meant. One that stands in the review or on the check alone can be dismissed on the server.'
  const finding = await store.findings.ofComment(event.repository.id, event.number!, about)
  if (!finding)
    return 'The comment at the head of this thread is not one of my findings, so there is nothing to dismiss.'
  if (reason.trim() === '')
    return 'Say why, in one line: `@watchbill dismiss REASON`. The reason is kept with the finding, so that the next person knows it.'
  if (finding.state === 'dismissed') return `It was dismissed already: ${scrubLine(finding.stateBecause)}`
  const because = `dismissed by ${event.actor.login}: ${reason.trim()}`
  await store.findings.mark(finding.rowId, 'dismissed', because)
  await store.audit.append({
    at: now().toISOString(),
    who: event.actor.login,
    what: 'finding dismissed',
    about: finding.rowId,
    detail: { reason: reason.trim() },
  })
  return finding.security
    ? 'Dismissed. As a security finding it stays on the check, where everybody can see it, and never becomes a comment again.'
    : 'Dismissed. It does not come back on this pull request.'
}
