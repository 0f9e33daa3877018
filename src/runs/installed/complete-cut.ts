// Checks that a suspension left under way: nothing could be said then, and a required check that never completes blocks merging for good.
import type { Repository } from '../../domain/event.ts'
import type { CheckUpdate } from '../../domain/host.ts'
import { asProblem, meanings } from '../../domain/problem.ts'
import { renderEnd } from '../../publish/index.ts'
import { type CheckOf, checkName, setCheck } from '../checks/checks.ts'
import type { InstalledPorts } from './settle.ts'

/** Runs of a repository that are looked at, the newest first. */
const looked = 100

/** Of repositories that the App may be on again; those of others are left. Safe to repeat. */
export async function completeCut(ports: InstalledPorts, repositories: Repository[]): Promise<void> {
  const { store } = ports
  const away = new Set((await store.away.list()).filter(({ kind }) => kind === 'repository').map(({ id }) => id))
  for (const repository of repositories.filter(({ id }) => away.has(id)))
    for (const run of await store.runs.list({ repositoryId: repository.id, limit: looked }))
      if (run.status === 'ended' && run.stop?.gone)
        for (const effect of await store.effects.ofRun(run.id))
          if (effect.kind === 'check' && effect.receipt) {
            const { routine, head } = effect.intent as { routine: string; head: string }
            const update = renderEnd({
              checkName: checkName(routine),
              end: 'stopped',
              because: `${run.because} It is there again; ask for another review with **Re-run** or \`@watchbill review\`.`,
              runId: run.id,
              task: run.kind === 'work',
            })
            await say(ports, { repository, runId: run.id, routine, head }, update)
          }
}

/** A commit or a check that is gone keeps nobody. */
async function say({ host, store, now, log }: InstalledPorts, of: CheckOf, update: CheckUpdate): Promise<void> {
  try {
    await setCheck({ host, effects: store.effects, now }, of, update)
  } catch (thrown) {
    const { code, message } = asProblem(thrown)
    if (meanings[code].retry) throw thrown
    log({ run: of.runId, problem: message }, 'its check could not be completed')
  }
}
