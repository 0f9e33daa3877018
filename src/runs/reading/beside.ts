// Repositories that are read beside the first: each of the same installation, and only where its own settings let this one read it.
import type { Repository } from '../../domain/event.ts'
import { asProblem, meanings, Problem } from '../../domain/problem.ts'
import type { Routine } from '../../domain/routine.ts'
import type { Checkout } from '../../domain/workspace.ts'
import { readConfiguration } from '../configuration/configuration.ts'
import { readableBy } from '../configuration/readable.ts'
import type { ReviewPorts } from '../ports.ts'

/** JSON-safe. */
export interface Beside {
  repository: Repository
  /** The tip of its default branch when the run read it. */
  commit: string
  /** Globs of what its own settings, and the organisation's, keep from models. */
  private: string[]
}

/** Problem `forbidden`, with who has to do what, when one of them can not be read: a run never goes on without it. */
export async function readBeside(
  { host }: Pick<ReviewPorts, 'host'>,
  reader: Repository,
  wanted: string[],
): Promise<Beside[]> {
  const beside: Beside[] = []
  for (const name of [...new Set(wanted)]) {
    try {
      beside.push(await readOne(host, reader, name))
    } catch (thrown) {
      const { code, message } = asProblem(thrown)
      if (meanings[code].retry) throw thrown
      throw new Problem('forbidden', `${name} can not be read beside ${nameOf(reader)}: ${message}`, { cause: thrown })
    }
  }
  return beside
}

/** Of the routines of a review, which can be done: one that names a repository which can not be read is refused by itself, with the reason. */
export async function readBesides(
  ports: Pick<ReviewPorts, 'host'>,
  reader: Repository,
  routines: Pick<Routine, 'name' | 'repositories'>[],
): Promise<{ beside: Beside[]; refused: { routine: string; because: string }[] }> {
  const beside = new Map<number, Beside>()
  const refused: { routine: string; because: string }[] = []
  for (const { name, repositories } of routines) {
    try {
      for (const one of await readBeside(ports, reader, repositories)) beside.set(one.repository.id, one)
    } catch (thrown) {
      const { code, message } = asProblem(thrown)
      if (code !== 'forbidden') throw thrown
      refused.push({ routine: name, because: message })
    }
  }
  return { beside: [...beside.values()], refused }
}

async function readOne(host: ReviewPorts['host'], reader: Repository, wanted: string): Promise<Beside> {
  const repository = await readableBy(host, reader, wanted)
  const { settings } = await readConfiguration({ host, builtIn: [] }, repository)
  const commit = await host.commit(repository, `heads/${repository.defaultBranch}`)
  return { repository, commit, private: settings.private }
}

export interface OpenBeside extends AsyncDisposable {
  checkouts: { name: string; checkout: Checkout }[]
}

/** Checks each out with a token for exactly `reader` and those, made for this run. */
export async function openBeside(
  { host, workspaces }: ReviewPorts,
  run: { id: string; repository: Repository },
  beside: Beside[],
  { progress, signal }: { progress?: (sentence: string) => void; signal: AbortSignal },
): Promise<OpenBeside> {
  const stack = new AsyncDisposableStack()
  const repositories = [run.repository, ...beside.map(one => one.repository)]
  try {
    const checkouts: OpenBeside['checkouts'] = []
    for (const { repository, commit, private: globs } of beside) {
      const checkout = await workspaces.openCommit({
        repository,
        cloneUrl: host.cloneUrl(repository),
        commit,
        token: () => host.gitTokenOf(run.id, repositories),
        ...(progress ? { progress } : {}),
        signal,
      })
      checkouts.push({ name: nameOf(repository), checkout: await stack.use(checkout).without(globs) })
    }
    return { checkouts, [Symbol.asyncDispose]: () => stack.disposeAsync() }
  } catch (thrown) {
    await stack.disposeAsync()
    throw thrown
  }
}

export function nameOf({ owner, name }: Pick<Repository, 'owner' | 'name'>): string {
  return `${owner}/${name}`
}
