// The workspace of a work run: a pull's commits, or a commit with what came since an earlier one, where that can still be had.

import { Problem } from '../../domain/problem.ts'
import type { WorkRun } from '../../domain/run.ts'
import type { Checkout } from '../../domain/workspace.ts'
import type { ReviewPorts } from '../ports.ts'
import type { WorkCommit } from './work-commit.ts'

export interface Opening {
  progress?: (sentence: string) => void
  signal: AbortSignal
}

export async function openWorkCommit(
  ports: ReviewPorts,
  { id, repository }: WorkRun,
  { head, since, pull }: WorkCommit,
  how: Opening,
): Promise<Checkout> {
  const { host, workspaces } = ports
  const request = {
    repository,
    cloneUrl: host.cloneUrl(repository),
    token: () => host.gitTokenOf(id, [repository]),
    ...how,
  }
  if (pull) return workspaces.openPull({ ...request, number: pull.number, base: pull.base.sha, head })
  if (since === undefined) return workspaces.openCommit({ ...request, commit: head })
  try {
    return await workspaces.openCommit({ ...request, commit: head, since })
  } catch (thrown) {
    // Pushed over by force: the commit before is gone, or shares no history with what stands now.
    const gone = thrown instanceof Problem && (thrown.code === 'not_found' || thrown.code === 'bad_input')
    if (!gone) throw thrown
    return workspaces.openCommit({ ...request, commit: head })
  }
}
