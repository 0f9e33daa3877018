// "@watchbill dismiss REASON" in reply to a finding, or with its id: what a person rules out does not come back.
import type { Event } from '../../domain/event.ts'
import type { Rooms, StoredFinding } from '../../domain/store.ts'
import { shutsSomeGate, stillInGate } from '../../judge/index.ts'
import { scrubLine } from '../../publish/index.ts'
import { canRedraw, type DrawPorts, redrawChecks } from '../findings/decided.ts'
import { whichFinding } from '../findings/which-finding.ts'
import { type ReleasePorts, whyNoRelease } from './release.ts'

export interface DismissPorts extends ReleasePorts {
  store: Rooms
  host: ReleasePorts['host'] & DrawPorts['host']
  now: () => Date
}

/** The answer. Safe to repeat: what is dismissed already keeps its first reason, unless somebody who may opens the gate too. */
export async function dismiss(ports: DismissPorts, event: Event, rest: string): Promise<string> {
  const { store, now } = ports
  const meant = await whichFinding(store, event, rest)
  if ('answer' in meant) return meant.answer
  const { finding, said: reason } = meant
  if (reason === '')
    return 'Say why, in one line: `@watchbill dismiss REASON` in reply to the finding, or `@watchbill dismiss ID REASON`. The reason is kept with the finding, so that the next person knows it.'
  const inGate = stillInGate(finding) !== undefined
  const against = inGate ? await whyNoRelease(ports, event) : undefined
  const opens = inGate && against === undefined
  if (finding.state === 'dismissed' && !opens)
    return `It was dismissed already: ${scrubLine(finding.stateBecause)}${await gateLine(ports, finding, against)}`
  const because = `dismissed by ${event.actor.login}: ${reason}`
  const at = now().toISOString()
  await store.findings.mark(finding.rowId, 'dismissed', because, { at, ...(opens && { outOfGate: true }) })
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
    at,
  })
  await store.audit.append({
    at,
    who: event.actor.login,
    what: 'finding dismissed',
    about: finding.rowId,
    detail: { reason, ...(inGate && { outOfGate: opens }) },
  })
  await redrawChecks(ports, event)
  const dismissed = finding.security
    ? 'Dismissed. As a security finding it stays on the check, where everybody can see it, and never becomes a comment again.'
    : 'Dismissed. It does not come back on this pull request.'
  return `${dismissed}${await gateLine(ports, finding, against)}`
}

/** What that means for the gates that the finding shuts; nothing where it shuts none. */
export async function gateLine(
  { store }: { store: Pick<Rooms, 'runs' | 'steps'> },
  finding: StoredFinding,
  against: string | undefined,
): Promise<string> {
  const run = await store.runs.get(finding.runId)
  const routines = (run?.routines ?? []).map(part => part.routine).filter(one => shutsSomeGate(finding, [one]))
  if (routines.length === 0) return ''
  const names = routines.map(one => `\`${one.name}\``).join(', ')
  if (against === undefined)
    return (await canRedraw({ store }, { repository: run!.repository, number: finding.number }))
      ? ` It is out of the gate of ${names}; the check says so.`
      : ` It is out of the gate of ${names}. The check says so once a review of this pull request ends: nothing is kept any more that it could be drawn from now. \`@watchbill review\` starts one.`
  return ` It stays in the gate of ${names} until it is fixed, or dismissed by somebody with maintain permission who neither opened this pull request nor pushed to it: ${against}`
}
