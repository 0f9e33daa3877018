// POST /api/github/webhooks: verified on the raw body, stored together with its job, answered; nothing else happens inside the request.
import { createHash } from 'node:crypto'
import type { Context, Hono } from 'hono'
import type { Host } from '../domain/host.ts'
import { webhookPath } from '../domain/made-app.ts'
import type { Store } from '../domain/store.ts'

export interface WebhookPorts {
  host: Pick<Host, 'verify' | 'knowsEvent'>
  deliveries: Store['deliveries']
  now: () => Date
  log: (line: object, sentence: string) => void
}

/** GitHub's own cap for payloads: 25 MB (docs.github.com, "Webhook events and payloads", payload cap). */
const bodyLimit = 25 * 1024 * 1024

export function webhooks(app: Hono, ports: WebhookPorts): void {
  app.post(webhookPath, async context => {
    const answer = await receive(ports, context)
    ports.log(
      {
        delivery: context.req.header('x-github-delivery')?.slice(0, 80),
        event: context.req.header('x-github-event')?.slice(0, 80),
        status: answer.status,
        cause: answer.cause,
      },
      answer.sentence,
    )
    // The rest of a body that was not read would be taken for the next request.
    if (answer.status === 413) context.header('connection', 'close')
    return context.json({ message: answer.sentence }, answer.status)
  })
}

/** `cause` is for the log alone. */
type Answer = { status: 200 | 202 | 400 | 401 | 413 | 503; sentence: string; cause?: string }

const answers = {
  stored: { status: 202, sentence: 'Stored.' },
  again: { status: 202, sentence: 'Already known, but it had failed for good; queued again.' },
  repeated: { status: 200, sentence: 'Already known; nothing more was done.' },
} satisfies Record<string, Answer>

async function receive(ports: WebhookPorts, context: Context): Promise<Answer> {
  const id = context.req.header('x-github-delivery')
  const name = context.req.header('x-github-event')
  if (!id || !name || !/^[\w-]{1,100}$/.test(id) || !/^[a-z0-9_]{1,60}$/.test(name))
    return { status: 400, sentence: 'A delivery needs the headers X-GitHub-Delivery and X-GitHub-Event.' }
  const raw = await readBody(context)
  if (raw === 'busy')
    return {
      status: 503,
      sentence: 'Too many large bodies at once; GitHub lists the delivery as failed, and it can be sent again.',
    }
  if (raw === undefined) return { status: 413, sentence: `The body is larger than ${bodyLimit} bytes.` }
  if (!(await ports.host.verify(raw, context.req.header('x-hub-signature-256'))))
    return { status: 401, sentence: 'The signature does not fit the body; check the webhook secret on both sides.' }
  if (!ports.host.knowsEvent(name)) return { status: 202, sentence: 'Nothing here answers events of this name.' }
  const payload = parse(raw)
  if (!payload) return { status: 400, sentence: 'The body is not a JSON object.' }
  try {
    const stored = await ports.deliveries.accept({
      id,
      name,
      ...(typeof payload.action === 'string' ? { action: payload.action.slice(0, 60) } : {}),
      ...idOf('repositoryId', payload.repository),
      ...idOf('installationId', payload.installation),
      bodyHash: createHash('sha256').update(name).update('\n').update(raw).digest('hex'),
      payload,
      at: ports.now().toISOString(),
    })
    return answers[stored]
  } catch (thrown) {
    return {
      status: 503,
      cause: String(thrown),
      sentence: 'The delivery could not be stored; GitHub lists it as failed, and it can be sent again.',
    }
  }
}

/** Bytes of bodies that are being read now, and the most of them: nobody has signed yet what is read here. */
let held = 0
const heldAtMost = 8 * bodyLimit

/** The body as text, undefined when it is over the limit, 'busy' when too much is being read already; reading stops there. */
async function readBody(context: Context): Promise<string | undefined | 'busy'> {
  if (Number(context.req.header('content-length') ?? 0) > bodyLimit) return undefined
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of context.req.raw.body ?? []) {
      size += chunk.byteLength
      held += chunk.byteLength
      if (size > bodyLimit) return undefined
      if (held > heldAtMost) return 'busy'
      chunks.push(chunk)
    }
    return Buffer.concat(chunks).toString('utf8')
  } finally {
    held -= size
  }
}

function parse(raw: string): Record<string, unknown> | undefined {
  try {
    const payload: unknown = JSON.parse(raw)
    return payload && typeof payload === 'object' && !Array.isArray(payload)
      ? (payload as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}

function idOf(key: string, thing: unknown): Record<string, number> {
  const id = (thing as { id?: unknown } | undefined | null)?.id
  return Number.isSafeInteger(id) ? { [key]: id as number } : {}
}
