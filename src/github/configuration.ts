// The routines and settings of a repository and of its owner, each read from the default branch at one commit.
import type { Repository } from '../domain/event.ts'
import type { Host, RepositoryFile } from '../domain/host.ts'
import { Problem } from '../domain/problem.ts'
import type { Octokit, Open } from './client.ts'
import { statusOf } from './failures.ts'
import { openRepository } from './pulls.ts'

type Configuration = Awaited<ReturnType<Host['configuration']>>
interface Snapshot {
  commit: string
  files: RepositoryFile[]
}
type Place = { octokit: Octokit; at: { owner: string; repo: string } }

const wanted = /^(watchbill\.yml|routines\/(agents\/)?[^/]+\.md)$/
const most = { files: 100, bytes: 64 * 1024, kept: 200, atOnce: 6 }

/** Files are kept by commit, so that an unchanged branch costs one request. */
export function openConfiguration(open: Open): (repository: Repository) => Promise<Configuration> {
  const kept = new Map<string, RepositoryFile[]>()
  const snapshot = async (place: Place, branch: string): Promise<Snapshot | undefined> => {
    const tip = await tipOf(place, branch)
    if (!tip) return undefined
    const key = `${place.at.owner}/${place.at.repo}@${tip.commit}`.toLowerCase()
    const files = kept.get(key) ?? (await readFiles(place, tip.tree))
    kept.delete(key)
    kept.set(key, files)
    for (const oldest of kept.keys()) if (kept.size > most.kept) kept.delete(oldest)
    return { commit: tip.commit, files }
  }
  return async repository => {
    const own = await snapshot(openRepository(open, repository, { contents: 'read' }), repository.defaultBranch)
    const shared = await organisationPlace(open, repository)
    const organisation = shared && (await snapshot(shared, shared.branch))
    return {
      commit: own?.commit ?? '',
      repository: own?.files ?? [],
      organisation: organisation?.files ?? [],
      ...(organisation ? { organisationCommit: organisation.commit } : {}),
    }
  }
}

/** The owner's `.github` repository: as the installation holds it, or as anybody may read it; undefined where there is none. */
async function organisationPlace(
  open: Open,
  repository: Repository,
): Promise<(Place & { branch: string }) | undefined> {
  const at = { owner: repository.owner, repo: '.github' }
  const held = openRepository(open, { ...repository, name: '.github' }, { contents: 'read' })
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

async function readFiles({ octokit, at }: Place, tree: string): Promise<RepositoryFile[]> {
  const root = await octokit.rest.git.getTree({ ...at, tree_sha: tree })
  const folder = root.data.tree.find(entry => entry.path === '.github' && entry.type === 'tree')
  if (!folder?.sha) return []
  const { data } = await octokit.rest.git.getTree({ ...at, tree_sha: folder.sha, recursive: '1' })
  // Symbolic links and submodules are no files: modes 120000 and 160000.
  const entries = data.tree.filter(({ path, mode }) => wanted.test(path ?? '') && /^100/.test(mode ?? ''))
  const where = `.github of ${at.owner}/${at.repo}`
  if (data.truncated)
    throw new Problem('too_large', `The folder ${where} has more files than GitHub lists; take some out.`)
  if (entries.length > most.files)
    throw new Problem(
      'too_large',
      `The folder ${where} has ${entries.length} routines and agents; at most ${most.files} are read.`,
    )
  const large = entries.find(entry => (entry.size ?? 0) > most.bytes)
  if (large) throw new Problem('too_large', `The file ${large.path} in ${where} is larger than 64 kB; make it shorter.`)
  return inTurns(entries, async entry => {
    const blob = await octokit.rest.git.getBlob({ ...at, file_sha: entry.sha ?? '' })
    return { path: `.github/${entry.path}`, text: Buffer.from(blob.data.content, 'base64').toString('utf8') }
  })
}

/** A few at once, in the order given. */
async function inTurns<Item, Result>(items: Item[], run: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = []
  for (let from = 0; from < items.length; from += most.atOnce)
    results.push(...(await Promise.all(items.slice(from, from + most.atOnce).map(run))))
  return results
}
