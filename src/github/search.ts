// How many issues and pull requests of a repository a search finds.
import type { Repository } from '../domain/event.ts'
import { Problem } from '../domain/problem.ts'
import type { Open } from './client.ts'
import { openRepository } from './pulls.ts'

/** GitHub wants to be told which of the two is looked for, and answers 422 otherwise. */
const saysWhich = /(^|[\s(])-?(is|type):"?(issue|pr|pull-request)\b/i
/** These would look elsewhere: https://docs.github.com/en/search-github/searching-on-github/searching-issues-and-pull-requests */
const looksElsewhere = /(^|[\s(])(repo|org|user):/i

/** Where the search does not say which, both are counted. Problem `bad_input` when it names a place, or GitHub does not take it. */
export async function countResults(open: Open, repository: Repository, search: string): Promise<number> {
  if (looksElsewhere.test(search))
    throw new Problem('bad_input', 'A search looks in its own repository; take `repo:`, `org:` and `user:` out of it.')
  const { octokit, at } = openRepository(open, repository, { issues: 'read', pull_requests: 'read' })
  const place = `repo:${at.owner}/${at.repo}`
  // Alternatives are kept together, or the second would be looked for everywhere.
  const words = /\b(OR|AND|NOT)\b/.test(search) ? `(${search})` : search
  const queries = saysWhich.test(search) ? [words] : [`is:issue ${words}`, `is:pull-request ${words}`]
  let found = 0
  for (const query of queries) {
    const { data } = await octokit.rest.search.issuesAndPullRequests({ q: `${place} ${query}`, per_page: 1 })
    found += data.total_count
  }
  return found
}
