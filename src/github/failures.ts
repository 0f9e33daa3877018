// What went wrong with one request, read off whatever Octokit threw.

export interface Failure {
  /** Octokit says 500 when no answer came at all; `answered` tells the two apart. */
  status: number
  answered: boolean
  message: string
  headers: Record<string, string | number | undefined>
  /** GitHub's `errors`, as the texts and codes in them. */
  details: { code?: string; message: string }[]
}

/** undefined when it was no request's failure but a bug, or a Problem already. */
export function readFailure(thrown: unknown): Failure | undefined {
  if (!(thrown instanceof Error) || !('status' in thrown) || typeof thrown.status !== 'number') return undefined
  const response =
    'response' in thrown ? (thrown.response as { headers?: object; data?: unknown } | undefined) : undefined
  return {
    status: thrown.status,
    answered: response !== undefined,
    message: messageOf(response?.data) ?? thrown.message,
    headers: { ...(response?.headers as Failure['headers']) },
    details: detailsOf(response?.data),
  }
}

/** The status of a request that GitHub answered with an error; undefined for everything else. */
export function statusOf(thrown: unknown): number | undefined {
  const failure = readFailure(thrown)
  return failure?.answered ? failure.status : undefined
}

/** True when a write may have been carried out although no good answer came: only reading again can tell. */
export function isLost(thrown: unknown): boolean {
  const failure = readFailure(thrown)
  return failure !== undefined && (failure.status >= 500 || !failure.answered)
}

/** "User can only have one pending review per pull request": one of ours was begun and never sent. */
export function isPendingInTheWay(thrown: unknown): boolean {
  return statusOf(thrown) === 422 && /pending review/i.test(wordsOf(thrown))
}

/** What GitHub said about a refusal, shortened for people: its details where it gives any. */
export function reasonOf(thrown: unknown): string {
  const failure = readFailure(thrown)
  const details = failure?.details.map(detail => detail.message).filter(message => message !== '') ?? []
  const reason = details.length > 0 ? details.join('; ') : (failure?.message ?? '')
  return reason.replace(/\s+/g, ' ').slice(0, 200)
}

/** Everything GitHub said about a refusal, as one text to search. */
export function wordsOf(thrown: unknown): string {
  const failure = readFailure(thrown)
  if (!failure) return ''
  return [failure.message, ...failure.details.map(detail => `${detail.code ?? ''} ${detail.message}`)].join('; ')
}

function messageOf(data: unknown): string | undefined {
  if (typeof data !== 'object' || data === null || !('message' in data)) return undefined
  return typeof data.message === 'string' ? data.message : undefined
}

function detailsOf(data: unknown): Failure['details'] {
  if (typeof data !== 'object' || data === null || !('errors' in data) || !Array.isArray(data.errors)) return []
  return data.errors.map((error: unknown) => {
    if (typeof error !== 'object' || error === null) return { message: String(error) }
    const { code, message } = error as { code?: unknown; message?: unknown }
    return { ...(typeof code === 'string' ? { code } : {}), message: typeof message === 'string' ? message : '' }
  })
}
