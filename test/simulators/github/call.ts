// One API request on its way to the code that answers it, and how answers are made.

import type { Actor, InstallationToken, Tokens } from './access.ts'
import type { Post } from './deliveries.ts'
import { notFound } from './refusal.ts'
import {
  botOf,
  findRepository,
  type Issue,
  isPull,
  type Json,
  type Pull,
  pullsOf,
  type Repository,
  type User,
  userNamed,
  type World,
} from './world.ts'

export interface Call {
  world: World
  tokens: Tokens
  post: Post
  method: string
  params: Record<string, string>
  query: Record<string, Json>
  body: Json
  accept: string
  /** the address as asked, for Link headers */
  address: URL
  actor: Actor
}

export interface Answer {
  /** the smallest success of the operation when left out */
  status?: number
  /** a string or buffer goes out as it is, under the given content type */
  body?: Json
  headers?: Record<string, string>
}

type Handler = (call: Call) => Answer | Promise<Answer>
export type Handlers = Record<string, Handler>

/** One page of a list, with the Link header that leads to the others. */
export function page(call: Call, items: Json[], wrap: (items: Json[], total: number) => Json = list => list): Answer {
  const size = Math.min(Number(call.query.per_page ?? 30), 100)
  const number = Math.max(Number(call.query.page ?? 1), 1)
  const last = Math.max(Math.ceil(items.length / size), 1)
  const link = (to: number, rel: string) => {
    const address = new URL(call.address)
    address.searchParams.set('page', String(to))
    return `<${address}>; rel="${rel}"`
  }
  const links = []
  if (number > 1) links.push(link(number - 1, 'prev'))
  if (number < last) links.push(link(number + 1, 'next'), link(last, 'last'))
  if (number > 1) links.push(link(1, 'first'))
  const body = wrap(items.slice((number - 1) * size, number * size), items.length)
  return { body, headers: links.length > 0 ? { link: links.join(', ') } : {} }
}

/** A repository that the actor may know of, else GitHub says it is not there. */
export function findRepositoryOf(call: Call): Repository | undefined {
  const { owner, repo } = call.params
  if (!owner || !repo) return undefined
  return findRepository(call.world, owner, repo)
}

export function repositoryOf(call: Call): Repository {
  const repository = findRepositoryOf(call)
  if (!repository) throw notFound()
  return repository
}

export function issueOf(call: Call): Issue | Pull {
  const issue = repositoryOf(call).issues.get(Number(call.params.issue_number))
  if (!issue) throw notFound()
  return issue
}

export function pullOf(call: Call): Pull {
  const issue = repositoryOf(call).issues.get(Number(call.params.pull_number))
  if (!issue || !isPull(issue)) throw notFound()
  return issue
}

export function reviewOf(call: Call) {
  const pull = pullOf(call)
  const review = pull.reviews.find(known => known.id === Number(call.params.review_id))
  if (!review || (review.state === 'PENDING' && review.user !== userOf(call))) throw notFound()
  return { pull, review }
}

export function reviewCommentOf(call: Call) {
  const id = Number(call.params.comment_id)
  for (const pull of pullsOf(repositoryOf(call))) {
    const comment = pull.reviewComments.find(known => known.id === id)
    if (comment) return { pull, comment }
  }
  throw notFound()
}

export function issueCommentOf(call: Call) {
  const id = Number(call.params.comment_id)
  for (const issue of repositoryOf(call).issues.values()) {
    const comment = issue.issueComments.find(known => known.id === id)
    if (comment) return { issue, comment }
  }
  throw notFound()
}

/** Who stands behind the request: a person, or the App's bot. */
export function userOf(call: Call): User {
  return call.actor.kind === 'user' ? call.actor.user : botOf(call.world)
}

export function tokenOf(call: Call): InstallationToken {
  if (call.actor.kind !== 'installation') throw notFound()
  return call.actor.token
}

export function byApp(call: Call): boolean {
  return call.actor.kind === 'installation'
}

export function knownUser(call: Call, login: string): User {
  const user = call.world.users.get(login.toLowerCase())
  if (!user) throw notFound()
  return userNamed(call.world, user.login)
}
