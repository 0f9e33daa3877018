// A failed request as a Problem: what GitHub refused, why, and what a person can do about it.
import { Problem } from '../domain/problem.ts'
import { type Failure, readFailure, reasonOf } from './failures.ts'
import { limitOf } from './waits.ts'

/** Problems pass; a request's failure becomes one; anything else is a bug and passes too. */
export function problemOf(thrown: unknown): unknown {
  const failure = readFailure(thrown)
  if (!failure || thrown instanceof Problem) return thrown
  const [code, message] = meaningOf(failure, thrown)
  return new Problem(code, message, { cause: thrown })
}

/** The same port, every failure of which is a Problem. */
export function withProblems<Port extends object>(port: Port): Port {
  const guarded = Object.entries(port).map(([name, value]) => [
    name,
    typeof value === 'function' ? guard(value) : value,
  ])
  return Object.fromEntries(guarded) as Port
}

function guard(method: (...values: unknown[]) => unknown) {
  return (...values: unknown[]) => {
    const result = method(...values)
    if (!(result instanceof Promise)) return result
    return result.catch((thrown: unknown) => {
      throw problemOf(thrown)
    })
  }
}

function meaningOf(failure: Failure, thrown: unknown): [Problem['code'], string] {
  if (!failure.answered) return ['unavailable', 'GitHub could not be reached; the work is tried again later.']
  if (limitOf(failure, 0))
    return ['rate_limited', "GitHub's rate limit is used up for now; the work is tried again later."]
  if (failure.status >= 500) return ['unavailable', `GitHub answered ${failure.status}; the work is tried again later.`]
  switch (failure.status) {
    case 401:
      return [
        'unauthorized',
        "GitHub does not accept the App's credentials; check APP_ID, PRIVATE_KEY and that the App is still installed.",
      ]
    case 403:
      return ['forbidden', `GitHub forbids this to the App${neededBy(failure)}.`]
    case 404:
      return ['not_found', "GitHub knows no such thing, or the App's installation does not hold it."]
    case 409:
      return [
        'unavailable',
        'GitHub answered that something else changed at the same time; the work is tried again later.',
      ]
    case 410:
      return ['not_found', 'It no longer exists on GitHub.']
    default:
      return ['bad_input', `GitHub refused the request (${failure.status}): ${reasonOf(thrown)}`]
  }
}

/** GitHub names the permission in a header (https://docs.github.com/en/rest/authentication/permissions-required-for-github-apps). */
function neededBy(failure: Failure): string {
  const accepted = failure.headers['x-accepted-github-permissions']
  if (typeof accepted === 'string' && accepted)
    return `; it needs the permission ${accepted.replaceAll('=', ': ')}, which its owner can grant on the App's page`
  if (/suspended/i.test(failure.message)) return ': its installation is suspended'
  return "; its owner can look over the App's permissions on its page"
}
