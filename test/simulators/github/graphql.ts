// The few GraphQL questions that REST has no answer for: threads of a pull, resolving them, hiding comments.
import { validate } from '@octokit/graphql-schema'
import { type Actor, covers, holds, type InstallationToken, type Tokens } from './access.ts'
import { resolveThread, unresolveThread } from './changes/talk.ts'
import { Refusal } from './refusal.ts'
import type { Sent } from './server.ts'
import { nodeId, numberIn } from './shapes.ts'
import {
  botOf,
  findRepository,
  isPull,
  type Json,
  type Pull,
  pullsOf,
  type Repository,
  type ReviewComment,
  type World,
} from './world.ts'

/** Answers 200 with `errors` where REST would refuse, as GitHub's GraphQL does. */
export async function answerGraphql(
  world: World,
  tokens: Tokens,
  authorization: string | undefined,
  body: Json,
): Promise<Sent> {
  try {
    const actor = tokens.authenticate(authorization)
    if (actor.kind !== 'installation' && actor.kind !== 'user')
      throw new Refusal(401, 'This endpoint requires you to be authenticated.')
    const invalid = validate(String(body?.query ?? ''))
    if (invalid.length > 0) {
      world.refusals.push(`POST /api/graphql: ${invalid.map(error => error.message).join('; ')}`)
      return ok({ errors: invalid.map(({ message }) => ({ message })) })
    }
    return ok(answer(world, actor, body.query, body.variables ?? {}))
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { status: error.status, body: error.body, headers: {} }
  }
}

const ok = (body: Json): Sent => ({ status: 200, body, headers: {} })

function answer(world: World, actor: Actor, query: string, variables: Json): Json {
  if (/\bresolveReviewThread\b/.test(query))
    return settleThread(world, actor, 'resolveReviewThread', idIn(query, variables, 'threadId'))
  if (/\bunresolveReviewThread\b/.test(query))
    return settleThread(world, actor, 'unresolveReviewThread', idIn(query, variables, 'threadId'))
  if (/\bminimizeComment\b/.test(query))
    return minimize(world, actor, idIn(query, variables, 'subjectId'), classifier(query, variables))
  if (/\breviewThreads\b/.test(query)) return threads(world, actor, variables)
  return { errors: [{ message: 'the simulator does not answer this query' }] }
}

function threads(world: World, actor: Actor, variables: Json): Json {
  const repository = findRepository(world, variables.owner ?? '', variables.repo ?? variables.name ?? '')
  const issue = repository?.issues.get(Number(variables.number ?? variables.pull ?? variables.pullNumber))
  if (!repository || !issue || !isPull(issue) || !sees(actor, repository))
    return failure('NOT_FOUND', 'Could not resolve to a PullRequest.', { repository: null })
  const seen = issue.reviewComments.filter(comment => comment.inReplyTo === null)
  const size = Number(variables.first ?? 100)
  const start =
    variables.cursor || variables.after
      ? seen.findIndex(root => threadId(root) === (variables.cursor ?? variables.after)) + 1
      : 0
  const nodes = seen.slice(start, start + size).map(root => threadShape(issue, root))
  const pageInfo = { hasNextPage: start + size < seen.length, endCursor: nodes.at(-1)?.id ?? null }
  return {
    data: {
      repository: {
        pullRequest: {
          id: nodeId('PullRequest', issue.id),
          reviewThreads: { nodes, totalCount: seen.length, pageInfo },
        },
      },
    },
  }
}

/** Every field a query may pick; the answer is not cut down to the ones asked for. */
function threadShape(pull: Pull, root: ReviewComment): Json {
  const members = pull.reviewComments.filter(comment => comment === root || comment.inReplyTo === root.id)
  const resolver = pull.resolvedThreads.get(root.id)
  const nodes = members.map(comment => ({
    id: nodeId('PullRequestReviewComment', comment.id),
    databaseId: comment.id,
    fullDatabaseId: String(comment.id),
    body: comment.body,
    path: comment.path,
    createdAt: comment.createdAt.toISOString(),
    isMinimized: comment.minimized !== undefined,
    author: { __typename: comment.user.type, login: comment.user.login.replace('[bot]', '') },
  }))
  const state = { isResolved: resolver !== undefined, isOutdated: root.subjectType === 'line' && root.line === null }
  const where = {
    path: root.path,
    line: root.line,
    startLine: root.startLine,
    originalLine: root.originalLine,
    subjectType: root.subjectType.toUpperCase(),
  }
  const comments = { nodes, totalCount: nodes.length, pageInfo: { hasNextPage: false, endCursor: null } }
  return {
    id: threadId(root),
    ...state,
    ...where,
    viewerCanResolve: true,
    resolvedBy: resolver ? { login: resolver.login } : null,
    comments,
  }
}

