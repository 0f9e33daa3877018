// The address at which whoever asks can read a run: that of the API, since pages answer on the server's own machine alone.
import type { Context } from 'hono'

/** Without `PUBLIC_URL` it is the address that was asked; behind a proxy that one may not be the one outside, so there is none. */
export function addressOf(runId: string, publicUrl: string | undefined, context: Context): { url?: string } {
  const proxied = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'via'].some(
    name => context.req.header(name) !== undefined,
  )
  const base = publicUrl ?? (proxied ? undefined : new URL(context.req.url).origin)
  return base === undefined ? {} : { url: `${base}/api/runs/${encodeURIComponent(runId)}` }
}
