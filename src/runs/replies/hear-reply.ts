// What people say in the thread of a finding without a command: kept as what it is; a reply that says something of the code has the finding verified again.
import type { Event, Occurrence } from '../../domain/event.ts'
import type { Host } from '../../domain/host.ts'
import { mayAtLeast } from '../../domain/permission.ts'
import type { WorkRun } from '../../domain/run.ts'
import type { Signal } from '../../domain/signal.ts'
import type { Rooms, Store, StoredFinding } from '../../domain/store.ts'
import type { Timing } from '../requests/arrange.ts'
import { occurrenceOf } from '../requests/occurrence.ts'
import { replyKey, replyPlan, replyRoutine, timesAtMost } from './reply-routine.ts'
import { isSmallTalk } from './small-talk.ts'

export interface HearPorts {
  store: Store
  host: Pick<Host, 'permission'>
  now: () => Date
  newId: () => string
  timing: Timing
}

/** Characters of one reply that are kept. */
const textAtMost = 4_000

/** The sentence for the record where nothing was started. Safe to repeat: an event has one occurrence, and a reply one run. */
export async function hearReply(ports: HearPorts, event: Event): Promise<string | undefined> {
  const { store, now } = ports
  const { comment, repository, number, actor } = event
  const head = comment?.kind === 'review' ? comment.inReplyTo : undefined
  if (!comment || head === undefined || number === undefined) return 'The comment gives no command.'
  const finding = await store.findings.ofComment(repository.id, number, head)
  if (!finding) return 'The comment gives no command, and answers none of our findings.'
  const refused = await whyNot(ports, event, finding)
  const signal: Signal = {
    ...aboutOf(finding),
    source: `comment:${comment.id}`,
    what: 'reply',
    who: actor.login,
    whoId: actor.id,
    counts: refused === undefined,
    because: refused?.because ?? 'It is read as a claim, and the finding is verified again with it.',
    ...(refused === undefined && { text: comment.body.slice(0, textAtMost) }),
    commentId: comment.id,
    at: now().toISOString(),
  }
  const occurrence = await store.transaction(rooms => record(rooms, ports, { event, finding, signal, refused, head }))
  return occurrence.verdict === 'queued' || occurrence.verdict === 'coalesced' ? undefined : occurrence.because
}

/** A resolved thread is kept as a resolved thread; it dismisses nothing. */
export async function noteThread({ store, now }: Pick<HearPorts, 'store' | 'now'>, event: Event): Promise<string> {
  const { thread, repository, number, actor } = event
  const finding =
    thread && number !== undefined ? await store.findings.ofComment(repository.id, number, thread.comment) : undefined
  if (!finding) return 'The thread is not about one of our findings.'
  const resolved = event.action === 'resolved'
  const because = `${actor.login} ${resolved ? 'resolved the thread' : 'opened the thread again'}; that alone neither dismisses nor fixes the finding.`
  await store.signals.note({
    ...aboutOf(finding),
    source: `delivery:${event.id}`,
    what: resolved ? 'resolved' : 'unresolved',
    who: actor.login,
    whoId: actor.id,
    counts: false,
    because,
    at: now().toISOString(),
  })
  return because
}

type Refused = Pick<Occurrence, 'verdict' | 'because'>

/** Before anything is locked: who says it, what of, and whether anybody wants it checked. */
async function whyNot(ports: HearPorts, event: Event, finding: StoredFinding): Promise<Refused | undefined> {
  const { store, host } = ports
  const { actor, repository, comment, pull } = event
  if (actor.type !== 'User') return skipped(`${actor.login} is a bot; what bots reply starts no check of a finding.`)
  if (finding.state !== 'open') return skipped(`The finding is ${finding.state} already, so nothing is checked again.`)
  if (pull?.state === 'closed') return skipped('The pull request is closed.')
  if (isSmallTalk(comment?.body ?? ''))
    return skipped('The reply says nothing of the code, so nothing is checked again.')
  const least = repository.private ? 'read' : 'write'
  const permission = await host.permission(repository, actor.login)
  if (!mayAtLeast(permission, least))
    return {
      verdict: 'refused',
      because: `${actor.login} replied to a finding without ${least} permission on the repository; that starts no call of a model.`,
    }
  const { pause } = await store.wishes.of(repository.id, finding.number)
  if (pause) return skipped(`${pause.by} paused this pull request; \`@watchbill resume\` goes on.`)
  return undefined
}

