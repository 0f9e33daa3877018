// What a database says when it fails, as the Problem people read.
import { Problem } from '../domain/problem.ts'

/** Connection classes of SQLSTATE (08, 53, 57P) and of the socket under it; https://www.postgresql.org/docs/current/errcodes-appendix.html */
const downCodes = /^(08|53|57P|ECONN|ENOTFOUND|EAI_|ETIMEDOUT|EPIPE|EHOSTUNREACH|ENETUNREACH|ENOENT)/
const downMessages =
  /connection terminated|timeout exceeded when trying to connect|cannot use a pool after|client has encountered a connection error|pglite is clos|driver has already been destroyed|not opened/i

const whoAsks =
  'The database does not let the user of its address in; mend the user name or the password in DATABASE_URL (or in what --to says), or what the server allows in pg_hba.conf.'
/** By SQLSTATE. */
const refusals: Record<string, string> = {
  '28P01': whoAsks,
  '28000': whoAsks,
  '3D000':
    'The server has no database of the name in DATABASE_URL (or in what --to says); make it with createdb, or mend the name.',
}

/** The thrown value as it should travel: `unavailable` when the database can not be reached or lets nobody in, `conflict` for a broken uniqueness, else untouched. */
export function explain(thrown: unknown): unknown {
  if (thrown instanceof Problem || !(thrown instanceof Error)) return thrown
  if (isDown(thrown)) {
    return new Problem('unavailable', 'The database does not answer; what was asked is not done, try again shortly.', {
      cause: thrown,
    })
  }
  const said = 'code' in thrown && refusals[String(thrown.code)]
  // Tried again: whoever changes a password on both sides is done with one of them first.
  if (said) return new Problem('unavailable', said, { cause: thrown })
  if ('code' in thrown && thrown.code === '23505') {
    return new Problem('conflict', 'That is in the database already.', { cause: thrown })
  }
  return thrown
}

/** What `work` throws, explained. */
export async function reaching<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (thrown) {
    throw explain(thrown)
  }
}

function isDown(error: Error): boolean {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (downCodes.test(code) || downMessages.test(error.message)) return true
  return error instanceof AggregateError && error.errors.some(inner => inner instanceof Error && isDown(inner))
}

type Methods = Record<string, (...args: never[]) => unknown>

/** The same groups of methods, with what they throw explained; `before` runs ahead of each call and may refuse it. */
export function explained<Groups extends object>(groups: Groups, before?: () => void): Groups {
  const wrapped = Object.entries(groups).map(([name, group]) => [name, explainedMethods(group, before)])
  return Object.fromEntries(wrapped)
}

export function explainedMethods<Group extends object>(group: Group, before?: () => void): Group {
  const wrapped = Object.entries(group as Methods).map(([name, method]) => [name, explainedCall(method, before)])
  return Object.fromEntries(wrapped)
}

function explainedCall(method: (...args: never[]) => unknown, before?: () => void): (...args: never[]) => unknown {
  return (...args) => {
    before?.()
    const result = method(...args)
    if (!(result instanceof Promise)) return result
    return result.catch(thrown => {
      throw explain(thrown)
    })
  }
}
