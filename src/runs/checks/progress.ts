// Live progress on the checks of a run: stage, agents back, estimate and cost so far; a bounded number of updates, and never a reason to fail.
import type { AgentReport, Plan } from '../../domain/plan.ts'
import { asProblem } from '../../domain/problem.ts'
import type { Run } from '../../domain/run.ts'
import { renderProgress } from '../../publish/index.ts'
import { settledUsd } from '../money/cost.ts'
import { estimate } from '../money/estimate.ts'
import type { ReviewPorts } from '../ports.ts'
import { checkedOf, checkName, moveCheck } from './checks.ts'

/** Milliseconds between two updates of a check, at first. */
export const atMostEvery = 15_000

/** Milliseconds after so many updates until the next: a run of six hours makes fewer than 60 of each check. */
export function pauseAfter(updates: number): number {
  return updates < 12 ? atMostEvery : updates < 24 ? 60_000 : 600_000
}

export interface Progress extends AsyncDisposable {
  stage(stage: string, plan?: Plan): void
  report(report: AgentReport): void
  say(sentence: string): void
  /** Resolves when no update is under way; none is started after it. */
  settled(): Promise<void>
}

export function reportProgress(ports: ReviewPorts, run: Run & { head: string }): Progress {
  const state = { stage: 'fetch', because: 'Fetching the commits.', done: 0, total: 0, estimate: '' }
  let later: NodeJS.Timeout | undefined
  let updates = 0
  let last = 0
  let ended = false
  let queue: Promise<void> = Promise.resolve()
  queue = ask()

  /** Counted when it is asked for: while GitHub is slow, no others line up behind it. */
  function ask(): Promise<void> {
    clearTimeout(later)
    later = undefined
    last = ports.now().getTime()
    updates++
    return queue.then(update)
  }

  async function update(): Promise<void> {
    const rendered = { ...state }
    try {
      const usd = await settledUsd(ports.store.ledger, run.id)
      for (const routine of checkedOf(run))
        await moveCheck(
          ports,
          { repository: run.repository, runId: run.id, routine: routine.name, head: run.head },
          renderProgress({
            checkName: checkName(routine.name),
            ...rendered,
            usd,
            notes: [],
            rehearsed: ports.rehearsed,
            task: run.kind === 'work',
          }),
          isOurs,
        )
    } catch (thrown) {
      ports.log({ run: run.id, problem: asProblem(thrown).message }, 'progress could not be shown')
    }
  }

  /** Of a worker that was thought dead nothing is shown any more: its successor may be done. */
  async function isOurs(): Promise<boolean> {
    const now = await ports.store.runs.get(run.id)
    return now?.status === 'running' && now.attempt === run.attempt
  }

  /** What comes too early is shown when its time has come, together with what came after it. */
  const soon = () => {
    if (ended) return
    const left = last + pauseAfter(updates) - ports.now().getTime()
    if (left <= 0) queue = ask()
    else
      later ??= setTimeout(() => {
        queue = ask()
      }, left).unref()
  }
  const settled = () => {
    ended = true
    clearTimeout(later)
    return queue
  }
  const estimateFor = async (plan: Plan) => {
    if (run.kind !== 'review' || plan.toolsOnly) return
    try {
      state.estimate = await estimate(ports.store, run, plan, ports.now())
    } catch (thrown) {
      ports.log({ run: run.id, problem: asProblem(thrown).message }, 'no estimate could be made')
    }
  }
  return {
    stage(stage, plan) {
      state.stage = stage
      if (plan) {
        Object.assign(state, { total: plan.assignments.length, because: plan.because })
        if (state.estimate === '') queue = queue.then(() => estimateFor(plan))
      }
      ports.log({ run: run.id, stage }, `stage ${stage}`)
      soon()
    },
    report(report) {
      state.done++
      ports.log(
        {
          run: run.id,
          agent: report.assignment,
          end: report.ended.end,
          findings: report.findings.length,
          usd: report.ended.usd,
        },
        report.ended.because,
      )
      soon()
    },
    say(sentence) {
      state.because = sentence
      soon()
    },
    settled,
    [Symbol.asyncDispose]: settled,
  }
}
