// Files of rules, from where only people with a say over the repository can have put them, at one commit.
import { posix } from 'node:path'
import type { Repository } from '../domain/event.ts'
import type { Host, TrustedFile } from '../domain/host.ts'
import type { Octokit, Open } from './client.ts'
import { statusOf } from './failures.ts'
import { openRepository } from './pulls.ts'

type Place = { octokit: Octokit; at: { owner: string; repo: string } }
type Entry = { path?: string; mode?: string; type?: string; sha?: string; size?: number }

/** Folders that are listed, and bytes of one file that GitHub gives in one answer without trouble. */
const most = { folders: 60, bytes: 1024 * 1024 }

/** Anybody who can push can make a base branch: an unprotected one is not believed, the default branch is. */
export async function readTrustedFiles(
  open: Open,
  repository: Repository,
  baseRef: string,
  paths: string[],
): Promise<Awaited<ReturnType<Host['trustedFiles']>>> {
  const place = openRepository(open, repository, { contents: 'read' })
  const trusted = baseRef !== repository.defaultBranch && (await isProtected(place, baseRef))
  const from = trusted ? baseRef : repository.defaultBranch
  const tree = await treeOf(place, from)
  if (tree === undefined) return { from, files: [], missed: [] }
  const list = lister(place, tree)
  const files: TrustedFile[] = []
  const missed: string[] = []
  for (const path of paths) {
    const entry = await list.entry(path)
    if (entry?.mode === '120000') {
      const linked = await follow(place, list, path, entry)
      // Whoever reads the target reads it there.
      if (linked && paths.includes(linked.path)) continue
      if (linked) files.push({ ...fileAt(place, path, linked.entry), target: linked.path })
      else missed.push(`\`${path}\` is a symbolic link that leads to no file, and was not read.`)
    } else if (entry?.type === 'blob' && (entry.size ?? 0) > most.bytes)
      missed.push(`\`${path}\` on ${from} is larger than 1 MB and was not read; make it shorter.`)
    else if (entry?.type === 'blob') files.push(fileAt(place, path, entry))
  }
  if (list.left.size > 0)
    missed.push(`Rules were looked for in ${most.folders} folders; ${list.left.size} more were not looked into.`)
  return { from, files, missed }
}

function fileAt({ octokit, at }: Place, path: string, { sha = '', size = 0 }: Entry): TrustedFile {
  return {
    path,
    bytes: size,
    async text() {
      const { data } = await octokit.rest.git.getBlob({ ...at, file_sha: sha })
      return Buffer.from(data.content, 'base64').toString('utf8')
    },
  }
}

/** One level of a tree at a time, each once: what lies beside can not push a file out of GitHub's answer. */
function lister({ octokit, at }: Place, top: string) {
  const folders = new Map<string, Promise<Entry[]>>()
  const left = new Set<string>()
  let listed = 0
  const list = async (folder: string): Promise<Entry[]> => {
    const sha = folder === '' ? top : (await entry(folder.slice(0, -1)))?.sha
    if (sha === undefined) return []
    if (listed === most.folders) {
      left.add(folder)
      return []
    }
    listed++
    const { data } = await octokit.rest.git.getTree({ ...at, tree_sha: sha })
    return data.tree
  }
  const entry = async (path: string): Promise<Entry | undefined> => {
    const cut = path.lastIndexOf('/') + 1
    const folder = path.slice(0, cut)
    const entries = folders.get(folder) ?? list(folder)
    folders.set(folder, entries)
    const found = (await entries).find(one => one.path === path.slice(cut))
    return found
  }
  return { entry, left }
}

/** Only within the repository, and one step: git checks out no further. */
async function follow(
  { octokit, at }: Place,
  list: ReturnType<typeof lister>,
  path: string,
  { sha = '' }: Entry,
): Promise<{ path: string; entry: Entry } | undefined> {
  const { data } = await octokit.rest.git.getBlob({ ...at, file_sha: sha })
  const target = posix.join(posix.dirname(path), Buffer.from(data.content, 'base64').toString('utf8'))
  if (target.startsWith('..') || target.startsWith('/')) return undefined
  const entry = await list.entry(target)
  const fits = entry?.type === 'blob' && /^100/.test(entry.mode ?? '') && (entry.size ?? 0) <= most.bytes
  return fits ? { path: target, entry } : undefined
}

/** By a classic rule (`protected`) or by a ruleset that lets changes in through pull requests only. */
async function isProtected({ octokit, at }: Place, branch: string): Promise<boolean> {
  try {
    const { data } = await octokit.rest.repos.getBranch({ ...at, branch })
    if (data.protected) return true
    const rules = await octokit.rest.repos.getBranchRules({ ...at, branch })
    return rules.data.some(rule => rule.type === 'pull_request' || rule.type === 'update')
  } catch (thrown) {
    // Servers older than 3.10 know no rulesets, and a branch that is gone protects nothing.
    if (statusOf(thrown) === 404) return false
    throw thrown
  }
}

/** 404: the branch is not there; 409: the repository is empty. */
async function treeOf({ octokit, at }: Place, branch: string): Promise<string | undefined> {
  try {
    const { data } = await octokit.rest.repos.getBranch({ ...at, branch })
    return data.commit.commit.tree.sha
  } catch (thrown) {
    if ([404, 409].includes(statusOf(thrown) ?? 0)) return undefined
    throw thrown
  }
}
