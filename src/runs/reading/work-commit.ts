// The commit that a work run looks at: the one its event is about, else the tip of the default branch.
import type { Pull } from '../../domain/event.ts'
import type { Host } from '../../domain/host.ts'
import { Problem } from '../../domain/problem.ts'
import type { WorkRun } from '../../domain/run.ts'

/** Known without asking anybody: where checks can be opened before the run starts. */
export function knownHead({ event, pull = event.pull }: Pick<WorkRun, 'event' | 'pull'>): string | undefined {
  const heads = [named(event), pull?.head.sha, event.check?.head]
  return heads.find(head => head !== undefined && isCommit(head))
}

/** By what happened itself. */
function named({ push, outcome, merge }: WorkRun['event']): string | undefined {
  return push?.after ?? outcome?.head ?? merge?.head
}

/** JSON-safe: it is stored as the run's first stage, so that a run that was cut off goes on with the same commit. */
export interface WorkCommit {
  head: string
  /** The change is what came since; absent: there is none. */
  since?: string
  /** As it is now, of a run about a pull request. */
  pull?: Pull
}

export async function commitOf(host: Pick<Host, 'commit' | 'pull'>, run: WorkRun): Promise<WorkCommit> {
  const { event, repository } = run
  const number = run.pull?.number ?? event.pull?.number
  if (number !== undefined && named(event) === undefined) {
    const pull = await host.pull(repository, number)
    return { head: pull.head.sha, since: pull.base.sha, pull }
  }
  const known = knownHead(run)
  if (known !== undefined) {
    const { before } = event.push ?? {}
    return { head: known, ...(before && isCommit(before) ? { since: before } : {}) }
  }
  const tip = () => host.commit(repository, `heads/${repository.defaultBranch}`)
  if (!event.release) return { head: await tip() }
  try {
    return { head: await host.commit(repository, `tags/${event.release.tag}`) }
  } catch (thrown) {
    // A draft's tag is not made yet, and that of a deleted release can be gone.
    if (!(thrown instanceof Problem) || thrown.code !== 'not_found') throw thrown
    return { head: await tip() }
  }
}

/** All zeros stand for a branch that was not there before, or is gone. */
function isCommit(name: string): boolean {
  return /^[0-9a-f]{40,64}$/.test(name) && !/^0+$/.test(name)
}
