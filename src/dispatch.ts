// Story 1: an Event meets every routine that could answer it; each meeting is recorded with its sentence, and those that answer get a run.
import type { Event, Occurrence } from './domain/event.ts'
import type { Host, RepositoryFile } from './domain/host.ts'
import type { Delivery, DispatchOf, Rooms, Store } from './domain/store.ts'
import { openChecks } from './runs/checks/open-checks.ts'
import { answerCommand, refusePress, sayStarted } from './runs/commands/commands.ts'
import { promiseAnswers } from './runs/commands/finished.ts'
import { notePusher } from './runs/commands/release.ts'
import { sayRefused } from './runs/commands/say-refused.ts'
import {
  checkConfiguration,
  isConfigurationRerun,
  recheckConfiguration,
} from './runs/configuration/configuration-check.ts'
import { lookSooner } from './runs/configuration/schedules.ts'
import { keepOutcomes } from './runs/findings/outcomes.ts'
import { hearNews } from './runs/installed/hear-news.ts'
import { refuseAway } from './runs/installed/refuse-away.ts'
import { hearReply, noteThread } from './runs/replies/hear-reply.ts'
import { defaultTiming, type Timing } from './runs/requests/arrange.ts'
import { stopClosed } from './runs/requests/closed.ts'
import { gather } from './runs/requests/facts.ts'
import { takeLabelOff } from './runs/requests/labels.ts'
import { meetAll } from './runs/requests/meet.ts'
import { copyConclusion } from './runs/requests/merge-group.ts'
import { withNumber } from './runs/requests/pressed.ts'
import { requestRuns } from './runs/requests/request.ts'

export interface DispatchPorts {
  store: Store
  host: Host
  builtIn: RepositoryFile[]
  now: () => Date
  newId: () => string
  timing?: Timing
  /** Least minutes between two starts by a schedule; 5 unless set. */
  leastInterval?: number
  log: (line: object, sentence: string) => void
}

/** Milliseconds until the job of an event looks that is dispatched at once: longer than that takes. */
const jobAfter = 60_000

/** Handles one stored delivery, or event of our own. Safe to repeat: occurrences are unique, runs are requested once, checks are found again. */
export async function dispatch(ports: DispatchPorts, of: DispatchOf): Promise<void> {
  return of.eventId === undefined ? dispatchDelivery(ports, of.deliveryId) : dispatchEvent(ports, of.eventId)
}

/**
 * Stores an event of our own and dispatches it at once; should this process die meanwhile, the stored one is dispatched later.
 * The same id again gives the occurrences of the first, whatever it says now.
 */
export async function dispatchNow(ports: DispatchPorts, event: Event): Promise<Occurrence[]> {
  const { store } = ports
  await store.events.accept(event, new Date(ports.now().getTime() + jobAfter).toISOString())
  const known = await store.occurrences.ofEvent(event.id)
  if (known.length > 0) return known
  await dispatchEvent(ports, event.id)
  return store.occurrences.ofEvent(event.id)
}

async function dispatchEvent(ports: DispatchPorts, eventId: string): Promise<void> {
  const { events } = ports.store
  const event = await events.get(eventId)
  if (!event || (await events.isDone(eventId))) return
  const because = await answer(ports, event)
  await events.done(eventId, ports.now().toISOString())
  ports.log({ event: eventId, kind: event.kind, at: ports.now() }, because ?? 'dispatched')
}

async function dispatchDelivery(ports: DispatchPorts, deliveryId: string): Promise<void> {
  const { store, host, now } = ports
  const delivery = await store.deliveries.get(deliveryId)
  if (delivery?.status !== 'stored') return
  await host.learnName(delivery.name)
  const event = host.readEvent({ id: delivery.id, name: delivery.name, payload: delivery.payload, at: delivery.at })
  const because = event
    ? await answer(ports, event)
    : ((await hearOf(ports, delivery)) ?? `Nothing here answers ${delivery.name} deliveries of this kind.`)
  await store.deliveries.mark(deliveryId, because ? 'ignored' : 'dispatched', because)
  ports.log({ delivery: deliveryId, event: delivery.name, at: now() }, because ?? 'dispatched')
}

/** Of a delivery that is no event: what it tells of where the App may be. */
async function hearOf(ports: DispatchPorts, { name, payload }: Delivery): Promise<string | undefined> {
  const looked = await lookSooner(ports, name)
  const news = ports.host.readNews({ name, payload })
  return news ? `${await hearNews(ports, news)} ${looked ?? ''}`.trim() : looked
}

/** The event's way through the house; the sentence that comes back says why nothing was to be done. */
async function answer(ports: DispatchPorts, given: Event): Promise<string | undefined> {
  const { store } = ports
  if (given.own) return 'Caused by this app itself.'
  const away = await refuseAway(ports, given)
  if (away !== undefined) return away
  await store.repositories.seen(given.repository, given.at)
  await notePusher(ports, given)
  const timing = ports.timing ?? defaultTiming
  if (given.kind === 'thread') return noteThread(ports, given)
  if (given.comment && !given.comment.command) return hearReply({ ...ports, timing }, given)
  if (isConfigurationRerun(given)) return (await refusePress(ports, given)) ?? recheckConfiguration(ports, given)
  const numbered = await withNumber(ports, given)
  const duty = await doDuty(ports, numbered)
  const command = await answerCommand(ports, numbered)
  if ('done' in command) return command.done

  const event = command.go
  const facts = await gather(ports, event)
  const meetings = meetAll(facts)
  const request = async (rooms: Rooms) => {
    const met = await requestRuns(rooms, { ...ports, timing }, facts, meetings)
    await promiseAnswers(rooms, event, met, ports.now())
    return met
  }
  const answered = meetings.some(meeting => meeting.verdict === 'answers')
  const occurrences = await (answered ? store.transaction(request) : request(store))
  for (const { id, routine, verdict, runId, because } of occurrences)
    ports.log({ event: event.id, occurrence: id, routine, verdict, run: runId }, because)
  await openChecks(ports, { ...facts, meetings }, occurrences)
  await takeLabelOff(ports, facts, occurrences)
  await sayRefused(ports, event, occurrences)
  await sayStarted(ports, event, occurrences)
  await checkConfiguration(ports, { ...facts, paths: facts.known.paths })
  if (occurrences.some(one => one.verdict !== 'skipped')) return undefined
  return duty ?? (occurrences.length > 0 ? undefined : `No routine here answers ${event.kind} events.`)
}

/** What an event calls for whatever routines there are; the sentence says what was done. */
async function doDuty(ports: DispatchPorts, event: Event): Promise<string | undefined> {
  if (event.kind === 'merge_group') return copyConclusion(ports, event)
  if (event.kind === 'pull_request' && event.action === 'closed') {
    const because = await stopClosed(ports, event)
    await keepOutcomes(ports, event)
    return because
  }
  return undefined
}
