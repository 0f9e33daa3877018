// Story 1: an Event meets every routine; each meeting is recorded with its sentence, and those that answer share one run of the pull.

import type { Event, Occurrence, Pull } from './domain/event.ts'
import type { Host, RepositoryFile } from './domain/host.ts'
import type { Permission } from './domain/permission.ts'
import { asProblem } from './domain/problem.ts'
import type { Configuration, Match, Routine } from './domain/routine.ts'
import type { DispatchOf, Store } from './domain/store.ts'
import { admit, matchRoutine, needsPaths } from './routines/index.ts'
import { defaultTiming, type Timing } from './runs/arrange.ts'
import { answerCommand } from './runs/commands.ts'
import { readConfiguration } from './runs/configuration.ts'
import { copyConclusion } from './runs/merge-group.ts'
import { openChecks } from './runs/open-checks.ts'
import { requestRun } from './runs/request.ts'

export interface DispatchPorts {
  store: Store
  host: Host
  builtIn: RepositoryFile[]
  now: () => Date
  newId: () => string
  timing?: Timing
  log: (line: object, sentence: string) => void
}

/** A pull request's event with everything that decides about it. */
export interface Facts {
  event: Event
  pull: Pull
  configuration: Configuration
  permission: Permission | undefined
  paths: string[] | undefined
  admitted: Match
}

/** Handles one stored delivery, or event of our own. Safe to repeat: occurrences are unique, runs are requested once, checks are found again. */
export async function dispatch(ports: DispatchPorts, of: DispatchOf): Promise<void> {
  return of.eventId === undefined ? dispatchDelivery(ports, of.deliveryId) : dispatchEvent(ports, of.eventId)
}

async function dispatchEvent(ports: DispatchPorts, eventId: string): Promise<void> {
  const event = await ports.store.events.get(eventId)
  if (!event) return
  const because = await answer(ports, event)
  ports.log({ event: eventId, kind: event.kind, at: ports.now() }, because ?? 'dispatched')
}

async function dispatchDelivery(ports: DispatchPorts, deliveryId: string): Promise<void> {
  const { store, host, now } = ports
  const delivery = await store.deliveries.get(deliveryId)
  if (delivery?.status !== 'stored') return
  const event = host.readEvent({ id: delivery.id, name: delivery.name, payload: delivery.payload, at: delivery.at })
  const because = event ? await answer(ports, event) : `Nothing here answers ${delivery.name} deliveries of this kind.`
  await store.deliveries.mark(deliveryId, because ? 'ignored' : 'dispatched', because)
  ports.log({ delivery: deliveryId, event: delivery.name, at: now() }, because ?? 'dispatched')
}

/** The event's way through the house; the sentence that comes back says why nothing was to be done. */
async function answer(ports: DispatchPorts, given: Event): Promise<string | undefined> {
  if (given.own) return 'Caused by this app itself.'
  let event = await withNumber(ports, given)
  await ports.store.repositories.seen(event.repository, ports.now().toISOString())
  if (event.kind === 'merge_group') return copyConclusion(ports, event)
  if (event.kind === 'pull_request' && event.action === 'closed') return stopClosed(ports, event)
  if (event.number === undefined) return 'It is not about a pull request.'
  if (event.comment && !event.comment.command) return 'The comment gives no command.'
  const answered = await answerCommand(ports, event)
  if ('done' in answered) return answered.done
  event = answered.go
  const facts = await gather(ports, event, event.number!)
  if (facts.pull.state === 'closed') return 'The pull request is closed.'
  await meetRoutines(ports, facts)
  return undefined
}

/** GitHub leaves the pull out of checks on pulls from forks; our own record of the check knows it. */
async function withNumber({ store }: DispatchPorts, event: Event): Promise<Event> {
  if (event.number !== undefined || !event.check?.externalId) return event
  const [, occurrence] = /^occurrence:(.+)$/.exec(event.check.externalId) ?? []
  const about = occurrence ? await store.occurrences.get(occurrence) : await store.runs.get(event.check.externalId)
  const here = about && ('repository' in about ? about.repository.id : about.repositoryId) === event.repository.id
  return here && about.number !== undefined ? { ...event, number: about.number } : event
}

