// The App's webhook: where it points, what was delivered, and delivering again.

import type { Answer, Call, Handlers } from '../call.ts'
import type { Attempt } from '../deliveries.ts'
import { notFound } from '../refusal.ts'
import { iso } from '../shapes.ts'

export const hooks: Handlers = {
  'apps/get-webhook-config-for-app': config,
  'apps/update-webhook-config-for-app': call => {
    if (call.body?.url) call.post.target = call.body.url
    if (call.body?.secret) call.world.app.webhookSecret = call.body.secret
    return config(call)
  },
  'apps/list-webhook-deliveries': list,
  'apps/get-webhook-delivery': call => {
    const attempt = attemptOf(call)
    const request = { headers: attempt.requestHeaders, payload: attempt.delivery.payload }
    const response = { headers: {}, payload: attempt.responseBody }
    return { body: { ...item(attempt), url: call.post.target ?? '', request, response } }
  },
  'apps/redeliver-webhook-delivery': call => {
    call.post.redeliver(attemptOf(call))
    return { body: {} }
  },
}

function config(call: Call) {
  return {
    body: {
      content_type: 'json',
      insecure_ssl: '0',
      secret: '********',
      ...(call.post.target && { url: call.post.target }),
    },
  }
}

/** The newest first, with a cursor instead of pages. */
function list(call: Call): Answer {
  const size = Math.min(Number(call.query.per_page ?? 30), 100)
  const newest = call.post.attempts.toReversed().filter(attempt => {
    const failed = attempt.status < 200 || attempt.status >= 400
    return call.query.status === undefined || (call.query.status === 'failure') === failed
  })
  const start = call.query.cursor ? newest.findIndex(attempt => `v1_${attempt.number}` === call.query.cursor) : 0
  const shown = newest.slice(start, start + size)
  const next = newest[start + size]
  const address = new URL(call.address)
  if (next) address.searchParams.set('cursor', `v1_${next.number}`)
  return { body: shown.map(item), headers: next ? { link: `<${address}>; rel="next"` } : {} }
}

function attemptOf(call: Call): Attempt {
  const attempt = call.post.attempts.find(known => String(known.number) === call.params.delivery_id)
  if (!attempt) throw notFound()
  return attempt
}

function item({ number, delivery, at, seconds, status, redelivery }: Attempt) {
  const words = status === 0 ? 'failed to connect to host' : status < 300 ? 'OK' : `Invalid HTTP Response: ${status}`
  const about = { event: delivery.event, action: delivery.action ?? null, throttled_at: null }
  const where = {
    installation_id: delivery.payload?.installation?.id ?? null,
    repository_id: delivery.payload?.repository?.id ?? null,
  }
  const how = { redelivery, duration: seconds, status: words, status_code: status }
  return { id: number, guid: delivery.id, delivered_at: iso(at), ...how, ...about, ...where }
}
