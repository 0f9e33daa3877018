// A routine's check run on GitHub over the life of a run: opened at dispatch, moved along, completed at every end.
import type { Repository } from '../domain/event.ts'
import type { CheckUpdate, Host } from '../domain/host.ts'
import type { Rooms } from '../domain/store.ts'

/** What the check is called on the pull request; required checks are named so. */
export function checkName(routine: string): string {
  return `Watchbill / ${routine}`
}

export interface CheckPorts {
  host: Pick<Host, 'openCheck' | 'updateCheck'>
  effects: Rooms['effects']
  now: () => Date
}

/**
 * Makes the check of this run and routine on this head say `update`, creating it where it is not yet.
 * Safe to repeat: the check's id is kept as the receipt of an effect, and GitHub is asked by external id when the receipt is missing.
 */
export async function setCheck(
  ports: CheckPorts,
  of: { repository: Repository; runId: string; routine: string; head: string },
  update: CheckUpdate,
): Promise<number> {
  const key = `check:${of.runId}:${of.routine}:${of.head}`
  const at = ports.now().toISOString()
  const done = await ports.effects.intend({
    key,
    runId: of.runId,
    kind: 'check',
    intent: { routine: of.routine, head: of.head },
    at,
  })
  if (done) {
    const { id } = done.receipt as { id: number }
    await ports.host.updateCheck(of.repository, id, update)
    return id
  }
  const id = await ports.host.openCheck(of.repository, { ...update, head: of.head, externalId: of.runId })
  await ports.effects.done(key, { id }, ports.now().toISOString())
  return id
}
