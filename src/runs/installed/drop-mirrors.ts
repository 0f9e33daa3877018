// Takes the mirrors of repositories that were left off this machine's disk, whichever process heard of it.
import { asProblem } from '../../domain/problem.ts'
import type { Store } from '../../domain/store.ts'
import type { Workspaces } from '../../domain/workspace.ts'

interface DropPorts {
  store: Pick<Store, 'away'>
  workspaces: Pick<Workspaces, 'forget'>
  log: (line: object, sentence: string) => void
}

/** Milliseconds between two looks; a mirror that a run still has is removed once that run has stopped. */
const lookEvery = 2_000

export function watchMirrors(ports: DropPorts, every = lookEvery): { stop(): Promise<void> } {
  let looking: Promise<void> | undefined
  const timer = setInterval(() => {
    looking ??= dropMirrors(ports).finally(() => {
      looking = undefined
    })
  }, every)
  return {
    async stop() {
      clearInterval(timer)
      await looking
    },
  }
}

async function dropMirrors({ store, workspaces, log }: DropPorts): Promise<void> {
  try {
    const left = (await store.away.list()).filter(({ kind }) => kind === 'repository')
    if (left.length === 0) return
    for (const repository of await workspaces.forget(left.map(({ id }) => id)))
      log({ repository }, 'Its mirror was removed: the App may not be there any more.')
  } catch (thrown) {
    log(
      { code: asProblem(thrown).code, cause: String(thrown) },
      'Mirrors could not be removed; they are looked at again.',
    )
  }
}
