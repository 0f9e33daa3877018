// The pull request of a data set, checked out: from a directory that is here, or by https into mirrors apart from the server's.
import { createHash } from 'node:crypto'
import { statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Problem } from '../domain/problem.ts'
import type { Checkout, Workspaces } from '../domain/workspace.ts'
import type { EvalItem } from '../evaluation/index.ts'
import type { Settings } from '../settings.ts'
import { openWorkspaces } from '../workspace/index.ts'

export interface Places {
  /** The data set's own directory, that relative ones begin at. */
  set: string
  /** Holds clones by name. */
  repos?: string
}

export function openEvalWorkspaces({ dataDir, proxy }: Settings): Workspaces {
  return openWorkspaces({ dataDir: join(dataDir, 'eval'), environment: proxy })
}

/** Problems: what is wrong with directory, address or commits, in a sentence that names the item's repository. */
export async function openItem(
  { github }: Pick<Settings, 'github'>,
  workspaces: Workspaces,
  item: EvalItem,
  places: Places,
  { progress, signal }: { progress: (sentence: string) => void; signal: AbortSignal },
): Promise<Checkout> {
  const { base, head, repository } = item
  const dir = directoryOf(item, places)
  if (dir !== undefined) return workspaces.openLocal({ dir, range: `${base}...${head}`, signal })
  const url = new URL(repository)
  const [owner = '', name = ''] = url.pathname.replace(/^\/|(\.git)?\/*$/g, '').split(/\/(?=[^/]+$)/)
  // The token is GitHub's alone, and public repositories are read without one.
  const token = async () => (url.origin === github.webUrl ? (github.token ?? '') : '')
  const cloneUrl = `${url.origin}${url.pathname.replace(/(\.git)?\/*$/, '')}.git`
  const request = {
    repository: { ...nobodys, id: numberOf(cloneUrl), owner, name },
    cloneUrl,
    token,
    progress,
    signal,
  }
  if (item.pull === undefined) return workspaces.openCommit({ ...request, commit: head, since: base })
  return workspaces.openPull({ ...request, number: item.pull, base, head })
}

/** What a fetch does not ask about. */
const nobodys = { ownerId: 0, ownerType: 'User' as const, private: false, defaultBranch: '', installationId: 0 }

/** Undefined for an https address of which no clone is here. Problem `not_found` for a directory that is not there. */
function directoryOf({ repository }: EvalItem, { set, repos }: Places): string | undefined {
  if (!repository.startsWith('https://')) {
    const dir = resolve(set, repository)
    if (isDirectory(dir)) return dir
    throw new Problem('not_found', `There is no directory ${dir}, where the data set has its repository.`)
  }
  if (repos === undefined) return undefined
  const path = new URL(repository).pathname.replace(/^\/|(\.git)?\/*$/g, '')
  const names = [path, path.replaceAll('/', '+'), path.split('/').at(-1) ?? path]
  return names.flatMap(name => [join(repos, name), join(repos, `${name}.git`)]).find(isDirectory)
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

/** Mirrors are named by a number, and an address has none of its own. */
function numberOf(address: string): number {
  return createHash('sha256').update(address.toLowerCase()).digest().readUIntBE(0, 6)
}
