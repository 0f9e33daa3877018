// When a failed request is sent again, and after how long: the rules of GitHub's rate limits and of broken lines. Pure.
import { type Failure, readFailure } from './failures.ts'

export interface Again {
  /** Milliseconds. */
  wait: number
  because: string
  /** A limit holds the whole installation; a fault only this request. */
  kind: 'limit' | 'fault'
}

const most = { limits: 5, faults: 4 }
/** A longer wait is better spent by the queue than by a worker that sits on it. */
const longest = 15 * 60_000

/** undefined: no use sending it again (final, or tried often enough). `repeatable` says that sending it twice does nothing twice. */
export function waitAfter(
  failure: Failure,
  facts: { limits: number; faults: number; repeatable: boolean; now: number },
): Again | undefined {
  const limit = limitOf(failure, facts.now)
  if (limit) {
    const wait = limit.said ? limit.wait : limit.wait * 2 ** facts.limits
    return facts.limits < most.limits && wait <= longest ? { wait, because: limit.because, kind: 'limit' } : undefined
  }
  if (!facts.repeatable || facts.faults >= most.faults || !isFault(failure)) return undefined
  const because = failure.answered ? `GitHub answered ${failure.status}` : 'the connection broke'
  return { wait: 500 * 2 ** facts.faults, because, kind: 'fault' }
}

/**
 * GitHub's order: `retry-after`, else the reset time when nothing remains, else a minute, longer each time
 * (https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#handle-rate-limit-errors-appropriately).
 */
export function limitOf(failure: Failure, now: number): { wait: number; said: boolean; because: string } | undefined {
  if (!isLimit(failure)) return undefined
  const after = secondsOf(failure.headers['retry-after'], now)
  if (Number.isFinite(after) && after >= 0)
    return { wait: after * 1000, said: true, because: `GitHub asks to wait ${after} s` }
  const reset = Number(failure.headers['x-ratelimit-reset'])
  if (remaining(failure) === 0 && Number.isFinite(reset))
    return { wait: Math.max(1000, reset * 1000 - now + 1000), said: true, because: 'the hourly rate limit is used up' }
  return { wait: 60_000, said: false, because: "GitHub's secondary rate limit was met" }
}

/** In seconds from GitHub; a proxy before it may say a date instead (RFC 9110, 10.2.3). */
function secondsOf(value: string | number | undefined, now: number): number {
  if (value === undefined) return Number.NaN
  const seconds = Number(value)
  return Number.isFinite(seconds) ? seconds : Math.max(0, Math.ceil((Date.parse(String(value)) - now) / 1000))
}

/** GitHub understood the request and will not have it, ever: a 422 that is no rate limit in disguise. */
export function isInvalid(thrown: unknown): boolean {
  const failure = readFailure(thrown)
  return failure?.answered === true && failure.status === 422 && !isLimit(failure)
}

function isLimit(failure: Failure): boolean {
  if (!failure.answered) return false
  // Reviews that come too fast are refused as invalid, with this code and no header (https://github.com/octokit/plugin-throttling.js does not see it).
  if (failure.status === 422)
    return failure.details.some(detail => detail.code === 'abuse' || /submitted too quickly/i.test(detail.message))
  if (failure.status === 429) return true
  if (failure.status !== 403) return false
  return (
    remaining(failure) === 0 ||
    failure.headers['retry-after'] !== undefined ||
    /rate limit|abuse detection/i.test(failure.message)
  )
}

function remaining(failure: Failure): number | undefined {
  const value = failure.headers['x-ratelimit-remaining']
  return value === undefined ? undefined : Number(value)
}

function isFault(failure: Failure): boolean {
  return !failure.answered || failure.status >= 500
}
