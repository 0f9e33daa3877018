// Problems as JSON bodies of the API (RFC 9457, https://www.rfc-editor.org/rfc/rfc9457).
import type { Context } from 'hono'
import { asProblem, meanings, type ProblemCode } from '../domain/problem.ts'

/** `status` where the code alone does not say it; `retryAfter` in seconds; `allow`: the methods that an address takes. */
export function problemBody(
  context: Context,
  problem: { code: ProblemCode; message: string },
  more: { status?: number; retryAfter?: number; allow?: string } = {},
): Response {
  const status = more.status ?? meanings[problem.code].http
  const body = { type: 'about:blank', title: titles[problem.code], status, detail: problem.message, code: problem.code }
  const headers = new Headers({ 'content-type': 'application/problem+json' })
  const retryAfter = more.retryAfter ?? (status === 429 || status === 503 ? 60 : undefined)
  if (retryAfter !== undefined) headers.set('retry-after', String(Math.max(1, Math.ceil(retryAfter))))
  if (status === 401) headers.set('www-authenticate', 'Bearer realm="watchbill"')
  if (more.allow !== undefined) headers.set('allow', more.allow)
  if (status === 413) headers.set('connection', 'close')
  return context.newResponse(JSON.stringify(body), status as 400, Object.fromEntries(headers))
}

/** What a route threw, as its answer; the cause goes to the log alone. */
export function thrownBody(context: Context, thrown: unknown, log: (line: object, sentence: string) => void): Response {
  const problem = asProblem(thrown)
  if (problem.code === 'internal') log({ cause: String(problem.cause) }, 'a request to the API failed')
  return problemBody(context, problem)
}

const titles: Record<ProblemCode, string> = {
  bad_input: 'The request is not understood',
  bad_configuration: 'The configuration does not allow it',
  unauthorized: 'A token is needed',
  forbidden: 'The token does not allow it',
  not_found: 'There is no such thing',
  conflict: 'It contradicts what is there',
  lost: 'It was taken over',
  too_large: 'The request is too large',
  rate_limited: 'Too often',
  over_budget: 'The budget is spent',
  stopped: 'It was stopped',
  unavailable: 'Not available now',
  internal: 'Something failed',
}
