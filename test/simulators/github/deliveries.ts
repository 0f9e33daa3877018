// Signed deliveries: what GitHub posts to the App's webhook, remembers, and sends again when asked.
import { createHmac, randomUUID } from 'node:crypto'
import type { Json, World } from './world.ts'

export interface Delivery {
  id: string
  event: string
  action: string | undefined
  payload: Json
  /** of the last attempt: an HTTP status, or 0 when nobody answered; undefined before the first */
  status?: number
  attempts: number
}

export interface Attempt {
  /** past 2^53, as GitHub's are: https://github.com/octokit/request.js/issues/797 */
  number: bigint
  delivery: Delivery
  at: Date
  seconds: number
  status: number
  redelivery: boolean
  requestHeaders: Record<string, string>
  responseBody: string
}

export interface DeliverOptions {
  id?: string
  secret?: string
  headers?: Record<string, string>
  /** the body as it goes over the wire, instead of the payload as JSON */
  raw?: string
}

export interface Post {
  deliveries: Delivery[]
  attempts: Attempt[]
  target: string | undefined
  /** true: the answer to this attempt is lost on its way, and the attempt counts as failed */
  loses: (delivery: Delivery) => boolean
  /** queues a delivery behind the earlier ones of the same repository, when the App is subscribed */
  queue(event: string, payload: Json): void
  send(event: string, payload: Json, options?: DeliverOptions): Promise<{ status: number; body: string; id: string }>
  redeliver(attempt: Attempt): void
  settled(): Promise<void>
  /** gives up on answers that are still awaited */
  stop(): void
}

const firstNumber = 3_804_004_623_171_239_366n

// these come without being subscribed to
const always = ['installation', 'installation_repositories', 'github_app_authorization', 'ping']

export function keepPost(world: World, secret: () => string): Post {
  const lines = new Map<string, Promise<unknown>>()
  const stopped = new AbortController()
  const post: Post = {
    deliveries: [],
    attempts: [],
    target: undefined,
    loses: () => false,
    queue,
    send,
    redeliver,
    settled,
    stop,
  }
  return post

  function queue(event: string, payload: Json) {
    if (!world.events.includes(event) && !always.includes(event)) return
    if (payload.repository && !payload.installation) return // not installed there
    const delivery = noted(event, payload, randomUUID())
    inLine(payload.repository?.full_name ?? '', () => attempt(delivery, {}, false))
  }

  function noted(event: string, payload: Json, id: string): Delivery {
    const kept = structuredClone(payload)
    const delivery: Delivery = { id, event, action: kept?.action, payload: kept, attempts: 0 }
    post.deliveries.push(delivery)
    world.emit('delivery', delivery)
    return delivery
  }

  function inLine(name: string, task: () => Promise<unknown>) {
    const before = lines.get(name) ?? Promise.resolve()
    const mine = before.then(task, task).finally(() => {
      if (lines.get(name) === mine) lines.delete(name)
    })
    lines.set(name, mine)
  }

  async function send(event: string, payload: Json, options: DeliverOptions = {}) {
    const id = options.id ?? randomUUID()
    const delivery = post.deliveries.find(known => known.id === id) ?? noted(event, payload, id)
    if (!post.target) throw new Error('no one to deliver to: call deliverTo(url) first')
    const { status, responseBody } = (await attempt({ ...delivery, event, payload }, options, false, delivery))!
    return { status, body: responseBody, id }
  }

  function redeliver(earlier: Attempt) {
    inLine('redelivered', () => attempt(earlier.delivery, {}, true))
  }

  async function attempt(delivery: Delivery, options: DeliverOptions, redelivery: boolean, record = delivery) {
    if (!post.target) return undefined
    const body = options.raw ?? JSON.stringify(delivery.payload)
    const headers = { ...headersOf(delivery, body, options.secret ?? secret()), ...options.headers }
    const begun = Date.now()
    const signal = AbortSignal.any([AbortSignal.timeout(10_000), stopped.signal]) // GitHub gives up after 10 s
    record.attempts += 1
    const answer = await fetch(post.target, { method: 'POST', headers, body, signal })
      .then(async response => ({ status: response.status, text: await response.text() }))
      .then(answer => (post.loses(record) ? { status: 0, text: '' } : answer))
      .catch(() => ({ status: 0, text: '' }))
    record.status = answer.status
    const tried = {
      number: firstNumber + BigInt(world.nextId()),
      delivery: record,
      at: world.now(),
      seconds: (Date.now() - begun) / 1000,
    }
    const made = { ...tried, status: answer.status, redelivery, requestHeaders: headers, responseBody: answer.text }
    post.attempts.push(made)
    world.emit('delivery', record)
    return made
  }

  function headersOf(delivery: Delivery, body: string, key: string): Record<string, string> {
    const sign = (algorithm: string) => `${algorithm}=${createHmac(algorithm, key).update(body).digest('hex')}`
    return {
      'content-type': 'application/json',
      'user-agent': 'GitHub-Hookshot/5a1b2c3',
      'x-github-delivery': delivery.id,
      'x-github-event': delivery.event,
      'x-github-hook-id': '1',
      'x-github-hook-installation-target-id': String(world.app.id),
      'x-github-hook-installation-target-type': 'integration',
      'x-hub-signature': sign('sha1'),
      'x-hub-signature-256': sign('sha256'),
    }
  }

  function stop() {
    post.target = undefined
    stopped.abort()
  }

  async function settled() {
    while (lines.size > 0) await Promise.allSettled(lines.values())
  }
}
