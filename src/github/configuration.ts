// The routines and settings of a repository and of its owner, each read from the default branch at one commit.
import { LRUCache } from 'lru-cache'
import type { Repository } from '../domain/event.ts'
import type { Host, RepositoryFile } from '../domain/host.ts'
import { Problem } from '../domain/problem.ts'
import type { Octokit, Open } from './client.ts'
import { statusOf } from './failures.ts'
import { keepAnswers } from './kept.ts'
import { openRepository } from './pulls.ts'

type Configuration = Awaited<ReturnType<Host['configuration']>>
interface Snapshot {
  commit: string
  files: RepositoryFile[]
}
type Place = { octokit: Octokit; at: { owner: string; repo: string } }

const wanted = /^(\.github\/watchbill\.yml|(\.github\/)?routines\/(agents\/)?[^/]+\.md)$/
/** Milliseconds: asking for what is not there costs a refused token and a 404 each time. */
const absence = 60_000
const most = { files: 100, bytes: 64 * 1024, kept: 200, owners: 1000, atOnce: 6 }

/** The configuration files of a repository at any commit, the heads of pulls from forks included: a tree is asked for by the commit's name. */
export async function readConfigurationAt(
  open: Open,
  repository: Repository,
  commit: string,
): Promise<RepositoryFile[]> {
  return readFiles(openRepository(open, repository, { contents: 'read' }), commit, isShared(repository))
}

/** The owner's `.github` repository, where routines may lie at the top as well. */
const isShared = ({ name }: Repository) => name.toLowerCase() === '.github'

const noFiles: RepositoryFile[] = []

/** The same lists of files as long as they are kept: by commit, so that an unchanged branch costs one request. */
export function openConfiguration(
  open: Open,
  now = () => performance.now(),
): (repository: Repository) => Promise<Configuration> {
  const kept = new LRUCache<string, RepositoryFile[]>({ max: most.kept })
  /** Owners that are known to have no `.github` repository. */
  const without = keepAnswers<string, true>({ max: most.owners, ttl: absence }, now)
  const organisation = async (repository: Repository) => {
    const key = `${repository.installationId} ${repository.owner}`.toLowerCase()
    if (without.has(key)) return undefined
    const place = await organisationPlace(open, repository)
    if (!place) without.set(key, true)
    return place
  }
  const snapshot = async (place: Place, branch: string, isShared: boolean): Promise<Snapshot | undefined> => {
    const tip = await tipOf(place, branch)
    if (!tip) return undefined
    const key = `${place.at.owner}/${place.at.repo}@${tip.commit}`.toLowerCase()
    const known = kept.get(key)
    if (known) return { commit: tip.commit, files: known }
    const files = await readFiles(place, tip.tree, isShared)
    kept.set(key, files)
    return { commit: tip.commit, files }
  }
  return async repository => {
    const place = openRepository(open, repository, { contents: 'read' })
    const own = await snapshot(place, repository.defaultBranch, isShared(repository))
    const shared = await organisation(repository)
    const house = shared && (await snapshot(shared, shared.branch, true))
    return {
      commit: own?.commit ?? '',
      repository: own?.files ?? noFiles,
      organisation: house?.files ?? noFiles,
      ...(house ? { organisationCommit: house.commit } : {}),
    }
  }
}

/** The owner's `.github` repository: as the installation holds it, or as anybody may read it; undefined where there is none. */
async function organisationPlace(
  open: Open,
  repository: Repository,
): Promise<(Place & { branch: string }) | undefined> {
  const at = { owner: repository.owner, repo: '.github' }
  const { installationId, owner } = repository
  const held = openRepository(open, { installationId, owner, name: '.github' }, { contents: 'read' })
  const public_ = openRepository(open, repository, { contents: 'read' })
  for (const { octokit } of [held, public_]) {
    try {
      const { data } = await octokit.rest.repos.get(at)
      return { octokit, at, branch: data.default_branch }
    } catch (thrown) {
      const refused = thrown instanceof Problem && (thrown.code === 'forbidden' || thrown.code === 'not_found')
      if (!refused && ![403, 404].includes(statusOf(thrown) ?? 0)) throw thrown
    }
  }
  return undefined
}

/** 404: the branch or the repository is not there; 409: the repository is empty. */
async function tipOf({ octokit, at }: Place, branch: string): Promise<{ commit: string; tree: string } | undefined> {
  try {
    const { data } = await octokit.rest.repos.getBranch({ ...at, branch })
    return { commit: data.commit.sha, tree: data.commit.commit.tree.sha }
  } catch (thrown) {
    if ([404, 409].includes(statusOf(thrown) ?? 0)) return undefined
    throw thrown
  }
}

/** A file that is too large, or one too many, comes without its text and with its problem: nobody's one file takes the others away. */
async function readFiles(place: Place, tree: string, shared: boolean): Promise<RepositoryFile[]> {
  const top = await listFolder(place, tree)
  const folder = await listFolder(place, top.find(isFolder('.github'))?.sha)
  const entries = [
    // The settings first, since there is a limit on how many files are read.
    ...under('.github/', folder),
    ...(await listRoutines(place, '.github/', folder)),
    ...(shared ? await listRoutines(place, '', top) : []),
    // Symbolic links and submodules are no files: modes 120000 and 160000.
  ].filter(({ path, mode }) => wanted.test(path) && /^100/.test(mode ?? ''))
  const { octokit, at } = place
  return inTurns([...entries.entries()], async ([index, entry]) => {
    const { path } = entry
    if (index >= most.files)
      return { path, text: '', problem: `is one of ${entries.length} files; ${most.files} are read.` }
    if ((entry.size ?? 0) > most.bytes) return { path, text: '', problem: 'is larger than 64 kB; make it shorter.' }
    const blob = await octokit.rest.git.getBlob({ ...at, file_sha: entry.sha ?? '' })
    return { path, text: Buffer.from(blob.data.content, 'base64').toString('utf8') }
  })
}

async function listRoutines(place: Place, before: string, folder: Entry[]) {
  const routines = await listFolder(place, folder.find(isFolder('routines'))?.sha)
  const agents = await listFolder(place, routines.find(isFolder('agents'))?.sha)
  return [...under(`${before}routines/`, routines), ...under(`${before}routines/agents/`, agents)]
}

type Entry = { path?: string; mode?: string; type?: string; sha?: string; size?: number }

/** One level: what lies deeper or beside can not push a file of ours out of GitHub's answer. */
async function listFolder({ octokit, at }: Place, sha: string | undefined): Promise<Entry[]> {
  if (!sha) return []
  const { data } = await octokit.rest.git.getTree({ ...at, tree_sha: sha })
  return data.tree
}

const isFolder = (name: string) => (entry: Entry) => entry.path === name && entry.type === 'tree'

const under = (folder: string, entries: Entry[]) => entries.map(entry => ({ ...entry, path: `${folder}${entry.path}` }))

/** A few at once, in the order given. */
async function inTurns<Item, Result>(items: Item[], run: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = []
  for (let from = 0; from < items.length; from += most.atOnce)
    results.push(...(await Promise.all(items.slice(from, from + most.atOnce).map(run))))
  return results
}
