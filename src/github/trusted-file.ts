// A file of rules, from where only people with a say over the repository can have put it.
import type { Repository } from '../domain/event.ts'
import { Problem } from '../domain/problem.ts'
import type { Octokit, Open } from './client.ts'
import { statusOf } from './failures.ts'
import { openRepository } from './pulls.ts'

type Place = { octokit: Octokit; at: { owner: string; repo: string } }

/** Anybody who can push can make a base branch: an unprotected one is not believed, the default branch is. */
export async function readTrustedFile(
  open: Open,
  repository: Repository,
  baseRef: string,
  path: string,
): Promise<{ text: string; from: string } | undefined> {
  const place = openRepository(open, repository, { contents: 'read' })
  const trusted = baseRef !== repository.defaultBranch && (await isProtected(place, baseRef))
  const from = trusted ? baseRef : repository.defaultBranch
  const text = await readFile(place, from, path)
  return text === undefined ? undefined : { text, from }
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

async function readFile({ octokit, at }: Place, ref: string, path: string): Promise<string | undefined> {
  try {
    const { data } = await octokit.rest.repos.getContent({ ...at, path, ref })
    if (Array.isArray(data) || data.type !== 'file') return undefined
    if (data.encoding !== 'base64')
      throw new Problem('too_large', `The file ${path} on ${ref} is larger than 1 MB and is not read; make it shorter.`)
    return Buffer.from(data.content, 'base64').toString('utf8')
  } catch (thrown) {
    if (statusOf(thrown) === 404) return undefined
    throw thrown
  }
}
