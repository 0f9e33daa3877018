// What should have started by now and has not: deliveries that nobody dispatched, runs that nobody took, times of the clock that passed; and what was given up.
import type { Run } from '../../domain/run.ts'
import type { Store } from '../../domain/store.ts'

export interface Overdue {
  /** Of one kind, the same thing has the same id. */
  kind: 'delivery' | 'event' | 'run' | 'schedule' | 'given up'
  id: string
  /** When it should have started, or was given up. ISO 8601. */
  since: string
  because: string
}

/** Minutes that each may be late before anybody is told. */
const grace = { delivery: 2, event: 2, run: 5, line: 360, schedule: 5 }
/** Minutes that what was given up is told of. */
const givenUpFor = 24 * 60
/** Of each kind; more are not counted. */
const most = 100

/** Oldest first, kind by kind. */
export async function overdue(store: Store, now: Date): Promise<Overdue[]> {
  const before = (minutes: number) => new Date(now.getTime() - minutes * 60_000).toISOString()
  const deliveries = await store.deliveries.undispatched(before(grace.delivery), most)
  const events = await store.events.undispatched(before(grace.event), most)
  const runs = await store.runs.unclaimed(before(grace.run), most)
  const inLine = await store.runs.inLine(before(grace.line), most)
  const schedules = await store.schedules.untaken(before(grace.schedule), most)
  const lost = [
    ...(await store.deliveries.givenUp(before(givenUpFor), most)).map(one => ({ ...one, what: 'Delivery' })),
    ...(await store.events.givenUp(before(givenUpFor), most)).map(one => ({ ...one, what: 'Event' })),
  ]
  return [
    ...deliveries.map(({ id, name, at }) =>
      late('delivery', id, at, now, `Delivery ${id} (${name}) came`, 'no worker has dispatched it'),
    ),
    ...events.map(({ id, kind, at }) =>
      late('event', id, at, now, `Event ${id} (${kind}) came`, 'no worker has dispatched it'),
    ),
    ...runs.map(run =>
      late('run', run.id, run.notBefore, now, `${nameOf(run)} was to start`, 'no worker has taken it'),
    ),
    ...inLine.map((run): Overdue => {
      const hours = Math.floor(grace.line / 60)
      const because = `${nameOf(run)} was asked for at ${run.requestedAt} and has waited more than ${hours} hours for another run, or for the first fetch of its repository; see what goes on before it.`
      return { kind: 'run', id: run.id, since: run.requestedAt, because }
    }),
    ...schedules.map(({ id, routine, repository, notBefore = '' }) =>
      late(
        'schedule',
        id,
        notBefore,
        now,
        `The clock was to start ${routine} in ${repository.owner}/${repository.name}`,
        'no process has taken that time',
      ),
    ),
    ...lost.map(({ what, id, name, at: since, because }): Overdue => {
      return { kind: 'given up', id, since, because: `${what} ${id} (${name}) was given up: ${because}` }
    }),
  ]
}

export interface WatchPorts {
  store: Store
  now: () => Date
  log: (line: object, sentence: string) => void
}

/** Milliseconds between two looks. */
const lookEvery = 60_000
/** Lines a look writes one by one; the rest is one line. */
const linesAtMost = 10

/** Looks once a minute and says each thing once, as a warning; what was given up was said then. `stop` ends it. */
export function watchOverdue(ports: WatchPorts, every = lookEvery): { look(): Promise<void>; stop(): void } {
  let said = new Set<string>()
  const look = async () => {
    try {
      const all = (await overdue(ports.store, ports.now())).filter(one => one.kind !== 'given up')
      const keys = new Set(all.map(keyOf))
      const fresh = all.filter(one => !said.has(keyOf(one)))
      for (const { kind, id, since, because } of fresh.slice(0, linesAtMost))
        ports.log({ warning: 'overdue', [kind]: id, since }, because)
      if (fresh.length > linesAtMost)
        ports.log({ warning: 'overdue', more: fresh.length - linesAtMost }, 'More is late for the same reasons.')
      said = keys
    } catch (thrown) {
      ports.log({ problem: String(thrown) }, 'could not look for what is late; looking again')
    }
  }
  const timer = setInterval(() => void look(), every)
  timer.unref()
  return { look, stop: () => clearInterval(timer) }
}

const keyOf = ({ kind, id }: Overdue) => `${kind} ${id}`

function late(kind: Overdue['kind'], id: string, since: string, now: Date, was: string, instead: string): Overdue {
  const minutes = Math.floor((now.getTime() - Date.parse(since)) / 60_000)
  return {
    kind,
    id,
    since,
    because: `${was} ${minutes} minutes ago, and ${instead}; see that a server runs, and that its workers have places free.`,
  }
}

function nameOf({ id, routines }: Run): string {
  return `Run ${id} of ${routines.map(part => part.routine.name).join(', ')}`
}
