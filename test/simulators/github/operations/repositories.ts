// Repositories, their branches, and who may do what in them.
import { covers } from '../access.ts'
import { type Call, type Handlers, page, repositoryOf, userOf } from '../call.ts'
import { notFound, Refusal } from '../refusal.ts'
import {
  api,
  fullRepositoryShape,
  permissionsOf,
  repositoryPath,
  repositoryShape,
  userShape,
  webPath,
} from '../shapes.ts'
import { type Repository, roleOf, type User } from '../world.ts'
import { commitShape } from './commits.ts'

export const repositories: Handlers = {
  'repos/get': call => ({ body: fullRepositoryShape(call.world, repositoryOf(call), userOf(call)) }),
  'repos/list-for-org': call => listFor(call, call.params.org!),
  'repos/list-for-user': call => listFor(call, call.params.username!),
  'repos/list-languages': () => ({ body: { TypeScript: 1000 } }),
  'repos/list-branches': listBranches,
  'repos/get-branch': async call => {
    const repository = repositoryOf(call)
    const name = call.params.branch!
    const sha = repository.branches.get(name)
    if (!sha) throw new Refusal(404, 'Branch not found')
    const commit = await commitShape(call.world, repository, sha, { files: false })
    const self = api(call.world, `${repositoryPath(repository)}/branches/${name}`)
    const html = `${call.world.url}${webPath(repository)}/tree/${name}`
    return { body: { ...protectionOf(call, repository, name), commit, _links: { self, html } } }
  },
  'repos/get-branch-rules': call => page(call, []),
  'repos/get-collaborator-permission-level': call => {
    const repository = repositoryOf(call)
    const user = call.world.users.get(call.params.username!.toLowerCase())
    if (!user) throw notFound()
    return { body: permissionOf(call, repository, user) }
  },
  'repos/list-collaborators': call => {
    const repository = repositoryOf(call)
    const logins = [repository.owner.login.toLowerCase(), ...repository.collaborators.keys()]
    const users = logins.map(login => call.world.users.get(login)!).filter(user => user.type !== 'Organization')
    return page(
      call,
      users.map(user => permissionOf(call, repository, user).user),
    )
  },
}

/** The old field knows four levels: `maintain` reads `write` in it, and `triage` reads `read`. */
function permissionOf(call: Call, repository: Repository, user: User) {
  const role = roleOf(repository, user)
  const permission = role === 'maintain' ? 'write' : role === 'triage' ? 'read' : role
  const shape = { ...userShape(call.world, user), permissions: permissionsOf(role), role_name: role }
  return { permission, role_name: role, user: shape }
}

async function listBranches(call: Call) {
  const repository = repositoryOf(call)
  const only = call.query.protected
  const shapes = [...repository.branches].map(([name, sha]) => {
    const url = api(call.world, `${repositoryPath(repository)}/commits/${sha}`)
    const { protection: _, ...shape } = protectionOf(call, repository, name)
    return { ...shape, commit: { sha, url } }
  })
  return page(
    call,
    shapes.filter(shape => only === undefined || String(shape.protected) === only),
  )
}

function protectionOf(call: Call, repository: Repository, name: string) {
  const isProtected = repository.protectedBranches.has(name)
  const required_status_checks = { enforcement_level: 'off', contexts: [], checks: [] }
  const protection = { enabled: isProtected, required_status_checks }
  const protection_url = api(call.world, `${repositoryPath(repository)}/branches/${name}/protection`)
  return { name, protected: isProtected, protection, protection_url }
}

function listFor(call: Call, login: string) {
  const { actor, world } = call
  const own = world.repositories.filter(known => known.owner.login.toLowerCase() === login.toLowerCase())
  const seen = own.filter(known => {
    if (!known.private) return true
    if (actor.kind === 'installation') return covers(actor.token, known)
    return actor.kind === 'user' && roleOf(known, actor.user) !== 'none'
  })
  return page(
    call,
    seen.map(known => repositoryShape(world, known, userOf(call))),
  )
}
