// A routine of a review that can not be done while the others can: its occurrence and its check say why, and the run goes on without it.
import { Problem } from '../../domain/problem.ts'
import type { ReviewRun } from '../../domain/run.ts'
import { failsIncomplete, renderEnd } from '../../publish/index.ts'
import { checkedOf, checkName, setCheck } from '../checks/checks.ts'
import type { ReviewPorts } from '../ports.ts'
import type { Read } from '../reading/read.ts'

/** The run without them. Safe to repeat. Problem `forbidden` when none is left. */
export async function refuseParts(
  ports: ReviewPorts,
  run: ReviewRun,
  { refused, pull }: Pick<Read, 'refused' | 'pull'>,
): Promise<ReviewRun> {
  const reasons = new Map(refused.map(({ routine, because }) => [routine, because]))
  const left = run.routines.filter(part => !reasons.has(part.routine.name))
  if (left.length === 0) throw new Problem('forbidden', refused.map(one => one.because).join(' '))
  for (const { routine, occurrenceId } of run.routines) {
    const because = reasons.get(routine.name)
    if (because === undefined) continue
    await ports.store.occurrences.update(occurrenceId, { verdict: 'refused', because })
    ports.log({ run: run.id, routine: routine.name }, because)
    if (checkedOf({ routines: [{ routine, occurrenceId }] }).length === 0) continue
    const name = checkName(routine.name)
    const of = { repository: run.repository, runId: run.id, routine: routine.name, head: pull.head.sha }
    await setCheck(
      ports,
      of,
      renderEnd({
        checkName: name,
        end: 'refused',
        because,
        runId: run.id,
        rehearsed: ports.rehearsed,
        failsIncomplete: failsIncomplete(routine),
      }),
    )
  }
  return { ...run, routines: left }
}
