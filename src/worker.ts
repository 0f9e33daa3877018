// Takes a job, calls its story, has no opinions; stops a run within a second of being asked, from whichever process it was asked.
import { type DispatchPorts, dispatch } from './dispatch.ts'
import { asProblem, Problem } from './domain/problem.ts'
import type { DispatchOf } from './domain/store.ts'
import { review } from './review.ts'
import { watchMirrors } from './runs/installed/drop-mirrors.ts'
import type { ReviewPorts } from './runs/ports.ts'
import { answerInThread } from './runs/replies/answer-replies.ts'
import { isReply } from './runs/replies/reply-routine.ts'
import { firstFetch } from './runs/waiting/first-fetch.ts'
import { work } from './work.ts'

export interface WorkerOptions {
  runs: number
  runsPerRepository: number
  /** Milliseconds between looks for asked-for stops. */
  lookEvery?: number
}

/** Starts taking jobs. `stop` takes no more, waits up to `graceMs`, and hands the rest back. */
export async function startWorker(
  ports: DispatchPorts & ReviewPorts,
  options: WorkerOptions,
): Promise<{ stop(graceMs: number): Promise<void> }> {
  const running = new Map<string, AbortController>()
  const look = setInterval(() => void stopAsked(ports, running), options.lookEvery ?? 500)
  const mirrors = watchMirrors(ports, options.lookEvery)
  const jobs = await ports.store.work(
    {
      dispatch: data => dispatchAloud(ports, data),
      run: async (data, signal) => {
        const stop = new AbortController()
        running.set(data.runId, stop)
        try {
          const asked = await ports.store.runs.get(data.runId)
          const story = isReply(asked) ? answerInThread : asked?.kind === 'work' ? work : review
          await story(ports, data.runId, AbortSignal.any([signal, stop.signal]))
        } finally {
          running.delete(data.runId)
        }
      },
      fetch: (data, signal) => firstFetch(ports, data, signal),
    },
    { ...options, place: await ports.workspaces.place() },
  )
  return {
    async stop(graceMs) {
      await jobs.stop(graceMs)
      clearInterval(look)
      await mirrors.stop()
    },
  }
}

/** A delivery that could not be dispatched is tried again or buried; either way the log has why. */
async function dispatchAloud(ports: DispatchPorts, of: DispatchOf): Promise<void> {
  try {
    await dispatch(ports, of)
  } catch (thrown) {
    const { code, message, cause } = asProblem(thrown)
    ports.log(
      { ...of, code, cause: cause === undefined ? undefined : String(cause) },
      `What happened could not be dispatched: ${message}`,
    )
    throw thrown
  }
}

async function stopAsked(ports: ReviewPorts, running: Map<string, AbortController>): Promise<void> {
  if (running.size === 0) return
  try {
    for (const { id, stop } of await ports.store.runs.stops([...running.keys()]))
      running.get(id)?.abort(new Problem('stopped', stop.because))
  } catch (thrown) {
    ports.log({ problem: String(thrown) }, 'could not look for stops; looking again')
  }
}
