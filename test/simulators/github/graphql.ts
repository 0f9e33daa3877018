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
  const given = (field: string, name: string) => argument(query, variables, field, name)
  for (const field of ['resolveReviewThread', 'unresolveReviewThread'] as const)
    if (new RegExp(`\\b${field}\\b`).test(query))
      return settleThread(world, actor, field, String(given(field, 'threadId')))
  if (/\bminimizeComment\b/.test(query)) {
    const [subject, reason] = [given('minimizeComment', 'subjectId'), given('minimizeComment', 'classifier')]
    return minimize(world, actor, String(subject), String(reason))
  }
  if (/\breviewThreads\b/.test(query)) return threads(world, actor, given)
  world.refusals.push('POST /api/graphql: the simulator does not answer this query')
  return { errors: [{ message: 'the simulator does not answer this query' }] }
}

/** An argument of a field, written into the query or given by a variable of any name. */
function argument(query: string, variables: Json, field: string, name: string): Json {
  const written = new RegExp(`\\b${field}\\s*\\(([^)]*)\\)`).exec(query)?.[1] ?? ''
  const whole = /\binput:\s*\$(\w+)/.exec(written)
  if (whole) return variables[whole[1]!]?.[name]
  const [, text, variable, literal] = new RegExp(`\\b${name}:\\s*(?:"([^"]*)"|\\$(\\w+)|(\\w+))`).exec(written) ?? []
  return text ?? (variable ? variables[variable] : literal)
}

/** By owner, name and number, or by the pull's node id. */
function threads(world: World, actor: Actor, given: (field: string, name: string) => Json): Json {
  const byId = given('node', 'id')
  const repository = findRepository(world, given('repository', 'owner') ?? '', given('repository', 'name') ?? '')
  const named = repository?.issues.get(Number(given('pullRequest', 'number')))
  const found = byId ? pullWithId(world, byId) : repository && named && isPull(named) && { repository, pull: named }
  if (!found || !sees(actor, found.repository))
    return failure('NOT_FOUND', 'Could not resolve to a PullRequest.', { [byId ? 'node' : 'repository']: null })
  const { pull } = found
  const all = pull.reviewComments.filter(comment => comment.inReplyTo === null)
  const after = given('reviewThreads', 'after')
  const start = after ? all.findIndex(root => threadId(root) === after) + 1 : 0
  const end = start + Math.min(Number(given('reviewThreads', 'first') ?? 100), 100)
  const nodes = all.slice(start, end).map(root => threadShape(pull, root))
  const pageInfo = { hasNextPage: end < all.length, endCursor: nodes.at(-1)?.id ?? null }
  const pullRequest = { id: nodeId('PullRequest', pull.id), reviewThreads: { nodes, totalCount: all.length, pageInfo } }
  return { data: byId ? { node: pullRequest } : { repository: { pullRequest } } }
}

function pullWithId(world: World, id: string) {
  const number = numberIn('PullRequest', id)
  for (const repository of world.repositories)
    for (const pull of pullsOf(repository)) if (pull.id === number) return { repository, pull }
  return undefined
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
