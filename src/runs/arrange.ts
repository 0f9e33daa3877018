// Pure rules of one pull's runs: when a new one starts, which one it joins, and which one it puts an end to.
import type { Pull } from '../domain/event.ts'
import type { Run } from '../domain/run.ts'

export interface Timing {
  /** Quiet after a push before its review starts, and the most a burst of pushes can put it off; milliseconds. */
  quiet: number
  quietAtMost: number
}
export const defaultTiming: Timing = { quiet: 30_000, quietAtMost: 180_000 }

export type Arrangement =
  | { do: 'join'; run: Run; notBefore: string; because: string }
  | { do: 'start'; notBefore: string; because: string }
  | { do: 'supersede'; run: Run; notBefore: string; because: string }
  | { do: 'wait'; run: Run; notBefore: string; because: string }
  | { do: 'nothing'; run: Run; because: string }

/** How many runs in a row a push may put an end to; then it waits for the one that runs. */
const supersededInRowAtMost = 2

/** What a new request for this head does, given the pull's other runs. `pushed`: it comes from a push; `asked`: from a person. */
export function arrange(input: {
  head: string
  pushed: boolean
  asked: boolean
  active: Run[]
  past: Run[]
  now: Date
  timing: Timing
}): Arrangement {
  const { head, pushed, asked, active, past, now, timing } = input
  const queued = active.find(run => run.status === 'queued')
  if (queued) {
    const latest = Date.parse(queued.requestedAt) + timing.quietAtMost
    const notBefore = pushed ? Math.min(now.getTime() + timing.quiet, latest) : now.getTime()
    return {
      do: 'join',
      run: queued,
      notBefore: new Date(Math.max(notBefore, now.getTime())).toISOString(),
      because: `Joined run ${queued.id}, which was waiting to start.`,
    }
  }
  const start = new Date(now.getTime() + (pushed ? timing.quiet : 0)).toISOString()
  const running = active.find(run => run.status === 'running')
  if (running) return besideRunning(running, input, start)
  const reviewed = past.find(run => run.head === head && (run.end === 'done' || run.end === 'nothing to do'))
  if (reviewed && !asked)
    return {
      do: 'nothing',
      run: reviewed,
      because: `Commit ${head.slice(0, 7)} was already reviewed by run ${reviewed.id}; a person can ask for it again.`,
    }
  const because = pushed
    ? 'A push; the review starts when pushes have been quiet for a while.'
    : 'Nothing else is under way for this pull request.'
  return { do: 'start', notBefore: start, because }
}

function besideRunning(running: Run, input: Parameters<typeof arrange>[0], start: string): Arrangement {
  const { head, asked, now } = input
  if ((running.head ?? running.pull.head.sha) === head && !asked)
    return {
      do: 'nothing',
      run: running,
      because: `Run ${running.id} is already reviewing commit ${head.slice(0, 7)}.`,
    }
  const elapsed = now.getTime() - Date.parse(running.startedAt ?? now.toISOString())
  if (running.supersededInRow >= supersededInRowAtMost)
    return {
      do: 'wait',
      run: running,
      notBefore: start,
      because: `Waits for run ${running.id}: ${supersededInRowAtMost} runs in a row were superseded already, so this one may finish.`,
    }
  if (elapsed > running.estimate / 2)
    return {
      do: 'wait',
      run: running,
      notBefore: start,
      because: `Waits for run ${running.id}, which is past half of its estimated time.`,
    }
  return {
    do: 'supersede',
    run: running,
    notBefore: start,
    because: `Replaces run ${running.id}, which was reviewing an older commit.`,
  }
}

/** Milliseconds a review of this pull is expected to take, before its change has been read. */
export function estimateReview(pull: Pull): number {
  const lines = (pull.additions ?? 150) + (pull.deletions ?? 0)
  if (lines <= 10) return 60_000
  return lines <= 150 ? 150_000 : 300_000
}
