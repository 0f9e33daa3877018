// The HTTP side of the simulated GitHub: API, GraphQL, git and sign-in on one port, with faults on demand.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Actor, authorize, type Tokens } from './access.ts'
import { type Answer, type Call, findRepositoryOf } from './call.ts'
import { answerProblems, findOperation, type Operation, requestProblems } from './contract.ts'
import type { Post } from './deliveries.ts'
import { type Faults, faultAnswer } from './faults.ts'
import { gitRequest, serveGit } from './git-http.ts'
import { answerGraphql } from './graphql.ts'
import { serveLog } from './operations/actions.ts'
import { handlers } from './operations/index.ts'
import { Refusal } from './refusal.ts'
import { signIn } from './sign-in.ts'
import { holdBack } from './slow-body.ts'
import { isPull, type Json, type World } from './world.ts'

export interface RecordedRequest {
  method: string
  path: string
  /** GitHub's operation id; 'graphql', 'git-upload-pack' and 'git-receive-pack' for those; undefined when unknown */
  operation: string | undefined
  /** of the answer; undefined while it is under way or when the socket was destroyed */
  status?: number
  body: Json
  at: Date
}

export interface Parts {
  world: World
  tokens: Tokens
  post: Post
  faults: Faults
  requests: RecordedRequest[]
}

export async function listen(parts: Parts): Promise<{ server: Server; port: number }> {
  const server = createServer((request, response) => {
    serve(parts, request, response).catch(error => {
      parts.world.failures.push(`${request.method} ${request.url}: ${error?.stack ?? error}`)
      if (!response.headersSent) response.writeHead(500)
      response.end(String(error))
    })
  })
  server.keepAliveTimeout = 60_000
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return { server, port: (server.address() as AddressInfo).port }
}

async function serve(parts: Parts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { world } = parts
  const address = new URL(request.url ?? '/', world.url)
  const method = request.method ?? 'GET'
  const path = address.pathname.replace(/^\/api\/v3/, '')
  const asked = gitRequest(address)
  const isApi = address.pathname.startsWith('/api/v3')
  const found = isApi ? findOperation(method, path) : undefined
  const operation = asked
    ? gitOperation(asked.rest, asked.service)
    : isApi
      ? found?.operation.id
      : address.pathname === '/api/graphql'
        ? 'graphql'
        : undefined
  const body = asked ? undefined : await readBody(request)
  const record: RecordedRequest = { method, path: path + address.search, operation, body, at: world.now() }
  parts.requests.push(record)
  const fault = parts.faults.take({ method, path: path + address.search, operation })
  const send = (answer: Sent) => reply(world, record, response, answer, fault?.kind === 'cut-after')
  response.on('close', () => world.emit('request', record))

  if (fault?.kind === 'cut') return void response.destroy()
  if (fault?.hold) holdBack(response, fault.hold)
  else if (fault?.kind === 'slow') await new Promise(resolve => setTimeout(resolve, fault.ms ?? 1000))
  const answer = fault && faultAnswer(fault, world.now())
  if (answer) return send({ headers: {}, ...answer })
  if (asked) {
    if (fault?.kind === 'cut-after') response.end = response.destroy.bind(response) as never
    record.status = await serveGit(world, parts.tokens, asked, request, response, address)
    return
  }
  const log = isApi ? undefined : serveLog(world, address, request.headers.authorization)
  if (log) send(log)
  else if (operation === 'graphql') send(await answerGraphql(world, parts.tokens, request.headers.authorization, body))
  else if (!isApi) send(signIn(world, parts.tokens, parts.post, method, address, body))
  else send(await answerApi(parts, found, request, address, body))
}

function gitOperation(rest: string, service: string): string {
  return rest === '/info/refs' ? service : `${service}/data` // one for each command of a client
}

export interface Sent {
  status: number
  body: Json
  headers: Record<string, string>
}

async function answerApi(
  parts: Parts,
  found: ReturnType<typeof findOperation>,
  request: IncomingMessage,
  address: URL,
  body: Json,
): Promise<Sent> {
  const { world } = parts
  const refuse = (why: string) => world.refusals.push(`${request.method} ${address.pathname}: ${why}`)
  try {
    const actor = parts.tokens.authenticate(request.headers.authorization)
    if (!found) {
      refuse('no such operation in the simulator')
      throw new Refusal(404, 'Not Found')
    }
    const { operation, params } = found
    const query = Object.fromEntries(address.searchParams)
    const accept = request.headers.accept ?? ''
    const method = request.method ?? 'GET'
    const call: Call = {
      world,
      method,
      tokens: parts.tokens,
      post: parts.post,
      params,
      query,
      body,
      accept,
      address,
      actor,
    }
    permit(call, operation, actor, refuse)
    const problems = requestProblems(operation, query, body)
    if (problems.length > 0) {
      refuse(`${operation.id} would be refused: ${problems.join('; ')}`)
      throw new Refusal(422, `Invalid request.\n\n${problems.join('\n')}`)
    }
    return checked(operation, await handlers[operation.id]!(call))
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { status: error.status, body: error.body, headers: error.headers }
  }
}

