// The App's own webhook: where it points, which deliveries GitHub made to it, and making one again.
import type { Octokit } from '@octokit/rest'
import type { DeliveryAttempt, Host } from '../domain/host.ts'

type App = Pick<Octokit, 'rest' | 'paginate' | 'request'>

/** Pages of a hundred. */
const pagesAtMost = 200

/** Sorted as GitHub lists them: https://docs.github.com/en/rest/apps/webhooks#list-deliveries-for-an-app-webhook */
export async function listAttempts(
  app: App,
  since: string,
  now: () => number,
  signal?: AbortSignal,
): ReturnType<Host['attempts']> {
  const attempts: DeliveryAttempt[] = []
  let pages = 0
  for await (const { data, headers } of app.paginate.iterator(app.rest.apps.listWebhookDeliveries, { per_page: 100 })) {
    // `since` is by our clock, and what is listed by theirs.
    const from = Date.parse(since) - Math.max(0, aheadOf(headers, now) ?? 0)
    for (const { id, guid, delivered_at, event, status_code } of data) {
      if (Date.parse(delivered_at) < from) return { attempts, all: true }
      const at = new Date(delivered_at).toISOString()
      // Past 2^53, so that Octokit gives some as bigint: https://github.com/octokit/request.js/issues/797
      attempts.push({ id: String(id), delivery: guid, event, at, status: status_code })
    }
    if (++pages >= pagesAtMost || signal?.aborted) return { attempts, all: false }
  }
  return { attempts, all: true }
}

export async function deliverAgain(app: App, attempt: string): Promise<void> {
  await app.request('POST /app/hook/deliveries/{delivery_id}/attempts', { delivery_id: BigInt(attempt) as never })
}

/** Who GitHub says that we are, and where it delivers to. */
export async function readOurselves(app: App, webUrl: string, now: () => number): ReturnType<Host['ourselves']> {
  const { data, headers } = await app.rest.apps.getAuthenticated()
  const ahead = aheadOf(headers, now)
  const aheadSeconds = ahead === undefined ? undefined : Math.round(ahead / 1000)
  const { data: hook } = await app.rest.apps.getWebhookConfigForApp()
  const page = pageOf(data, webUrl)
  return {
    slug: data?.slug ?? '',
    permissions: { ...data?.permissions },
    events: data?.events ?? [],
    ...(data?.installations_count !== undefined && { installations: data.installations_count }),
    ...(hook.url && { hookUrl: hook.url }),
    ...(aheadSeconds !== undefined && { aheadSeconds }),
    pages: { app: page, permissions: `${page}/permissions` },
  }
}

/** Milliseconds by which our clock is ahead of GitHub's, which is told to the second: https://www.rfc-editor.org/rfc/rfc9110#field.date */
function aheadOf({ date }: { date?: string | undefined }, now: () => number): number | undefined {
  const theirs = Date.parse(String(date))
  return Number.isNaN(theirs) ? undefined : now() - theirs
}

type Own = Awaited<ReturnType<Octokit['rest']['apps']['getAuthenticated']>>['data']

/** Under its owner's developer settings: https://docs.github.com/en/apps/maintaining-github-apps/modifying-a-github-app-registration */
export function pageOf(own: Own, webUrl: string): string {
  const owner = own?.owner && 'login' in own.owner && own.owner.type === 'Organization' ? own.owner.login : undefined
  const settings = owner === undefined ? `${webUrl}/settings` : `${webUrl}/organizations/${owner}/settings`
  return `${settings}/apps/${own?.slug ?? ''}`
}
