// Which paths a push changed, where its delivery does not name them all.
import type { Push, Repository } from '../domain/event.ts'
import type { Open } from './client.ts'
import { statusOf } from './failures.ts'
import { openRepository } from './pulls.ts'

/** GitHub lists 300 files of a comparison at most, all on its first page (https://docs.github.com/en/rest/commits/commits#compare-two-commits). */
const mostFiles = 300

/** Both names of a rename. A new branch is compared with the default branch. undefined past the limit, and where the commit from before is gone. */
export async function getPushedPaths(
  open: Open,
  repository: Repository,
  { before, after }: Pick<Push, 'before' | 'after'>,
): Promise<string[] | undefined> {
  const { octokit, at } = openRepository(open, repository, { contents: 'read' })
  const base = /^0+$/.test(before) ? repository.defaultBranch : before
  try {
    const { data } = await octokit.rest.repos.compareCommitsWithBasehead({
      ...at,
      basehead: `${base}...${after}`,
      per_page: 1,
    })
    const files = data.files ?? []
    if (files.length >= mostFiles) return undefined
    return files.flatMap(file => (file.previous_filename ? [file.previous_filename, file.filename] : [file.filename]))
  } catch (thrown) {
    if (statusOf(thrown) === 404) return undefined
    throw thrown
  }
}
