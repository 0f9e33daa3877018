// The App, where it is installed, and the tokens it takes out.

import { covers, holds } from '../access.ts'
import { type Call, type Handlers, knownUser, page, repositoryOf, tokenOf, userOf } from '../call.ts'
import { takeCode } from '../manifest.ts'
import { notFound, Refusal } from '../refusal.ts'
import { appShape, installationShape, iso, repositoryShape } from '../shapes.ts'
import { type Installation, type Level, type Repository, roleOf, type User } from '../world.ts'

export const apps: Handlers = {
  'apps/get-authenticated': call => ({
    body: { ...appShape(call.world, granted(call)), installations_count: call.world.installations.length },
  }),
  'apps/get-by-slug': call => {
    if (call.params.app_slug !== call.world.app.slug) throw notFound()
    return { body: appShape(call.world, granted(call)) }
  },
  'apps/create-from-manifest': call => {
    const { app } = call.world
    const manifest = takeCode(call.world, call.params.code!)
    if (!manifest) throw notFound()
    const secrets = { client_id: app.clientId, client_secret: app.clientSecret, webhook_secret: app.webhookSecret }
    const asked = manifest.default_permissions ?? granted(call)
    return { status: 201, body: { ...appShape(call.world, asked), ...secrets, pem: app.privateKey } }
  },
  'apps/list-installations': call =>
    page(
      call,
      call.world.installations.map(known => installationShape(call.world, known)),
    ),
  'apps/get-installation': call => ({ body: installationShape(call.world, installationOf(call)) }),
  'apps/get-repo-installation': call => installedOn(call, repositoryOf(call).installation),
  'apps/get-org-installation': call => installedOn(call, installationFor(call, knownUser(call, call.params.org!))),
  'apps/get-user-installation': call =>
    installedOn(call, installationFor(call, knownUser(call, call.params.username!))),
  'apps/create-installation-access-token': createToken,
  'apps/revoke-installation-access-token': call => {
    call.tokens.revoke(tokenOf(call))
    return {}
  },
  'apps/list-repos-accessible-to-installation': call => {
    const token = tokenOf(call)
    const seen = call.world.repositories.filter(repository => covers(token, repository))
    const shapes = seen.map(repository => repositoryShape(call.world, repository, userOf(call)))
    const repository_selection = token.repositoryIds ? 'selected' : 'all'
    return page(call, shapes, (repositories, total_count) => ({ total_count, repository_selection, repositories }))
  },
  'apps/list-installations-for-authenticated-user': call => {
    const seen = call.world.installations.filter(known => seenBy(call, known, userOf(call)).length > 0)
    const shapes = seen.map(known => installationShape(call.world, known))
    return page(call, shapes, (installations, total_count) => ({ total_count, installations }))
  },
  'apps/list-installation-repos-for-authenticated-user': call => {
    const user = userOf(call)
    const shapes = seenBy(call, installationOf(call), user).map(known => repositoryShape(call.world, known, user))
    return page(call, shapes, (repositories, total_count) => ({ total_count, repositories }))
  },
}

/** Scoped to repositories and permissions as asked; never to more than the installation has. */
function createToken(call: Call) {
  const installation = installationOf(call)
  if (installation.suspended) throw new Refusal(403, 'This installation has been suspended')
  const wanted = (call.body?.permissions ?? installation.permissions) as Record<string, Level>
  for (const [permission, level] of Object.entries(wanted))
    if (!holds(installation.permissions, permission, level))
      throw new Refusal(422, 'The permissions requested are not granted to this installation.')
  const scope = scopeOf(call, installation)
  const permissions = { metadata: 'read' as const, ...wanted }
  const token = call.tokens.mint(installation, permissions, scope && new Set(scope.map(({ id }) => id)))
  const body = { token: token.value, expires_at: iso(new Date(token.expiresAt)), permissions }
  if (!scope) return { body: { ...body, repository_selection: 'all' } }
  const repositories = scope.map(repository => repositoryShape(call.world, repository))
  return { body: { ...body, repository_selection: 'selected', repositories } }
}

function scopeOf(call: Call, installation: Installation): Repository[] | undefined {
  const { repositories: names, repository_ids: ids } = (call.body ?? {}) as {
    repositories?: string[]
    repository_ids?: number[]
  }
  if (!names && !ids) return undefined
  const own = call.world.repositories.filter(repository => repository.installation === installation)
  const found = [
    ...(names ?? []).map(name => own.find(known => known.name.toLowerCase() === name.toLowerCase())),
    ...(ids ?? []).map(id => own.find(known => known.id === id)),
  ]
  const present = found.filter(repository => repository !== undefined)
  if (present.length === found.length) return present
  throw new Refusal(
    422,
    'There is at least one repository that does not exist or is not accessible to the parent installation.',
  )
}

function installationOf(call: Call): Installation {
  const installation = call.world.installations.find(known => known.id === Number(call.params.installation_id))
  if (!installation) throw notFound()
  return installation
}

function installationFor(call: Call, account: User): Installation | undefined {
  return call.world.installations.find(known => known.account === account)
}

function installedOn(call: Call, installation: Installation | undefined) {
  if (!installation) throw notFound()
  return { body: installationShape(call.world, installation) }
}

function seenBy(call: Call, installation: Installation, user: User): Repository[] {
  const own = call.world.repositories.filter(repository => repository.installation === installation)
  return own.filter(repository => !['none'].includes(roleOf(repository, user)))
}

function granted(call: Call): Record<string, Level> {
  return call.world.installations[0]?.permissions ?? { metadata: 'read' }
}
