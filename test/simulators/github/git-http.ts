// git over HTTP: git's own `git http-backend`, behind the same tokens as the API.
import { spawn } from 'node:child_process'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { basename, dirname } from 'node:path'
import { covers, holds, type Tokens } from './access.ts'
import { branchesOf } from './bare-repository.ts'
import { relay } from './cgi.ts'
import { branchMoved } from './changes/branches.ts'
import { Refusal } from './refusal.ts'
import { botOf, findRepository, mayWrite, type Repository, roleOf, type User, type World } from './world.ts'

export interface GitRequest {
  owner: string
  name: string
  rest: string
  service: 'git-upload-pack' | 'git-receive-pack'
}

/** Which repository and service an address asks for; undefined when it is no git address. */
export function gitRequest(address: URL): GitRequest | undefined {
  const match = /^\/([^/]+)\/([^/]+?)(?:\.git)?(\/(?:info\/refs|git-upload-pack|git-receive-pack))$/.exec(
    address.pathname,
  )
  if (!match) return undefined
  const rest = match[3]!
  const service = rest === '/info/refs' ? address.searchParams.get('service') : rest.slice(1)
  if (service !== 'git-upload-pack' && service !== 'git-receive-pack') return undefined
  return { owner: match[1]!, name: match[2]!, rest, service }
}

/** Answers, and resolves to the status once the answer is out. */
export async function serveGit(
  world: World,
  tokens: Tokens,
  asked: GitRequest,
  request: IncomingMessage,
  response: ServerResponse,
  address: URL,
): Promise<number> {
  let allowed: { repository: Repository; user: User }
  try {
    allowed = admit(world, tokens, asked, request.headers.authorization)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const ask = error.status === 401 ? { 'www-authenticate': 'Basic realm="GitHub"' } : {}
    response.writeHead(error.status, { 'content-type': 'text/plain', ...ask }).end(`${error.message}\n`)
    return error.status
  }
  const status = await backend(allowed.repository, asked, request, response, address, allowed.user)
  if (asked.rest === '/git-receive-pack') await refreshBranches(world, allowed.repository, allowed.user)
  response.end()
  return status
}

/** Reads from git which branches moved, and tells. */
async function refreshBranches(world: World, repository: Repository, by: User): Promise<void> {
  const now = await branchesOf(repository.gitDir)
  for (const branch of new Set([...repository.branches.keys(), ...now.keys()]))
    await branchMoved(world, repository, { branch, to: now.get(branch), by })
}

function admit(world: World, tokens: Tokens, asked: GitRequest, authorization: string | undefined) {
  const actor = tokens.authenticate(authorization)
  const old = world.oldNames.get(`${asked.owner}/${asked.name}`.toLowerCase())
  const repository = findRepository(world, asked.owner, asked.name) ?? old
  const writes = asked.service === 'git-receive-pack'
  if (actor.kind === 'app') throw new Refusal(401, 'Invalid username or token.')
  if (actor.kind === 'anonymous') {
    if (repository && !repository.private && !writes) return { repository, user: botOf(world) }
    throw new Refusal(401, 'Invalid username or token.')
  }
  if (!repository) throw new Refusal(404, 'Repository not found.')
  const denied = (login: string) =>
    new Refusal(403, `Permission to ${asked.owner}/${asked.name}.git denied to ${login}.`)
  if (actor.kind === 'user') {
    if (roleOf(repository, actor.user) === 'none') throw new Refusal(404, 'Repository not found.')
    if (writes && !mayWrite(repository, actor.user)) throw denied(actor.user.login)
    return { repository, user: actor.user }
  }
  const bot = botOf(world)
  if (!covers(actor.token, repository)) {
    if (repository.private) throw new Refusal(404, 'Repository not found.')
    if (writes) throw denied(bot.login)
    return { repository, user: bot }
  }
  if (!holds(actor.token.permissions, 'contents', writes ? 'write' : 'read')) throw denied(bot.login)
  return { repository, user: bot }
}

function backend(
  repository: Repository,
  asked: GitRequest,
  request: IncomingMessage,
  response: ServerResponse,
  address: URL,
  user: User,
): Promise<number> {
  const child = spawn('git', ['http-backend'], {
    env: {
      PATH: process.env.PATH,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_PROJECT_ROOT: dirname(repository.gitDir),
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: `/${basename(repository.gitDir)}${asked.rest}`,
      REQUEST_METHOD: request.method,
      QUERY_STRING: address.search.slice(1),
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      ...(request.headers['content-length'] && { CONTENT_LENGTH: request.headers['content-length'] }),
      ...(request.headers['content-encoding'] && { HTTP_CONTENT_ENCODING: request.headers['content-encoding'] }),
      ...(request.headers['git-protocol'] && { GIT_PROTOCOL: String(request.headers['git-protocol']) }),
      REMOTE_USER: user.login,
      REMOTE_ADDR: '127.0.0.1',
      PROTECTED_BRANCHES: [...repository.protectedBranches].join(' '),
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  response.on('close', () => child.kill())
  return relay(child, request, response)
}