function permit(call: Call, operation: Operation, actor: Actor, refuse: (why: string) => void): void {
  const repository = findRepositoryOf(call)
  if (call.params.repo && !repository) throw movedOrMissing(call)
  try {
    authorize(operation.id, actor, repository, aboutPull(call))
  } catch (error) {
    if (error instanceof Refusal && error.status !== 404) refuse(`${operation.id}: ${error.status} ${error.message}`)
    throw error
  }
}

/** A renamed repository answers under its old name with where it is now; 307 keeps the method. */
function movedOrMissing(call: Call): Refusal {
  const { owner, repo } = call.params
  const moved = call.world.oldNames.get(`${owner}/${repo}`.toLowerCase())
  if (!moved) return new Refusal(404, 'Not Found')
  const path = `/repos/${moved.owner.login}/${moved.name}`
  const location = call.address.href.replace(`/repos/${owner}/${repo}`, path)
  const moving = { url: location }
  return call.method === 'GET'
    ? new Refusal(301, 'Moved Permanently', moving, { location })
    : new Refusal(307, 'Temporary Redirect', moving, { location })
}

/** Whether an operation on issues is about a pull, where the permission for pulls is enough. */
function aboutPull(call: Call): boolean {
  const issues = findRepositoryOf(call)?.issues
  if (!issues) return true
  const comment = Number(call.params.comment_id)
  const issue = call.params.issue_number
    ? issues.get(Number(call.params.issue_number))
    : [...issues.values()].find(known => known.issueComments.some(({ id }) => id === comment))
  return !issue || isPull(issue)
}

/** The answer, once GitHub's schema admits it; an answer that GitHub would not give is an error of the simulator. */
function checked(operation: Operation, answer: Answer): Sent {
  const successes = Object.keys(operation.responses).map(Number)
  const status = answer.status ?? Math.min(...successes)
  const plain = typeof answer.body === 'string' || Buffer.isBuffer(answer.body)
  const problems = plain ? [] : answerProblems(operation, status, withoutBigints(answer.body))
  if (problems.length > 0)
    throw new Error(`the simulator's answer to ${operation.id} is not GitHub's: ${problems.join('; ')}`)
  return { status, body: answer.body, headers: answer.headers ?? {} }
}

/** Numbers past 2^53 go out digit by digit. */
function asRaw(_: string, value: unknown): unknown {
  return typeof value === 'bigint'
    ? (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(String(value))
    : value
}

/** As the checker of schemas takes them. */
function withoutBigints(body: Json): Json {
  if (!Array.isArray(body) || typeof body[0]?.id !== 'bigint')
    return typeof body?.id === 'bigint' ? { ...body, id: Number(body.id) } : body
  return body.map(item => ({ ...item, id: Number(item.id) }))
}

let served = 0

function reply(world: World, record: RecordedRequest, response: ServerResponse, answer: Sent, cut: boolean): void {
  if (cut) return void response.destroy()
  record.status = answer.status
  served += 1
  const plain = typeof answer.body === 'string' || Buffer.isBuffer(answer.body)
  const limits = {
    'x-ratelimit-limit': '5000',
    'x-ratelimit-remaining': String(5000 - (served % 1000)),
    'x-ratelimit-used': String(served % 1000),
    'x-ratelimit-reset': String(Math.floor(world.now().getTime() / 1000) + 3600),
    'x-ratelimit-resource': 'core',
  }
  const type = plain ? 'text/html; charset=utf-8' : 'application/json; charset=utf-8'
  const about = {
    'x-github-request-id': `SIM:${served}`,
    'x-github-enterprise-version': '3.19.0',
    date: new Date().toUTCString(),
  }
  response.writeHead(answer.status, { 'content-type': type, ...about, ...limits, ...answer.headers })
  response.end(answer.body === undefined ? undefined : plain ? answer.body : JSON.stringify(answer.body, asRaw))
}

async function readBody(request: IncomingMessage): Promise<Json> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString()
  if (!text) return undefined
  if (request.headers['content-type']?.includes('x-www-form-urlencoded'))
    return Object.fromEntries(new URLSearchParams(text))
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
