// What the checks of a run say while it waits for something other than its time.
import type { Run } from '../../domain/run.ts'
import { renderProgress } from '../../publish/index.ts'
import { checkedOf, checkName, moveCheck } from '../checks/checks.ts'
import { sayEnd } from '../ending/end.ts'
import type { ReviewPorts } from '../ports.ts'
import { knownHead } from '../reading/work-commit.ts'

/** `stage` as in `renderProgress`. Nothing is said once the run waits for something else, or for nothing. */
export async function showWaiting(
  ports: ReviewPorts,
  run: Run,
  stage: 'clone' | 'paused',
  because: string,
): Promise<void> {
  const head = run.kind === 'work' ? knownHead(run) : run.pull.head.sha
  if (head === undefined) return
  for (const routine of checkedOf(run)) {
    const name = checkName(routine.name)
    await moveCheck(
      ports,
      { repository: run.repository, runId: run.id, routine: routine.name, head },
      renderProgress({ checkName: name, stage, because, rehearsed: ports.rehearsed, task: run.kind === 'work' }),
      async () => {
        const now = await ports.store.runs.get(run.id)
        return now?.status === 'queued' && now.waits === run.waits && now.waitsFor?.id === run.waitsFor?.id
      },
    )
  }
  // Ended by another process while it was said here that it goes on: a check is never left open.
  const after = await ports.store.runs.get(run.id)
  if (after?.status === 'ended') await sayEnd(ports, after)
}
