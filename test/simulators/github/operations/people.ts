// Accounts, limits, search and the odds and ends of the API.

import { covers } from '../access.ts'
import { type Handlers, knownUser, page, userOf } from '../call.ts'
import { notFound } from '../refusal.ts'
import { iso, organizationBrief, personShape, repositoryPath, userShape } from '../shapes.ts'
import { issueShape } from '../shapes-of-pulls.ts'
import { isPull, roleOf } from '../world.ts'

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
  'search/issues-and-pull-requests': call => {
    const words = String(call.query.q).match(/(?:[^\s"]+|"[^"]*")+/g) ?? []
    const qualifiers = words
      .filter(word => word.includes(':'))
      .map(word => word.replaceAll('"', '').split(/:(.*)/s) as [string, string])
    const text = words
      .filter(word => !word.includes(':'))
      .join(' ')
      .toLowerCase()
    const seen = call.world.repositories.filter(known => {
      if (call.actor.kind === 'installation') return covers(call.actor.token, known)
      return !known.private || (call.actor.kind === 'user' && roleOf(known, call.actor.user) !== 'none')
    })
    const found = seen.flatMap(repository =>
      [...repository.issues.values()]
        .filter(issue => `${issue.title} ${issue.body ?? ''}`.toLowerCase().includes(text))
        .filter(issue => {
          const facts: Record<string, (value: string) => boolean> = {
            repo: value => repositoryPath(repository).toLowerCase() === `/repos/${value.toLowerCase()}`,
            is: value =>
              ({ pr: isPull(issue), issue: !isPull(issue), draft: isPull(issue) && issue.draft })[value] ??
              issue.state === value,
            type: value => isPull(issue) === (value === 'pr'),
            state: value => issue.state === value,
            label: value => issue.labels.includes(value),
            author: value => issue.author.login === value,
          }
          return qualifiers.every(([name, value]) => facts[name]?.(value) ?? true)
        })
        .map(issue => ({ ...issueShape(call.world, repository, issue), body: issue.body ?? '', score: 1 })),
    )
    return page(call, found, (items, total_count) => ({
      total_count,
      incomplete_results: false,
      search_type: 'lexical',
      items,
    }))
  },
}
