// Story 3: find the commit → read the task → open workspaces → send the agents → judge → tell new from known → report.

import { reportProgress } from './runs/checks/progress.ts'
import { endWithProblem, settleEnded } from './runs/ending/end.ts'
import { endWork } from './runs/ending/end-work.ts'
import { sayJudged } from './runs/findings/say-judged.ts'
import { compareWithEarlier, earlierOf } from './runs/findings/since.ts'
import { rememberInStore } from './runs/journal.ts'
import { sendCrew } from './runs/look/crew.ts'
import { hideIn } from './runs/look/hide.ts'
import { meterOf } from './runs/money/money.ts'
import type { ReviewPorts } from './runs/ports.ts'
import { openBeside } from './runs/reading/beside.ts'
import { openWorkCommit } from './runs/reading/open-commit.ts'
import { readTask } from './runs/reading/task.ts'
import { commitOf } from './runs/reading/work-commit.ts'
import { hasToWait } from './runs/waiting/turn.ts'

/** Does one routine's task to an end that is recorded, said on its check, and accounted for. It changes nothing on GitHub but that check. A crash resumes from what is stored. */
export async function work(ports: ReviewPorts, runId: string, signal: AbortSignal): Promise<void> {
  const { store, host, now } = ports
  if (await hasToWait(ports, runId)) return
  const run = await store.runs.claim(runId, now().toISOString())
  const routine = run?.routines[0]?.routine
  if (run?.kind !== 'work' || !routine) return settleEnded(ports, runId)
  const memory = rememberInStore(store.steps, run, now)
  try {
    const commit = await memory.once('commit', () => commitOf(host, run))
    await store.runs.head(run.id, run.attempt, commit.head)
    const here = { ...run, head: commit.head }
    await using progress = reportProgress(ports, here)
    const task = await memory.once('read', () => readTask(ports, run, routine))

    const how = { progress: progress.say, signal }
    await using checkout = await openWorkCommit(ports, run, commit, how)
    await using beside = await openBeside(ports, run, task.beside, how)
    const earlier = await earlierOf(store.findings, run, routine)
    const crew = await sendCrew(ports, {
      run,
      routine,
      task,
      checkout,
      beside: beside.checkouts,
      earlier,
      memory,
      progress,
      model: plan => ports.model(meterOf(ports, run, task, plan)),
      signal,
    })
    await store.findings.save(here, run.attempt, crew.judged, now().toISOString())
    sayJudged(ports.log, run, crew.judged)

    progress.stage('publish')
    const since = await memory.once('since', () =>
      compareWithEarlier(ports, here, { ...crew, earlier, checkout: hideIn(checkout, ports.hide) }),
    )
    await progress.settled()
    await endWork(ports, here, routine, { commit, task, work: crew, since })
  } catch (thrown) {
    await endWithProblem(ports, run, thrown, signal)
  }
}
