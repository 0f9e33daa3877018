// Checks that a suspension or removal left under way: nothing could be said then, and a required check that never completes blocks merging for good.
import type { Repository } from '../../domain/event.ts'
import { erasedRunsOf } from '../../domain/installed.ts'
import type { Run } from '../../domain/run.ts'
import { renderEnd } from '../../publish/index.ts'
import { checkName, setCheck, unlessRefused } from '../checks/checks.ts'
import type { InstalledPorts } from './settle.ts'

/** Runs of a repository that are looked at, the newest first. */
const looked = 100

const askAnew = 'It is there again; ask for another review with **Re-run** or `@watchbill review`.'

const notCompleted = 'a check could not be completed'

/** Of repositories that the App is back on, but not of the runs in `before`. Answers the runs whose checks are complete. Safe to repeat. */
export async function completeCut(
  ports: InstalledPorts,
  returned: Repository[],
  before = new Set<string>(),
): Promise<Set<string>> {
  const { store } = ports
  const completed = new Set(before)
  for (const repository of returned) {
    await completeErased(ports, repository)
    for (const run of await store.runs.list({ repositoryId: repository.id, limit: looked }))
      if (run.status === 'ended' && run.end === 'stopped' && run.stop?.gone && !completed.has(run.id)) {
        await completeOf(ports, repository, run)
        completed.add(run.id)
      }
  }
  return completed
}

async function completeOf(ports: InstalledPorts, repository: Repository, run: Run): Promise<void> {
  for (const effect of await ports.store.effects.ofRun(run.id)) {
    if (effect.kind !== 'check' || !effect.receipt) continue
    const { routine, head } = effect.intent as { routine: string; head: string }
    const update = renderEnd({
      checkName: checkName(routine),
      end: 'stopped',
      because: `${run.because} ${askAnew}`,
      runId: run.id,
      task: run.kind === 'work',
    })
    const of = { repository, runId: run.id, routine, head }
    await unlessRefused(ports.log, { run: run.id }, notCompleted, () => setCheck(ports, of, update))
  }
}

/** Of runs that were erased, checks are known by number alone; they keep their names. */
async function completeErased(ports: InstalledPorts, repository: Repository): Promise<void> {
  const { host, store, now } = ports
  for (const { key, intent, receipt } of await store.effects.ofRun(erasedRunsOf(repository.id))) {
    if (receipt) continue
    const { check, task } = intent as { check: number; task: boolean }
    const because = `The App was taken off this repository while it ran. ${askAnew}`
    const { name: _, ...update } = renderEnd({ checkName: '', end: 'stopped', because, task })
    await unlessRefused(ports.log, { check }, notCompleted, () => host.updateCheck(repository, check, update))
    await store.effects.done(key, {}, now().toISOString())
  }
}
