// The commit that a branch or a tag is at now.
import type { Repository } from '../domain/event.ts'
import { Problem } from '../domain/problem.ts'
import type { Open } from './client.ts'
import { statusOf } from './failures.ts'
import { openRepository } from './pulls.ts'

/** `ref`: `heads/BRANCH`, `tags/TAG` or a commit's name (https://docs.github.com/en/rest/commits/commits#get-a-commit). Answers its full name. */
export async function getCommit(open: Open, repository: Repository, ref: string): Promise<string> {
  const { octokit, at } = openRepository(open, repository, { contents: 'read' })
  try {
    const { data } = await octokit.rest.repos.getCommit({ ...at, ref, mediaType: { format: 'sha' } })
    return String(data)
  } catch (thrown) {
    const where = `${repository.owner}/${repository.name}`
    if (statusOf(thrown) === 409)
      throw new Problem('not_found', `${where} has no commit yet, so there is nothing to look at.`, { cause: thrown })
    if (statusOf(thrown) !== 404 && statusOf(thrown) !== 422) throw thrown
    throw new Problem('not_found', `There is no ${ref} in ${where} any more.`, { cause: thrown })
  }
}
