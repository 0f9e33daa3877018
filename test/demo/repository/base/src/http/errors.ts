import type { NextFunction, Request, Response } from 'express'
import { log } from '../log.ts'

export class HttpError extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

export const badRequest = (message: string) => new HttpError(400, message)
export const unauthorised = (message: string) => new HttpError(401, message)
export const notFound = (message: string) => new HttpError(404, message)

export function answerErrors(error: unknown, request: Request, response: Response, _next: NextFunction) {
  const status = error instanceof HttpError ? error.status : 500
  if (status === 500) log.error('request failed', { path: request.path, error: String(error) })
  response.status(status).json({ error: error instanceof HttpError ? error.message : 'Something went wrong.' })
}
