// Events that meet routines whose filters all hold, on a real store, at times that the test sets.
import { randomUUID } from 'node:crypto'
import type { Event, Occurrence, Pull } from '../../../src/domain/event.ts'
import type { Routine } from '../../../src/domain/routine.ts'
import type { Run, WorkRun } from '../../../src/domain/run.ts'
import type { Store } from '../../../src/domain/store.ts'
import { defaultTiming } from '../../../src/runs/requests/arrange.ts'
import { requestRuns } from '../../../src/runs/requests/request.ts'
import { repository, event as sample, pull as samplePull } from '../../routines/samples.ts'

export interface Ground {
  /** Milliseconds since 1970; the test moves it. */
  clock: { now: number }
  /** A repository of its own for every test. */
  repositoryId: number
  push(change?: Partial<NonNullable<Event['push']>>): Event
  issue(number: number, change?: Partial<Event>): Event
  pulled(change?: Partial<Event>, pull?: Partial<Pull>): Event
  /** What became of each routine, in the order given. */
  meet(event: Event, routines: Routine[], store?: Store): Promise<Occurrence[]>
  runOf(occurrence: Occurrence | undefined): Promise<Run>
  workOf(occurrence: Occurrence | undefined): Promise<WorkRun>
  /** Once its time has come. */
  start(run: Run): Promise<Run>
  end(run: Run): Promise<void>
  minutes(count: number): void
}

let repositories = 1000

export function openGround(store: Store, at = '2026-11-21T10:00:00.000Z'): Ground {
  const clock = { now: Date.parse(at) }
  const repositoryId = ++repositories
  const now = () => new Date(clock.now)
  const own = (change: Partial<Event>): Event =>
    sample({
      id: randomUUID(),
      at: now().toISOString(),
      repository: { ...repository, id: repositoryId },
      ...change,
    })
  const ground: Ground = {
    clock,
    repositoryId,
    push: change => {
      const { number: _, ...rest } = own({ kind: 'push', action: 'push' })
      const title = 'Change files'
      const push = {
        ref: 'refs/heads/main',
        branch: 'main',
        before: 'a'.repeat(40),
        after: 'b'.repeat(40),
        forced: false,
      }
      return { ...rest, push: { ...push, title, ...change } }
    },
    issue: (number, change) => {
      const author = { id: 10, login: 'ada', type: 'User' } as const
      const issue = {
        number,
        title: 'It broke',
        body: '',
        author,
        state: 'open' as const,
        labels: [],
        url: 'https://x',
      }
      return own({ kind: 'issues', number, issue, ...change })
    },
    pulled: (change, pull) => {
      const about = samplePull(pull)
      return own({ number: about.number, pull: about, ...change })
    },
    async meet(event, routines, other = store) {
      const meetings = routines.map(routine => {
        return { name: routine.name, verdict: 'answers' as const, routine, because: 'It happened.' }
      })
      const facts = { event, pull: event.pull, known: {} }
      const recorded = await other.transaction(rooms =>
        requestRuns(rooms, { now, newId: randomUUID, timing: defaultTiming }, facts, meetings),
      )
      return routines.map(({ name }) => recorded.find(one => one.routine === name)!)
    },
    async runOf(occurrence) {
      return (await store.runs.get(occurrence?.runId ?? ''))!
    },
    async workOf(occurrence) {
      return (await ground.runOf(occurrence)) as WorkRun
    },
    async start(run) {
      clock.now = Math.max(clock.now, Date.parse(run.notBefore))
      return (await store.runs.claim(run.id, now().toISOString()))!
    },
    async end(run) {
      const { attempt } = (await store.runs.get(run.id))!
      await store.runs.end(run.id, attempt, 'done', 'Done.', now().toISOString())
    },
    minutes(count) {
      clock.now += count * 60_000
    },
  }
  return ground
}
