// Pure rules of one pull's runs: when a new one starts, which one it joins, and which one it puts an end to.
import type { Pull } from '../../domain/event.ts'
import type { ReviewRun, RunEnd } from '../../domain/run.ts'

export interface Timing {
  /** Quiet after a push before its review starts, and the most a burst of pushes can put it off; milliseconds. */
  quiet: number
  quietAtMost: number
}
export const defaultTiming: Timing = { quiet: 30_000, quietAtMost: 180_000 }

export type Arrangement =
  | { do: 'join'; run: ReviewRun; notBefore: string; because: string }
  | { do: 'start'; notBefore: string; because: string }
  | { do: 'supersede'; run: ReviewRun; notBefore: string; because: string }
  | { do: 'wait'; run: ReviewRun; notBefore: string; because: string }

/** How many runs in a row a push may put an end to; then it waits for the one that runs. */
const supersededInRowAtMost = 2

/** What a new request for this head does, given the pull's other runs. `pushed`: it waits for quiet; `patient`: it puts an end to no other run. */
export function arrange(input: {
  head: string
  pushed: boolean
  patient?: boolean
  active: ReviewRun[]
  now: Date
  timing: Timing
}): Arrangement {
  const { pushed, active, now, timing } = input
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
  const because = pushed
    ? 'A push; the review starts when pushes have been quiet for a while.'
    : 'Nothing else is under way for this pull request.'
  return { do: 'start', notBefore: start, because }
}

function besideRunning(running: ReviewRun, input: Parameters<typeof arrange>[0], start: string): Arrangement {
  const { head, now } = input
  if (headOf(running) === head)
    return {
      do: 'wait',
      run: running,
      notBefore: start,
      because: `Waits for run ${running.id}, which reviews the same commit for other routines.`,
    }
  if (input.patient)
    return {
      do: 'wait',
      run: running,
      notBefore: start,
      because: `Waits for run ${running.id}, as \`concurrency\` says.`,
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

/** Ends after which a commit counts as reviewed: what they left out, a person asks for. */
export const reviewedEnds: (RunEnd | undefined)[] = ['done', 'nothing to do', 'partial', 'over budget']

/** The run that does, or did, for this routine on this head what is asked for now; a person's word makes a past one not count. */
export function alreadyTaken(input: {
  routine: string
  head: string
  asked: boolean
  active: ReviewRun[]
  past: ReviewRun[]
}): { run: ReviewRun; verdict: 'coalesced' | 'skipped'; because: string } | undefined {
  const { routine, head, asked, active, past } = input
  const same = (run: ReviewRun) => headOf(run) === head && run.routines.some(part => part.routine.name === routine)
  const commit = `commit ${head.slice(0, 7)}`
  const running = active.find(run => run.status === 'running' && same(run))
  if (running)
    return { run: running, verdict: 'coalesced', because: `Run ${running.id} is reviewing ${commit} already.` }
  const reviewed = asked ? undefined : past.find(run => reviewedEnds.includes(run.end) && same(run))
  if (!reviewed) return undefined
  const because = `Run ${reviewed.id} has reviewed ${commit} already; a person can ask for it again.`
  return { run: reviewed, verdict: 'skipped', because }
}

function headOf(run: ReviewRun): string {
  return run.head ?? run.pull.head.sha
}

/** Milliseconds a review of this pull is expected to take, before its change has been read. */
export function estimateReview(pull: Pull): number {
  const lines = (pull.additions ?? 150) + (pull.deletions ?? 0)
  if (lines <= 10) return 60_000
  return lines <= 150 ? 150_000 : 300_000
}
