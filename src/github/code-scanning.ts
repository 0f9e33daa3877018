// Results for GitHub's code scanning, which only people with write access see; where it is not to be had, that is one sentence.
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { Repository } from '../domain/event.ts'
import type { Host } from '../domain/host.ts'
import { Problem } from '../domain/problem.ts'
import type { Open } from './client.ts'
import { reasonOf, statusOf } from './failures.ts'
import { openRepository } from './pulls.ts'

/** GitHub takes 10 MB of it compressed: https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support */
const limit = 10_000_000

/** Safe to repeat: a later upload of the same category takes the place of the one before. */
export async function uploadSarif(
  open: Open,
  repository: Repository,
  { commit, ref, sarif }: Parameters<Host['uploadSarif']>[1],
): ReturnType<Host['uploadSarif']> {
  const packed = (await promisify(gzip)(JSON.stringify(sarif))).toString('base64')
  if (packed.length > limit)
    return { because: 'Code scanning takes no more than 10 MB of results: they are in the run alone.' }
  const { octokit, at } = openRepository(open, repository, { security_events: 'write' })
  try {
    const { data } = await octokit.rest.codeScanning.uploadSarif({ ...at, commit_sha: commit, ref, sarif: packed })
    return { id: data.id ?? '' }
  } catch (thrown) {
    if (thrown instanceof Problem && thrown.code === 'forbidden')
      return { because: 'The App does not hold `security_events: write`, so nothing was handed to code scanning.' }
    const status = statusOf(thrown)
    // Switched off, archived, a commit that is gone, results that are not taken: none of it becomes better by another try.
    if (status !== undefined && [400, 403, 404, 413, 422].includes(status))
      return { because: `Code scanning did not take the results: ${reasonOf(thrown)}` }
    throw thrown
  }
}
