// "@watchbill dismiss REASON" in reply to a finding, or with its id: what a person rules out does not come back.
import type { Event } from '../../domain/event.ts'
import type { Rooms } from '../../domain/store.ts'
import { scrubLine } from '../../publish/index.ts'
import { whichFinding } from '../findings/which-finding.ts'

/** The answer. Safe to repeat: what is dismissed already keeps its first reason. */
export async function dismiss(
  { store, now }: { store: Pick<Rooms, 'findings' | 'signals' | 'audit'>; now: () => Date },
  event: Event,
  rest: string,
): Promise<string> {
  const meant = await whichFinding(store, event, rest)
  if ('answer' in meant) return meant.answer
  const { finding, said: reason } = meant
  if (reason === '')
    return 'Say why, in one line: `@watchbill dismiss REASON` in reply to the finding, or `@watchbill dismiss ID REASON`. The reason is kept with the finding, so that the next person knows it.'
  if (finding.state === 'dismissed') return `It was dismissed already: ${scrubLine(finding.stateBecause)}`
  const because = `dismissed by ${event.actor.login}: ${reason}`
  await store.findings.mark(finding.rowId, 'dismissed', because)
  await store.signals.note({
    repositoryId: finding.repositoryId,
    number: finding.number,
    fingerprint: finding.fingerprint,
    source: `comment:${event.comment?.id ?? event.id}`,
    what: 'dismissed',
    who: event.actor.login,
    whoId: event.actor.id,
    counts: true,
    because: reason,
    at: now().toISOString(),
  })
  await store.audit.append({
    at: now().toISOString(),
    who: event.actor.login,
    what: 'finding dismissed',
    about: finding.rowId,
    detail: { reason },
  })
  return finding.security
    ? 'Dismissed. As a security finding it stays on the check, where everybody can see it, and never becomes a comment again.'
    : 'Dismissed. It does not come back on this pull request.'
}
