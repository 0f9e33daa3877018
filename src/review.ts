// Story 2, the file to read first: read the pull → open a workspace → look it over → plan the change → publish → note.
import { inspect } from './inspect.ts'
import { planPublication } from './publish/index.ts'
import { reportProgress } from './runs/checks/progress.ts'
import { endRun, endWithProblem, settleEnded } from './runs/ending/end.ts'
import { refuseParts } from './runs/ending/refuse-part.ts'
import { keepFromPublic } from './runs/findings/code-scanning.ts'
import { postable, postReview } from './runs/findings/post.ts'
import { keepPoint } from './runs/findings/reached.ts'
import { sayJudged } from './runs/findings/say-judged.ts'
import { readVotes } from './runs/findings/votes.ts'
import { rememberInStore } from './runs/journal.ts'
import { accountOf } from './runs/money/cost.ts'
import { meterOf } from './runs/money/money.ts'
import type { ReviewPorts } from './runs/ports.ts'
import { openBeside } from './runs/reading/beside.ts'
import { readPull } from './runs/reading/read.ts'
import { readRulesFor } from './runs/reading/rules.ts'
import { hasToWait } from './runs/waiting/turn.ts'

/** Runs one review to an end that is recorded, said on the checks, and accounted for. `signal` stops it; a crash resumes from what is stored. */
export async function review(ports: ReviewPorts, runId: string, signal: AbortSignal): Promise<void> {
  const { store, host, workspaces, now } = ports
  if (await hasToWait(ports, runId)) return
  const claimed = await store.runs.claim(runId, now().toISOString())
  if (claimed?.kind !== 'review') return settleEnded(ports, runId)
  const memory = rememberInStore(store.steps, claimed, now)
  let run = claimed
  try {
    const read = await memory.once('read', () => readPull(ports, claimed))
    await store.runs.head(run.id, run.attempt, read.pull.head.sha)
    run = await refuseParts(ports, claimed, read)
    await using progress = reportProgress(ports, { ...run, head: read.pull.head.sha })

    await using checkout = await workspaces.openPull({
      repository: run.repository,
      cloneUrl: host.cloneUrl(run.repository),
      number: run.number,
      base: read.pull.base.sha,
      head: read.pull.head.sha,
      token: () => host.gitTokenOf(run.id, [run.repository]),
      progress: progress.say,
      signal,
    })
    const rules = await memory.once('rules', () => readRulesFor(ports, run, read, checkout))
    await using beside = await openBeside(ports, run, read.beside, { progress: progress.say, signal })
    const looked = await inspect(
      {
        ...ports,
        memory,
        signal,
        onStage: progress.stage,
        onReport: progress.report,
        model: plan => ports.model(meterOf(ports, run, read, plan)),
      },
      {
        checkout,
        ...read,
        ...rules,
        stated: () => host.stated(run.repository, read.pull),
        beside: beside.checkouts,
        routines: run.routines.map(part => part.routine),
        earlier: await store.findings.ofPull(run.repository.id, run.number),
        elsewhere: await store.findings.ofPull(run.repository.id, 0),
      },
    )
    const inspection = await keepFromPublic(ports, run, read.pull, checkout, looked)
    await store.findings.save({ ...run, head: read.pull.head.sha }, run.attempt, inspection.judged, now().toISOString())
    sayJudged(ports.log, run, inspection.judged)

    progress.stage('publish')
    const facts = {
      ...inspection,
      ...(await accountOf(store.ledger, run, inspection, now())),
      routines: run.routines.map(part => part.routine),
      run: { id: run.id, head: read.pull.head.sha, asked: run.asked },
      rehearsed: ports.rehearsed,
      quiet: read.quiet,
    }
    const wanted = await memory.once('wanted', async () =>
      planPublication({ ...postable(facts), standing: await host.standing(run.repository, run.number) }),
    )
    await postReview(ports, run, inspection, wanted, signal)
    await readVotes(ports, run.repository, read.pull)
    await progress.settled()
    await keepPoint(ports, run, { ...read, ...rules }, checkout, facts)
    await endRun(ports, run, read, facts)
  } catch (thrown) {
    await endWithProblem(ports, run, thrown, signal)
  }
}
