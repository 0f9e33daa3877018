// Review threads, which REST does not know: whether they are resolved, and resolving them.

import { Problem } from '../domain/problem.ts'
import type { Log } from './client.ts'
import { readFailure } from './failures.ts'
import { fields, id, list, name } from './payloads.ts'
import type { Place } from './standing.ts'

export interface Thread {
  id: string
  resolved: boolean
}

export const threadsQuery = `query ($owner: String!, $repo: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $repo) {
    pullRequest(number: $number) {
      reviewThreads(first: 100, after: $after) {
        pageInfo { hasNextPage endCursor }
        nodes { id isResolved comments(first: 1) { nodes { databaseId } } }
      }
    }
  }
}`

/** GitHub demands contents: write for it (https://docs.github.com/en/graphql/reference/mutations#resolvereviewthread). */
export const resolveMutation = `mutation ($thread: ID!) {
  resolveReviewThread(input: { threadId: $thread }) { thread { id } }
}`

/** Threads by their first comment's id; none when GraphQL is not open to us, since a review must not fail for it. */
export async function readThreads({ octokit, at }: Place, number: number, log: Log): Promise<Map<number, Thread>> {
  const threads = new Map<number, Thread>()
  try {
    for (let after: string | undefined, more = true; more; ) {
      const answer = await octokit.graphql(threadsQuery, { ...at, number, ...(after ? { after } : {}) })
      const page = fields(fields(fields(fields(answer)?.repository)?.pullRequest)?.reviewThreads)
      for (const node of list(page?.nodes)) note(threads, node)
      const info = fields(page?.pageInfo)
      after = name(info?.endCursor)
      more = info?.hasNextPage === true && after !== undefined
    }
  } catch (thrown) {
    throwUnlessRefused(thrown)
    log({ number }, 'GitHub does not tell which threads are resolved; they are taken as open')
  }
  return threads
}

/** Those that GitHub lets us resolve; the rest stay open, and the comment itself says that it is fixed. */
export async function resolveThreads({ octokit }: Place, threads: string[], log: Log): Promise<void> {
  for (const thread of threads) {
    try {
      await octokit.graphql(resolveMutation, { thread })
    } catch (thrown) {
      throwUnlessRefused(thrown)
      log({ thread }, 'GitHub does not let the App resolve review threads; that needs contents: write')
      return
    }
  }
}

function note(threads: Map<number, Thread>, value: unknown): void {
  const node = fields(value)
  const [threadId, first] = [name(node?.id), id(fields(list(fields(node?.comments)?.nodes)[0])?.databaseId)]
  if (threadId && first) threads.set(first, { id: threadId, resolved: node?.isResolved === true })
}

/** Stopping, and what is a bug, must not look like a missing permission. */
function throwUnlessRefused(thrown: unknown): void {
  if (thrown instanceof Problem ? thrown.code === 'stopped' : !isRefusal(thrown)) throw thrown
}

function isRefusal(thrown: unknown): boolean {
  const refusedByGraphql = thrown instanceof Error && thrown.name === 'GraphqlResponseError'
  return refusedByGraphql || readFailure(thrown) !== undefined
}
