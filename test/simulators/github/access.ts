// Who asks, and may they: the App's JWT, installation tokens with their permissions and repositories, people's tokens.
import { createHash, randomBytes, verify } from 'node:crypto'
import { permissionsFor } from './permissions.ts'
import { badCredentials, notAccessible, notFound, Refusal } from './refusal.ts'
import {
  type Installation,
  type Json,
  type Level,
  mayWrite,
  type Repository,
  roleOf,
  type User,
  type World,
} from './world.ts'

export type Actor =
  | { kind: 'anonymous' }
  | { kind: 'app' }
  | { kind: 'installation'; token: InstallationToken }
  | { kind: 'user'; user: User }

export interface InstallationToken {
  value: string
  installation: Installation
  permissions: Record<string, Level>
  /** undefined: every repository of the installation */
  repositoryIds: Set<number> | undefined
  expiresAt: number
}

export interface Tokens {
  mint(installation: Installation, permissions: Record<string, Level>, repositoryIds?: Set<number>): InstallationToken
  mintFor(user: User): string
  /** every installation token ends now, as when an administrator suspends the App */
  revokeAll(): void
  revoke(token: InstallationToken): void
  authenticate(authorization: string | undefined): Actor
}

const hour = 3_600_000

export function keepTokens(world: World): Tokens {
  const installed = new Map<string, InstallationToken>()
  const people = new Map<string, User>()
  return {
    mint(installation, permissions, repositoryIds) {
      const value = `ghs_${randomBytes(27).toString('base64url').replace(/[-_]/g, 'x')}`
      const expiresAt = world.now().getTime() + hour
      const token = { value, installation, permissions, repositoryIds, expiresAt }
      installed.set(value, token)
      return token
    },
    mintFor(user) {
      const value = `ghu_${createHash('sha256').update(`${user.login}${people.size}`).digest('hex').slice(0, 36)}`
      people.set(value, user)
      return value
    },
    revokeAll: () => installed.clear(),
    revoke: token => void installed.delete(token.value),
    authenticate(authorization) {
      if (!authorization) return { kind: 'anonymous' }
      const value = credential(authorization)
      if (value.split('.').length === 3) {
        verifyJwt(world, value)
        return { kind: 'app' }
      }
      const user = people.get(value)
      if (user) return { kind: 'user', user }
      const token = installed.get(value)
      if (!token || token.expiresAt <= world.now().getTime()) throw badCredentials()
      if (token.installation.suspended) throw new Refusal(403, 'This installation has been suspended')
      return { kind: 'installation', token }
    },
  }
}

/** `Bearer x`, `token x`, or Basic with the token as password, as git sends it. */
function credential(authorization: string): string {
  const [scheme, value = ''] = authorization.split(' ') as [string, string?]
  if (scheme.toLowerCase() !== 'basic') return value
  return Buffer.from(value, 'base64')
    .toString()
    .replace(/^[^:]*:/, '')
}

/** RS256, `iat` in the past, at most ten minutes to `exp`; judged by the real clock, since the caller has only that. */
function verifyJwt(world: World, jwt: string): void {
  const [header, payload, signature] = jwt.split('.') as [string, string, string]
  const undecodable = () => new Refusal(401, 'A JSON web token could not be decoded')
  const parse = (part: string): Json => {
    try {
      return JSON.parse(Buffer.from(part, 'base64url').toString())
    } catch {
      throw undecodable()
    }
  }
  if (parse(header).alg !== 'RS256') throw undecodable()
  const signed = Buffer.from(`${header}.${payload}`)
  const keys = [world.app.publicKey, ...(world.app.furtherKeys ?? [])]
  if (!keys.some(key => verify('RSA-SHA256', signed, key, Buffer.from(signature, 'base64url')))) throw undecodable()
  const { iss, iat, exp } = parse(payload)
  const now = Math.floor(Date.now() / 1000)
  if (String(iss) !== String(world.app.id) && iss !== world.app.clientId)
    throw new Refusal(404, 'Integration not found')
  if (!Number.isInteger(iat) || iat > now + 5)
    throw new Refusal(
      401,
      "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
    )
  if (!Number.isInteger(exp) || exp <= now)
    throw new Refusal(
      401,
      "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
    )
  if (exp > now + 605) throw new Refusal(401, "'Expiration time' claim ('exp') is too far in the future")
}

/** Throws what GitHub answers when this actor may not do this. */
export function authorize(
  operationId: string,
  actor: Actor,
  repository: Repository | undefined,
  aboutPull: boolean,
): void {
  const needed = permissionsFor(operationId, aboutPull)
  if (needed === 'app') {
    if (actor.kind !== 'app') throw new Refusal(401, 'A JSON web token could not be decoded')
    return
  }
  if (actor.kind === 'app') throw badCredentials()
  if (needed === 'anyone') return
  if (needed === 'person') {
    if (actor.kind === 'anonymous') throw new Refusal(401, 'Requires authentication')
    if (actor.kind === 'installation') throw notAccessible()
    return
  }
  if (needed === 'installation') {
    if (actor.kind !== 'installation')
      throw new Refusal(
        403,
        'You must authenticate with an installation access token in order to list repositories for an installation.',
      )
    return
  }
  const reads = needed.every(alternative => alternative.level === 'read')
  if (actor.kind === 'installation') authorizeInstallation(actor.token, needed, repository, reads)
  else authorizePerson(actor, needed, repository, reads)
}

function authorizeInstallation(
  token: InstallationToken,
  needed: Needed[],
  repository: Repository | undefined,
  reads: boolean,
) {
  if (repository && !covers(token, repository)) {
    if (repository.private) throw notFound()
    if (!reads) throw notAccessible()
    return
  }
  const granted = needed.some(({ permission, level }) => holds(token.permissions, permission, level))
  if (!granted) throw notAccessible()
}

function authorizePerson(
  actor: Actor & { kind: 'user' | 'anonymous' },
  needed: Needed[],
  repository: Repository | undefined,
  reads: boolean,
) {
  if (!repository) return
  const role = actor.kind === 'user' ? roleOf(repository, actor.user) : repository.private ? 'none' : 'read'
  if (role === 'none') throw notFound()
  if (reads) return
  if (actor.kind === 'anonymous') throw new Refusal(401, 'Requires authentication')
  if (needed.some(({ permission }) => permission === 'checks'))
    throw new Refusal(403, 'You must authenticate via a GitHub App.')
  const talk = needed.some(({ permission }) => permission === 'issues' || permission === 'pull_requests')
  if (!talk && !mayWrite(repository, actor.user)) throw new Refusal(403, 'Must have push access to repository')
}

export interface Needed {
  permission: string
  level: Level
}

export function covers(token: InstallationToken, repository: Repository): boolean {
  if (repository.installation !== token.installation) return false
  return !token.repositoryIds || token.repositoryIds.has(repository.id)
}

export function holds(permissions: Record<string, Level>, permission: string, level: Level): boolean {
  const held = permissions[permission] ?? (permission === 'metadata' ? 'read' : undefined)
  return held === 'write' || held === level
}
