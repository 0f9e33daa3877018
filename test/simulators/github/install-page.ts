// The page on which people install the App, as far as a browser needs it: one form for each account, which leads to where the App's manifest says.
import { manifestOf } from './manifest.ts'
import { newInstallation } from './new-repository.ts'
import type { Sent } from './server.ts'
import { installationShape, repositoryBrief, userShape } from './shapes.ts'
import type { Json, User, World } from './world.ts'

export function installPage(world: World): Sent {
  const accounts = new Set(without(world).map(({ owner }) => owner.login))
  const forms = [...accounts].map(
    login =>
      `<form method="post"><h2>${login}</h2><input type="hidden" name="account" value="${login}"><button>Install</button></form>`,
  )
  const title = `Install ${world.app.slug}`
  return {
    status: 200,
    body: `<title>${title}</title><link rel="icon" href="data:,"><h1>${title}</h1>${forms.join('')}`,
    headers: {},
  }
}

/** Puts the App on all repositories of the account. */
export function install(world: World, body: Json): Sent {
  const own = without(world).filter(({ owner }) => owner.login === body?.account)
  const account = own[0]?.owner
  const { default_permissions: permissions, setup_url } = manifestOf(world) ?? {}
  if (!account || !permissions) return { status: 422, body: '<h1>Nothing to install it on</h1>', headers: {} }
  const installation = newInstallation(world, account, permissions)
  for (const repository of own) repository.installation = installation
  world.deliver('installation', {
    action: 'created',
    repositories: own.map(repositoryBrief),
    requester: null,
    installation: installationShape(world, installation),
    sender: userShape(world, account),
  })
  const to = new URL(setup_url)
  to.searchParams.set('installation_id', String(installation.id))
  to.searchParams.set('setup_action', 'install')
  return { status: 302, body: '', headers: { location: to.href } }
}

function without(world: World) {
  const has = (account: User) => world.installations.some(known => known.account === account)
  return world.repositories.filter(({ owner, parent }) => !parent && !has(owner))
}