async function gather(ports: DispatchPorts, event: Event, number: number): Promise<Facts> {
  const { host, store } = ports
  const { repository } = event
  const pull = event.pull ?? (await host.pull(repository, number))
  const configuration = await readConfiguration(ports, repository)
  const asks = event.kind !== 'pull_request'
  const who = asks ? event.actor.login : pull.author.login
  const permission = asks || !repository.private ? await host.permission(repository, who) : undefined
  const dayStart = `${ports.now().toISOString().slice(0, 10)}T00:00:00.000Z`
  const pause = await store.pauses.holds(repository)
  const admitted = pause
    ? { matched: false, because: `Paused by ${pause.by} since ${pause.at} (${pause.label}).` }
    : admit(event, {
        pull,
        permission,
        installationSize: await host.installationSize(repository.installationId),
        settings: configuration.settings,
        paused: (await store.wishes.of(repository.id, number)).pause,
        automaticToday: await store.runs.countAutomatic(repository.id, number, dayStart),
        automaticEver: await store.runs.countAutomatic(repository.id, number, '1970-01-01T00:00:00.000Z'),
      })
  const paths = configuration.routines.some(needsPaths) ? await host.changedPaths(repository, number) : undefined
  return { event, pull, configuration, permission, paths, admitted }
}

/** One transaction: an occurrence for every routine and, for those that answer, their place in one run of this pull. */
async function meetRoutines(ports: DispatchPorts, facts: Facts): Promise<void> {
  const meetings = facts.configuration.routines.map(routine => ({ routine, ...meet(facts, routine) }))
  const answering = meetings.filter(meeting => meeting.matched)
  const occurrences = await ports.store.transaction(async rooms => {
    const recorded: Occurrence[] = []
    for (const meeting of meetings.filter(meeting => !meeting.matched))
      recorded.push(
        await rooms.occurrences.record(
          occurrenceOf(ports, facts, meeting.routine, meeting.refused ? 'refused' : 'skipped', meeting.because),
        ),
      )
    recorded.push(...(await requestRun(rooms, { ...ports, timing: ports.timing ?? defaultTiming }, facts, answering)))
    return recorded
  })
  for (const occurrence of occurrences)
    ports.log(
      {
        event: facts.event.id,
        occurrence: occurrence.id,
        routine: occurrence.routine,
        verdict: occurrence.verdict,
        run: occurrence.runId,
      },
      occurrence.because,
    )
  await openChecks(ports, facts, occurrences)
  if (answering.length > 0)
    await takeLabelOff(
      ports,
      facts,
      answering.map(meeting => meeting.routine),
    )
}

function meet(facts: Facts, routine: Routine): Match & { refused?: boolean } {
  const match = matchRoutine(routine, facts.event, {
    pull: facts.pull,
    paths: facts.paths,
    settings: facts.configuration.settings,
  })
  if (!match.matched || facts.admitted.matched) return match
  return { ...facts.admitted, refused: true }
}

export function occurrenceOf(
  ports: Pick<DispatchPorts, 'newId' | 'now'>,
  facts: Pick<Facts, 'event'>,
  routine: Routine,
  verdict: Occurrence['verdict'],
  because: string,
  runId?: string,
): Occurrence {
  const { event } = facts
  return {
    id: ports.newId(),
    eventId: event.id,
    repositoryId: event.repository.id,
    routine: routine.name,
    verdict,
    because,
    at: ports.now().toISOString(),
    ...(event.number === undefined ? {} : { number: event.number }),
    ...(runId ? { runId } : {}),
  }
}

async function takeLabelOff(ports: DispatchPorts, { event }: Facts, routines: Routine[]): Promise<void> {
  const keeps = (routine: Routine) =>
    !routine.can.includes('label') || (typeof routine.on.label === 'object' && routine.on.label.keep)
  if (event.kind !== 'label' || !event.label || event.number === undefined || routines.some(keeps)) return
  try {
    await ports.host.removeLabel(event.repository, event.number, event.label)
  } catch (thrown) {
    ports.log({ event: event.id, problem: asProblem(thrown).message }, 'the label could not be taken off')
  }
}

async function stopClosed(ports: DispatchPorts, event: Event): Promise<string> {
  const active = event.number === undefined ? [] : await ports.store.runs.active(event.repository.id, event.number)
  for (const run of active)
    await ports.store.runs.stop(
      run.id,
      { end: 'stopped', because: 'The pull request was closed.' },
      ports.now().toISOString(),
    )
  return active.length > 0 ? 'The pull request was closed; its runs were stopped.' : 'The pull request was closed.'
}
