// The clock: one node-cron task a minute takes the schedules that are due.
import { type Logger, schedule } from 'node-cron'
import { asProblem, Problem } from '../domain/problem.ts'
import type { DecideSchedule, Schedule, TakenSchedule } from '../domain/schedule.ts'
import type { Rooms } from '../domain/store.ts'

export interface ClockPorts {
  schedules: Pick<Rooms['schedules'], 'takeDue'>
  /** Where it leaves word that it goes, for other processes that are asked. */
  signs: Pick<Rooms['signs'], 'give'>
  decide: DecideSchedule
  /** Looks for schedules that no event has told of; called each minute, never twice at a time, and has a turn of its own. */
  look: () => Promise<void>
  now: () => Date
  log: (line: object, sentence: string) => void
  /** When it ticks; tests tick each second. */
  ticks?: string
}

export interface Clock {
  /** Problem `unavailable` when it has not gone lately. */
  alive(): void
  /** Ticks no more, and ends what it is at. */
  stop(): Promise<void>
}

/** Schedules in one transaction. */
const batch = 20
/** Milliseconds. */
const quietAtMost = 3 * 60_000

/** Ticks at once, for what was missed meanwhile, and then every minute. */
export function startClock(ports: ClockPorts): Clock {
  const { schedules, signs, decide, now, log } = ports
  let stopped = false
  let went = now().getTime()

  async function takeAll(): Promise<void> {
    for (let taken = batch; taken === batch && !stopped; went = now().getTime()) {
      const at = now().toISOString()
      const these = await schedules.takeDue(at, batch, decide)
      await signs.give('tick', at)
      for (const one of these) tell(log, one)
      taken = these.length
    }
  }

  const tick = oneAtATime(takeAll, thrown =>
    log({ cause: String(thrown) }, `The clock could not take what is due: ${asProblem(thrown).message}`),
  )
  const look = oneAtATime(ports.look, thrown =>
    log({ cause: String(thrown) }, `The look for schedules failed: ${asProblem(thrown).message}`),
  )
  const go = () => {
    tick.start()
    look.start()
  }
  go()
  // What it would say of a minute it missed is of no use: due times are in the database.
  const task = schedule(ports.ticks ?? '* * * * *', go, { suppressMissedWarning: true, logger: quietly(log) })

  return {
    alive() {
      if (now().getTime() - went > quietAtMost)
        throw new Problem('unavailable', 'The clock has not gone for three minutes, so no schedule starts anything.')
    },
    async stop() {
      // Until it is destroyed node-cron keeps it in its registry.
      if (!stopped) await task.destroy()
      stopped = true
      await Promise.all([tick.ended(), look.ended()])
    },
  }
}

/** Starts again only what has ended; never throws. */
function oneAtATime(work: () => Promise<void>, failed: (thrown: unknown) => void) {
  let going: Promise<void> | undefined
  return {
    start() {
      going ??= work()
        .catch(failed)
        .finally(() => {
          going = undefined
        })
    },
    ended: async () => going,
  }
}

function tell(log: ClockPorts['log'], { schedule, decision, eventId }: TakenSchedule): void {
  const { missed, step } = decision
  const about = aboutOf(schedule)
  if (missed) log(about, missed.because)
  if (step.do === 'start') log({ ...about, event: eventId, next: step.next }, step.due.because)
  if (step.do === 'put off') log({ ...about, until: step.until }, step.because)
}

function aboutOf({ id, repository, routine, due }: Schedule): object {
  return { schedule: id, repository: `${repository.owner}/${repository.name}`, routine, due }
}

function quietly(log: ClockPorts['log']): Logger {
  const error = (said: string | Error) => log({ cause: String(said) }, 'The clock had trouble.')
  return { info() {}, warn() {}, debug() {}, error }
}
