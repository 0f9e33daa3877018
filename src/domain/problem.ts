// The one error type: a code, a sentence for people, a cause for operators; everything else thrown is a bug and reads "internal".

interface Meaning {
  http: number
  exit: number
  conclusion: 'neutral' | 'cancelled' | 'failure'
  retry: boolean
}

/** HTTP status, exit code, check conclusion and "try again?" of every code, in one place. */
export const meanings = {
  bad_input: { http: 400, exit: 2, conclusion: 'neutral', retry: false },
  bad_configuration: { http: 422, exit: 2, conclusion: 'neutral', retry: false },
  unauthorized: { http: 401, exit: 2, conclusion: 'neutral', retry: false },
  forbidden: { http: 403, exit: 2, conclusion: 'neutral', retry: false },
  not_found: { http: 404, exit: 2, conclusion: 'neutral', retry: false },
  conflict: { http: 409, exit: 2, conclusion: 'neutral', retry: false },
  /** Another attempt has the run, or it ended: whoever is told so writes nothing more. */
  lost: { http: 409, exit: 2, conclusion: 'neutral', retry: false },
  too_large: { http: 413, exit: 2, conclusion: 'neutral', retry: false },
  rate_limited: { http: 429, exit: 2, conclusion: 'neutral', retry: true },
  over_budget: { http: 402, exit: 2, conclusion: 'neutral', retry: false },
  stopped: { http: 409, exit: 2, conclusion: 'cancelled', retry: false },
  unavailable: { http: 503, exit: 2, conclusion: 'neutral', retry: true },
  internal: { http: 500, exit: 2, conclusion: 'neutral', retry: true },
} as const satisfies Record<string, Meaning>

export type ProblemCode = keyof typeof meanings

/** An expected failure. `message` is one sentence a user may read: what failed, why, what to do; it holds no secret and no code of users. */
export class Problem extends Error {
  readonly code: ProblemCode
  constructor(code: ProblemCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'Problem'
    this.code = code
  }
}

/** Whether the run itself can not go on here (its store is away, or another attempt has it), so that no part of it may be called failed for that. */
export function endsAttempt(thrown: unknown): boolean {
  return thrown instanceof Problem && ['unavailable', 'conflict', 'lost'].includes(thrown.code)
}

/** Any thrown value as a Problem; what is not one already becomes `internal` and keeps its cause for the log. */
export function asProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown
  return new Problem('internal', 'Something failed that should not have; the log of the server has the cause.', {
    cause: thrown,
  })
}
