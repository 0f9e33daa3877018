// Accounts, limits, search and the odds and ends of the API.

import { type Handlers, knownUser, page, userOf } from '../call.ts'
import { notFound } from '../refusal.ts'
import { iso, organizationBrief, personShape, userShape } from '../shapes.ts'
import { searchIssues } from './search.ts'

export const people: Handlers = {
  'users/get-authenticated': call => ({ body: personShape(call.world, userOf(call), true) }),
  'users/get-by-username': call => ({ body: personShape(call.world, knownUser(call, call.params.username!), false) }),
  'orgs/get': call => {
    const user = knownUser(call, call.params.org!)
    if (user.type !== 'Organization') throw notFound()
    const at = iso(call.world.now())
    const counts = { public_repos: 0, public_gists: 0, followers: 0, following: 0 }
    const flags = {
      has_organization_projects: true,
      has_repository_projects: true,
      html_url: `${call.world.url}/${user.login}`,
    }
    const dates = { created_at: at, updated_at: at, archived_at: null }
    return { body: { ...organizationBrief(call.world, user), ...flags, ...counts, ...dates, type: 'Organization' } }
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
