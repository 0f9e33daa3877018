// Live progress on the checks of a run: stage, agents back, cost so far; at most one update in a while, and never a reason to fail.
import type { AgentReport, Plan } from '../../domain/plan.ts'
import { asProblem } from '../../domain/problem.ts'
import type { Run } from '../../domain/run.ts'
import { renderProgress } from '../../publish/index.ts'
import { settledUsd } from '../money/cost.ts'
import type { ReviewPorts } from '../ports.ts'
import { checkedOf, checkName, setCheck } from './checks.ts'

/** Milliseconds between two updates of a check. */
export const atMostEvery = 15_000

export interface Progress extends AsyncDisposable {
  stage(stage: string, plan?: Plan): void
  report(report: AgentReport): void
  say(sentence: string): void
  /** Resolves when no update is under way; none is started after it. */
  settled(): Promise<void>
}

export function reportProgress(ports: ReviewPorts, run: Run & { head: string }): Progress {
  const state = { stage: 'fetch', because: 'Fetching the commits.', done: 0, total: 0 }
  let last = 0
  let ended = false
  let queue = update()

  function update(): Promise<void> {
    last = ports.now().getTime()
    const rendered = { ...state }
    return (async () => {
      try {
        const usd = await settledUsd(ports.store.ledger, run.id)
        for (const routine of checkedOf(run))
          await setCheck(
            { host: ports.host, effects: ports.store.effects, now: ports.now },
            { repository: run.repository, runId: run.id, routine: routine.name, head: run.head },
            renderProgress({
              checkName: checkName(routine.name),
              ...rendered,
              usd,
              notes: [],
              rehearsed: ports.rehearsed,
              task: run.kind === 'work',
            }),
          )
      } catch (thrown) {
        ports.log({ run: run.id, problem: asProblem(thrown).message }, 'progress could not be shown')
      }
    })()
  }
  const soon = () => {
    if (!ended && ports.now().getTime() - last >= atMostEvery) queue = queue.then(update)
  }
  const settled = () => {
    ended = true
    return queue
  }
  return {
    stage(stage, plan) {
      state.stage = stage
      if (plan) Object.assign(state, { total: plan.assignments.length, because: plan.because })
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
