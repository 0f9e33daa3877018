// Accounts, limits, search and the odds and ends of the API.

import { type Call, type Handlers, knownUser, page, userOf } from '../call.ts'
import { notFound } from '../refusal.ts'
import { api, iso, nodeId, organizationBrief, personShape, userShape } from '../shapes.ts'
import type { Json } from '../world.ts'
import { searchIssues } from './search.ts'

export const people: Handlers = {
  'users/get-authenticated': call => ({ body: personShape(call.world, userOf(call), true) }),
  'users/get-by-username': call => ({ body: personShape(call.world, knownUser(call, call.params.username!), false) }),
  'orgs/get': call => ({ body: organizationShape(call, call.params.org!) }),
  'teams/get-by-name': call => {
    const { org, team_slug: slug } = call.params
    const id = call.world.teams.get(`${org}/${slug}`.toLowerCase())
    if (id === undefined) throw notFound()
    return { body: teamShape(call, org!, slug!, id) }
  },
  'orgs/list-members': call => {
    const own = call.world.repositories.filter(
      known => known.owner.login.toLowerCase() === call.params.org!.toLowerCase(),
    )
    const logins = new Set(own.flatMap(known => [...known.collaborators.keys()]))
    return page(
      call,
      [...logins].map(login => userShape(call.world, call.world.users.get(login)!)),
    )
  },
  'meta/get': () => ({ body: { verifiable_password_authentication: true } }),
  'rate-limit/get': call => {
    const limit = { limit: 5000, used: 1, remaining: 4999, reset: Math.floor(call.world.now().getTime() / 1000) + 3600 }
    return { body: { resources: { core: limit, search: limit, graphql: limit }, rate: limit } }
  },
  'search/issues-and-pull-requests': searchIssues,
}

function organizationShape(call: Call, org: string): Json {
  const user = knownUser(call, org)
  if (user.type !== 'Organization') throw notFound()
  const at = iso(call.world.now())
  const counts = { public_repos: 0, public_gists: 0, followers: 0, following: 0 }
  const flags = {
    has_organization_projects: true,
    has_repository_projects: true,
    html_url: `${call.world.url}/${user.login}`,
  }
  const dates = { created_at: at, updated_at: at, archived_at: null }
  return { ...organizationBrief(call.world, user), ...flags, ...counts, ...dates, type: 'Organization' }
}

function teamShape(call: Call, org: string, slug: string, id: number): Json {
  const at = iso(call.world.now())
  const url = api(call.world, `/organizations/${org}/team/${id}`)
  return {
    id,
    node_id: nodeId('Team', id),
    url,
    html_url: `${call.world.url}/orgs/${org}/teams/${slug}`,
    name: slug,
    slug,
    description: null,
    privacy: 'closed',
    permission: 'pull',
    members_url: `${url}/members{/member}`,
    repositories_url: `${url}/repos`,
    parent: null,
    type: 'organization',
    members_count: 1,
    repos_count: 0,
    created_at: at,
    updated_at: at,
    organization: organizationShape(call, org),
  }
}