const skipped = (because: string): Refused => ({ verdict: 'skipped', because })

interface Heard {
  event: Event
  finding: StoredFinding
  signal: Signal
  refused: Refused | undefined
  /** The comment at the head of the thread. */
  head: number
}

async function record(rooms: Rooms, ports: HearPorts, heard: Heard): Promise<Occurrence> {
  const { event, finding, signal, refused } = heard
  const key = replyKey(heard.head)
  // First, since it holds the thread: another dispatch of the same event has recorded its occurrence once this goes on.
  const active = await rooms.runs.activeWork(event.repository.id, replyRoutine.name, key)
  const known = (await rooms.occurrences.ofEvent(event.id)).find(one => one.routine === replyRoutine.name)
  if (known) return known
  const write = (about: Pick<Occurrence, 'verdict' | 'because'> & Partial<Occurrence>) =>
    rooms.occurrences.record(occurrenceOf(ports, event, { routine: replyRoutine.name, ...about }))
  const full = refused ?? (await whyFull(rooms, finding, active))
  await rooms.signals.note(full ? { ...signal, counts: false, because: full.because } : signal)
  if (full) return write(full)
  const waiting = active.find(run => run.status === 'queued' && !run.stop)
  return waiting ? join(rooms, ports, heard, waiting, write) : start(rooms, ports, heard, active, write)
}

/** Those under way count as answers that the thread has already. */
async function whyFull(rooms: Rooms, finding: StoredFinding, active: WorkRun[]): Promise<Refused | undefined> {
  const all = await rooms.signals.of(finding.repositoryId, finding.number, finding.fingerprint)
  const answered = new Set(all.flatMap(one => (one.what === 'reply' && one.runId ? [one.runId] : [])))
  for (const run of active) if (run.status === 'running') answered.add(run.id)
  if (answered.size < timesAtMost) return undefined
  return {
    verdict: 'refused',
    because: `The finding was verified again ${timesAtMost} times after replies, which is the most; people decide now: \`@watchbill dismiss REASON\`.`,
  }
}

type Write = (about: Pick<Occurrence, 'verdict' | 'because'> & Partial<Occurrence>) => Promise<Occurrence>

/** Several replies in a row are one question. */
async function join(rooms: Rooms, ports: HearPorts, { event }: Heard, run: WorkRun, write: Write): Promise<Occurrence> {
  const { quiet, quietAtMost } = ports.timing
  const now = ports.now().getTime()
  const latest = Math.max(Date.parse(run.requestedAt) + quietAtMost, now)
  await rooms.runs.postpone(run.id, {
    notBefore: new Date(Math.min(now + quiet, latest)).toISOString(),
    routines: run.routines,
    asked: run.asked,
    ...(event.pull && { pull: event.pull }),
  })
  const because = `${event.actor.login} replied to a finding; it is read together with the reply that run ${run.id} is waiting to answer.`
  return write({ verdict: 'coalesced', because, runId: run.id })
}

async function start(
  rooms: Rooms,
  ports: HearPorts,
  { event, finding, head }: Heard,
  active: WorkRun[],
  write: Write,
): Promise<Occurrence> {
  const runId = ports.newId()
  const now = ports.now()
  const occurrence = await write({
    verdict: 'queued',
    because: `${event.actor.login} replied to a finding; it is verified again with what they say.`,
    runId,
  })
  const requested = Math.max(now.getTime(), ...active.map(run => Date.parse(run.requestedAt) + 1))
  await rooms.runs.request({
    id: runId,
    kind: 'work',
    repository: event.repository,
    number: finding.number,
    ...(event.pull && { pull: event.pull }),
    // What they say is kept with the finding, and forgotten with its code.
    event: { ...event, ...(event.comment && { comment: { ...event.comment, body: '' } }) },
    key: replyKey(head),
    routines: [{ routine: replyRoutine, occurrenceId: occurrence.id }],
    asked: true,
    eventId: event.id,
    requestedAt: new Date(requested).toISOString(),
    notBefore: new Date(now.getTime() + ports.timing.quiet).toISOString(),
    estimate: 60_000,
    supersededInRow: 0,
    expireInSeconds: (replyPlan.milliseconds / 1000) * 1.5 + 120,
  })
  return occurrence
}

function aboutOf({ repositoryId, number, fingerprint }: StoredFinding) {
  return { repositoryId, number, fingerprint }
}
