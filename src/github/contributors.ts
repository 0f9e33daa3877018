// Who wrote and committed what a pull request brings, by the accounts that GitHub knows them by.
import type { Pull, Repository } from '../domain/event.ts'
import type { Contributors } from '../domain/host.ts'
import type { Open } from './client.ts'
import { statusOf } from './failures.ts'
import { openRepository } from './pulls.ts'

/** A comparison lists all of its commits, page by page (https://docs.github.com/en/rest/commits/commits#compare-two-commits); a pull's own list ends at 250. */
const perPage = 100
const pagesAtMost = 20

export async function getContributors(
  open: Open,
  repository: Repository,
  { base, head }: Pick<Pull, 'base' | 'head'>,
): Promise<Contributors> {
  const { octokit, at } = openRepository(open, repository, { contents: 'read' })
  const people = new Map<number, string>()
  for (let page = 1; page <= pagesAtMost; page++) {
    const asked = { ...at, basehead: `${base.sha}...${head.sha}`, per_page: perPage, page }
    const answer = await octokit.rest.repos.compareCommitsWithBasehead(asked).catch((thrown: unknown) => {
      if (statusOf(thrown) === 404) return undefined
      throw thrown
    })
    if (!answer) break
    const { commits, total_commits } = answer.data
    for (const { author, committer } of commits)
      for (const one of [author, committer])
        if (one && 'id' in one && typeof one.id === 'number') people.set(one.id, one.login)
    if (commits.length === 0 || page * perPage >= total_commits)
      return { people: [...people].map(([id, login]) => ({ id, login })), all: true }
  }
  return { people: [...people].map(([id, login]) => ({ id, login })), all: false }
}
