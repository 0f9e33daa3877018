// The end of a work run that came through: decided from what its agents handed in, said on its check, kept as its report.
import { givenTo, sayEvent } from '../../agents/index.ts'
import type { Change } from '../../domain/change.ts'
import type { AgentReport, Plan } from '../../domain/plan.ts'
import { plural } from '../../domain/plural.ts'
import type { Routine } from '../../domain/routine.ts'
import type { RunEnd, WorkRun } from '../../domain/run.ts'
import { renderReport, renderWork, type WorkFacts } from '../../publish/index.ts'
import { checkName, setCheck } from '../checks/checks.ts'
import { staleLine } from '../configuration/stale.ts'
import { handOverSweep, isSweep } from '../findings/code-scanning.ts'
import type { SinceLastTime } from '../findings/known.ts'
import type { CrewWork } from '../look/crew.ts'
import { failedTools } from '../look/evidence.ts'
import { accountOf } from '../money/cost.ts'
import { warningLines } from '../money/warnings.ts'
import type { ReviewPorts } from '../ports.ts'
import { nameOf } from '../reading/beside.ts'
import type { Task } from '../reading/task.ts'
import type { WorkCommit } from '../reading/work-commit.ts'
import { missing } from './coverage.ts'
import { close, completeOthers } from './end.ts'

export async function endWork(
  ports: ReviewPorts,
  run: WorkRun & { head: string },
  routine: Routine,
  { commit, task, work, since }: { commit: WorkCommit; task: Task; work: CrewWork; since: SinceLastTime },
): Promise<void> {
  const { store, now, rehearsed } = ports
  const gaps = [
    ...missing(work.plan, work.reports, work.judged),
    ...unheard(work),
    ...failedTools(work.security?.tools ?? []),
  ]
  const { end, because } = endOfWork(work, gaps, since)
  const facts: WorkFacts = {
    ...work,
    ...(await accountOf(store.ledger, run, work, now())),
    routine,
    checkName: checkName(routine.name),
    run: { id: run.id, head: run.head, repository: nameOf(run.repository), ...(run.number && { number: run.number }) },
    end,
    because,
    occasion: sayEvent(run.event).sentence,
    since,
    gathered: givenTo({ routine, event: run.event, gathered: task.gathered }).map(one => one.source),
    beside: task.beside.map(one => nameOf(one.repository)),
    gaps,
    notes: [
      ...task.notes,
      ...(await handOverSweep(ports, run, routine, { ...work, since })),
      ...withoutChange(commit, work.change),
      ...(await staleLine(ports, run.repository, routine)),
    ],
    budgets: await warningLines(store.ledger, run),
    rehearsed,
    ...(!run.repository.private && { inPublic: isSweep(routine) ? 'nothing' : 'no weakness from before' }),
  }
  await store.runs.report(run.id, run.attempt, renderReport(facts))
  if (routine.can.includes('check')) {
    const of = { repository: run.repository, runId: run.id, routine: routine.name, head: run.head }
    await setCheck(ports, of, renderWork(facts))
  }
  await completeOthers(ports, run, run.head)
  await close(ports, run, end, because)
}

/** Pure. Green is what was done; whoever handed in no result has not done it. */
export function endOfWork(
  { plan, reports, judged }: Pick<CrewWork, 'plan' | 'reports' | 'judged'>,
  gaps: string[],
  since: Pick<SinceLastTime, 'fresh' | 'still' | 'gone'>,
): { end: RunEnd; because: string } {
  const standing = judged.filter(finding => finding.verdict.verdict === 'posted').length
  const proposed = reports.reduce((sum, { result }) => sum + (result?.would_do.length ?? 0), 0)
  const found = `${plural(standing, 'finding')} (${since.fresh.length} new), ${plural(proposed, 'change')} proposed`
  const why = gaps.slice(0, 5).join(' ')
  if (plan.assignments.length === 0)
    return { end: 'nothing to do', because: `There was nothing to look at: ${plan.because}.` }
  if (reports.some(report => report.ended.end === 'budget'))
    return { end: 'over budget', because: `The budget was reached; ${found}. ${why}` }
  if (!reports.some(report => report.result))
    return { end: 'failed', because: `The task was not done: no agent handed in a result. ${why}` }
  if (gaps.length > 0) return { end: 'partial', because: `${found}, but not everything was done: ${why}` }
  const idle = reports.every(report => report.result?.did === 'nothing to do') && standing + proposed === 0
  return idle
    ? {
        end: 'nothing to do',
        because: `It was looked at, and there was nothing to do${since.still.length > 0 ? ' that is not known already' : ''}.`,
      }
    : { end: 'done', because: `The task was done: ${found}.` }
}

/** What was pushed over by force can be gone, and with it what changed. */
function withoutChange({ head, since }: WorkCommit, change: Change): string[] {
  if (since === undefined || since === head || change.mergeBase !== head) return []
  return [
    `The commit from before, ${since.slice(0, 7)}, is gone or shares no history with this one: agents were shown no change, and could look at all of the repository.`,
  ]
}

/** Who ended well and said nothing, or says so without having looked at anything. */
function unheard({ plan, reports }: { plan: Plan; reports: AgentReport[] }): string[] {
  return plan.assignments.flatMap(({ id }) => {
    const report = reports.find(one => one.assignment === id)
    if (report?.ended.end !== 'done' || report.result) return []
    return [`${id} ended without handing in a result.`]
  })
}
