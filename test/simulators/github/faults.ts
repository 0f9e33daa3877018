// Failures on demand: what networks, limits and outages do to a caller.
import type { Json } from './world.ts'

export type FaultKind =
  | '500'
  | '502'
  | '503'
  /** the socket is destroyed before anything happened */
  | 'cut'
  /** it happened, and the socket is destroyed before the answer: the dangerous one */
  | 'cut-after'
  | 'slow'
  /** 403 with GitHub's words for a secondary rate limit, and `retry-after` */
  | 'secondary'
  /** 429 with the same words */
  | 'secondary-429'
  /** 403 with nothing remaining, and when the limit is reset */
  | 'primary'
  /** 422 whose errors carry `code: abuse`, a rate limit in disguise */
  | 'abuse-422'
  | 'expired-token'
  | '403'
  | '404'
  | '422'

export interface Fault {
  match: { method?: string; path?: RegExp; operation?: string }
  /** how often it happens, default once; Infinity until removed */
  times?: number
  /** how many matching requests pass unharmed before */
  after?: number
  kind: FaultKind
  /** for slow */
  ms?: number
  /** for slow, of git: so many bytes of the answer come at once, the rest when this resolves */
  hold?: { bytes: number; until: Promise<unknown> }
  /** seconds, for secondary */
  retryAfter?: number
}

export interface Faults {
  add(fault: Fault): { remove(): void; happened: number }
  clear(): void
  /** takes the fault that this request meets */
  take(request: { method: string; path: string; operation: string | undefined }): Fault | undefined
}

export function keepFaults(): Faults {
  let waiting: (Fault & { left: number; pass: number; happened: number; remove(): void })[] = []
  return {
    add(fault) {
      const kept = { ...fault, left: fault.times ?? 1, pass: fault.after ?? 0, happened: 0, remove: () => {} }
      kept.remove = () => {
        waiting = waiting.filter(other => other !== kept)
      }
      waiting.push(kept)
      return kept
    },
    clear() {
      waiting = []
    },
    take({ method, path, operation }) {
      for (const fault of waiting) {
        const { match } = fault
        if (match.method && match.method.toUpperCase() !== method) continue
        if (match.path && !match.path.test(path)) continue
        if (match.operation && match.operation !== operation) continue
        if (fault.left <= 0 || fault.pass-- > 0) continue
        fault.left -= 1
        fault.happened += 1
        return fault
      }
      return undefined
    },
  }
}

export interface FaultAnswer {
  status: number
  body: Json
  headers?: Record<string, string>
}

const limitText = 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.'
const limitUrl = 'https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits'

/** What the caller reads; undefined for the faults without an answer of their own (cut, cut-after, slow). */
export function faultAnswer(fault: Fault, now: Date): FaultAnswer | undefined {
  const limited = { message: limitText, documentation_url: limitUrl }
  const retry = { 'retry-after': String(fault.retryAfter ?? 60) }
  const reset = String(Math.floor(now.getTime() / 1000) + (fault.retryAfter ?? 60))
  const docs = { documentation_url: 'https://docs.github.com/rest' }
  switch (fault.kind) {
    case '500':
      return { status: 500, body: { message: 'Server Error', ...docs } }
    case '502':
      return { status: 502, body: { message: 'Server Error' } }
    case '503':
      return { status: 503, body: '<!DOCTYPE html>\n<title>Unicorn! &middot; GitHub</title>\n' }
    case 'secondary':
      return { status: 403, body: limited, headers: retry }
    case 'secondary-429':
      return { status: 429, body: limited, headers: retry }
    case 'primary':
      return {
        status: 403,
        body: { message: 'API rate limit exceeded for installation.', ...docs },
        headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset },
      }
    case 'abuse-422': {
      const errors = [
        { resource: 'PullRequestReview', code: 'abuse', field: 'base', message: 'was submitted too quickly' },
      ]
      return { status: 422, body: { message: 'Validation Failed', errors, ...docs } }
    }
    case 'expired-token':
      return { status: 401, body: { message: 'Bad credentials', ...docs, status: '401' } }
    case '403':
      return { status: 403, body: { message: 'Resource not accessible by integration', ...docs, status: '403' } }
    case '404':
      return { status: 404, body: { message: 'Not Found', ...docs, status: '404' } }
    case '422':
      return {
        status: 422,
        body: { message: 'Unprocessable Entity', errors: ['Line could not be resolved'], ...docs, status: '422' },
      }
    default:
      return undefined
  }
}
