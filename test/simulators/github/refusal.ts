// A request that GitHub refuses: its status and GitHub's own words.
import type { Json } from './world.ts'

export class Refusal extends Error {
  readonly status: number
  readonly body: Json
  readonly headers: Record<string, string>

  constructor(status: number, message: string, more: Json = {}, headers: Record<string, string> = {}) {
    super(message)
    this.status = status
    this.body = { message, ...more, documentation_url: 'https://docs.github.com/rest', status: String(status) }
    this.headers = headers
  }
}

export const notFound = () => new Refusal(404, 'Not Found')
export const badCredentials = () => new Refusal(401, 'Bad credentials')
export const notAccessible = () => new Refusal(403, 'Resource not accessible by integration')

/** 422 with errors that are plain sentences, as reviews answer. */
export const unprocessable = (...errors: string[]) => new Refusal(422, 'Unprocessable Entity', { errors })

/** 422 with errors that name resource, field and code. */
export const validationFailed = (...errors: Json[]) => new Refusal(422, 'Validation Failed', { errors })
