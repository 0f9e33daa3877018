// A request that the real API would not serve: its status, type and sentence, and the body it is answered with.

export type Refusal = { status: number; type: string; message: string }

export function refusal(status: number, message: string): Refusal {
  return { status, type: types[status] ?? 'api_error', message }
}

/** The body of every error: https://platform.claude.com/docs/en/api/errors */
export function errorBody(error: { type: string; message: string }, requestId: string): string {
  return JSON.stringify({ type: 'error', error: { type: error.type, message: error.message }, request_id: requestId })
}

const types: Record<number, string> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  500: 'api_error',
  529: 'overloaded_error',
}
