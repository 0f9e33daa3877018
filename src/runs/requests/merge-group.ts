// A merge queue waits for our checks on its own commit: each gets the conclusion that stands on the pull request's head.
import type { Event } from '../../domain/event.ts'
import type { Host } from '../../domain/host.ts'
import type { Store } from '../../domain/store.ts'
import { setCheck } from '../checks/checks.ts'

export interface MergePorts {
  store: Store
  host: Host
  now: () => Date
}

/** Copies the pull's checks to the queue's commit; one that is still under way there is completed as neutral, so that the queue never waits for us. */
export async function copyConclusion(ports: MergePorts, event: Event): Promise<string | undefined> {
  const { repository, merge } = event
  // GitHub names the queue's branch gh-readonly-queue/BASE/pr-NUMBER-SHA.
  const number = Number(/\/pr-(\d+)-[0-9a-f]+$/.exec(merge?.headRef ?? '')?.[1])
  if (!merge || !Number.isInteger(number)) return 'The merge queue entry names no pull request.'
  const pull = await ports.host.pull(repository, number)
  const newest = new Map<string, Awaited<ReturnType<Host['checks']>>[number]>()
  for (const check of await ports.host.checks(repository, pull.head.sha)) {
    const known = newest.get(check.name)
    if (!known || check.id > known.id) newest.set(check.name, check)
  }
  for (const check of newest.values()) {
    const conclusion = check.status === 'completed' ? (check.conclusion as 'success') : 'neutral'
    const summary = `As on #${number} at ${pull.head.sha.slice(0, 7)}: ${check.status === 'completed' ? check.title : 'still under way there; the queue is not held up.'}`
    await setCheck(
      ports,
      { repository, runId: `merge:${merge.head}`, routine: check.name, head: merge.head },
      {
        name: check.name,
        status: 'completed',
        conclusion,
        title: check.title || 'Copied from the pull request',
        summary,
      },
    )
  }
  return newest.size > 0 ? undefined : `No check of ours stands on #${number}.`
}