function settleThread(
  world: World,
  actor: Actor,
  field: 'resolveReviewThread' | 'unresolveReviewThread',
  id: string,
): Json {
  const number = numberIn('PullRequestReviewThread', id)
  const found = findComment(world, number)
  if (!found || !sees(actor, found.repository))
    return failure('NOT_FOUND', `Could not resolve to a node with the global id of '${id}'`, { [field]: null })
  // GitHub asks for contents: write here, though it is about pulls
  if (actor.kind === 'installation' && !holds(actor.token.permissions, 'contents', 'write'))
    return failure('FORBIDDEN', 'Resource not accessible by integration', { [field]: null })
  const by = actor.kind === 'user' ? actor.user : botOf(world)
  const settle = field === 'resolveReviewThread' ? resolveThread : unresolveThread
  settle(world, found.repository, found.pull, found.comment, by)
  return { data: { [field]: { thread: threadShape(found.pull, found.comment), clientMutationId: null } } }
}

function minimize(world: World, actor: Actor, id: string, reason: string): Json {
  const target = findMinimizable(world, id)
  if (!target || !sees(actor, target.repository))
    return failure('NOT_FOUND', `Could not resolve to a node with the global id of '${id}'`, { minimizeComment: null })
  if (
    actor.kind === 'installation' &&
    !holds(actor.token.permissions, 'pull_requests', 'write') &&
    !holds(actor.token.permissions, 'issues', 'write')
  )
    return failure('FORBIDDEN', 'Resource not accessible by integration', { minimizeComment: null })
  target.comment.minimized = reason
  return {
    data: {
      minimizeComment: {
        minimizedComment: { isMinimized: true, minimizedReason: reason.toLowerCase(), viewerCanMinimize: true },
      },
    },
  }
}

function findMinimizable(world: World, id: string) {
  for (const repository of world.repositories)
    for (const issue of repository.issues.values()) {
      const reviewParts = isPull(issue)
        ? { PullRequestReviewComment: issue.reviewComments, PullRequestReview: issue.reviews }
        : {}
      for (const [kind, comments] of Object.entries({ IssueComment: issue.issueComments, ...reviewParts })) {
        const comment = (comments as { id: number; minimized?: string }[]).find(
          known => known.id === numberIn(kind, id),
        )
        if (comment) return { repository, comment }
      }
    }
  return undefined
}

function findComment(
  world: World,
  id: number | undefined,
): { repository: Repository; pull: Pull; comment: ReviewComment } | undefined {
  for (const repository of world.repositories)
    for (const pull of pullsOf(repository)) {
      const comment = pull.reviewComments.find(known => known.id === id)
      if (comment) return { repository, pull, comment }
    }
  return undefined
}

const threadId = (root: ReviewComment) => nodeId('PullRequestReviewThread', root.id)
const sees = (actor: Actor, repository: Repository) => actor.kind !== 'installation' || mayRead(actor.token, repository)
const mayRead = (token: InstallationToken, repository: Repository) =>
  covers(token, repository) && holds(token.permissions, 'pull_requests', 'read')

function failure(type: string, message: string, data: Json): Json {
  return { data, errors: [{ type, path: Object.keys(data), locations: [{ line: 1, column: 1 }], message }] }
}

/** An id given as a variable of any name, inside `input`, or written into the query. */
function idIn(query: string, variables: Json, name: string): string {
  const written = new RegExp(`${name}:\\s*(?:"([^"]+)"|\\$(\\w+))`).exec(query)
  return String(variables.input?.[name] ?? written?.[1] ?? variables[written?.[2] ?? name] ?? '')
}

function classifier(query: string, variables: Json): string {
  const written = /classifier:\s*(?:(\w+)|\$(\w+))/.exec(query)
  return String(variables.input?.classifier ?? written?.[1] ?? variables[written?.[2] ?? 'classifier'] ?? 'OUTDATED')
}
