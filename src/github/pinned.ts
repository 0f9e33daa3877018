// One file at one commit, and whether that commit is the repository's own; both are asked once, since neither changes.
import { LRUCache } from 'lru-cache'
import type { Repository } from '../domain/event.ts'
import { Problem } from '../domain/problem.ts'
import type { Open } from './client.ts'
import { statusOf } from './failures.ts'
import { openRepository } from './pulls.ts'

/** Bytes of a file, and how many answers are kept. */
const most = { bytes: 64 * 1024, kept: 500 }

export interface PinnedFiles {
  fileAt(repository: Repository, commit: string, path: string): Promise<string | undefined>
  contains(repository: Repository, commit: string): Promise<boolean>
}

export function openPinned(open: Open): PinnedFiles {
  const files = new LRUCache<string, { text: string | undefined }>({ max: most.kept })
  const own = new LRUCache<string, true>({ max: most.kept })
  return {
    async fileAt(repository, commit, path) {
      const key = `${repository.id} ${commit} ${path}`
      const known = files.get(key)
      if (known) return known.text
      const text = await readFile(open, repository, commit, path)
      files.set(key, { text })
      return text
    },
    async contains(repository, commit) {
      const key = `${repository.id} ${commit}`
      if (own.get(key)) return true
      const found = await isInHistory(open, repository, commit)
      if (found) own.set(key, true)
      return found
    },
  }
}

async function readFile(open: Open, repository: Repository, commit: string, path: string): Promise<string | undefined> {
  const { octokit, at } = openRepository(open, repository, { contents: 'read' })
  try {
    const { data } = await octokit.rest.repos.getContent({ ...at, path, ref: commit })
    if (Array.isArray(data) || data.type !== 'file') return undefined
    if (data.size > most.bytes || data.encoding !== 'base64')
      throw new Problem('too_large', `${path} is larger than 64 kB; make it shorter.`)
    return Buffer.from(data.content, 'base64').toString('utf8')
  } catch (thrown) {
    if (statusOf(thrown) === 404) return undefined
    throw thrown
  }
}

/** Seen from the default branch, what it holds is "behind" or "identical" (https://docs.github.com/en/rest/commits/commits#compare-two-commits). */
async function isInHistory(open: Open, repository: Repository, commit: string): Promise<boolean> {
  const { octokit, at } = openRepository(open, repository, { contents: 'read' })
  try {
    const basehead = `${repository.defaultBranch}...${commit}`
    const { data } = await octokit.rest.repos.compareCommitsWithBasehead({ ...at, basehead, per_page: 1 })
    return data.status === 'behind' || data.status === 'identical'
  } catch (thrown) {
    if (statusOf(thrown) === 404 || statusOf(thrown) === 422) return false
    throw thrown
  }
}
