// What the API's addresses answer to a wrong method, and to any while there is no app: a problem as JSON, like every other.
import type { Hono } from 'hono'
import { webhookPath } from '../domain/made-app.ts'
import { problemBody } from './answer.ts'

const addresses = [
  [webhookPath, 'POST'],
  ['/api/routines/:owner/:repo/:name/fire', 'POST'],
  ['/api/runs/:id', 'GET, HEAD'],
  ['/api/runs/:id/events', 'GET, HEAD'],
] as const

/** To be mounted after the routes themselves: what they take does not come here. */
export function otherMethods(app: Hono): void {
  for (const [path, allow] of addresses)
    app.all(path, context =>
      problemBody(
        context,
        { code: 'bad_input', message: `This address takes ${allow}, not ${context.req.method}.` },
        { status: 405, allow },
      ),
    )
}

export function withoutApp(app: Hono): void {
  for (const [path] of addresses)
    app.all(path, context =>
      problemBody(context, {
        code: 'unavailable',
        message: 'No GitHub App is configured yet, so nothing can be taken or told; the server is in set-up mode.',
      }),
    )
}
