// POST /api/routines/:owner/:repo/:name/fire: a token starts its routine, once for each idempotency key.
import { createHash } from 'node:crypto'
import type { Context, Hono } from 'hono'
import { z } from 'zod'
import type { Event, Occurrence, Repository } from '../domain/event.ts'
import { asProblem, Problem } from '../domain/problem.ts'
import type { Store } from '../domain/store.ts'
import type { ApiToken } from '../domain/token.ts'
import { addressOf } from './address.ts'
import { problemBody, thrownBody } from './answer.ts'
import { readBearer } from './bearer.ts'

export interface FirePorts {
  store: Store
  /** Stores the event and dispatches it at once; the same id again gives the first occurrences. */
  dispatchNow: (event: Event) => Promise<Occurrence[]>
  publicUrl: string | undefined
  now: () => Date
  newId: () => string
  log: (line: object, sentence: string) => void
}

/** Characters of text that may come along. */
const textLimit = 65_536
/** Bytes: every character of the text may be escaped in JSON. */
const bodyLimit = textLimit * 6 + 1_000
/** Calls of one token in a minute, counted by this process. */
const perMinute = 60

const bodySchema = z.strictObject({ text: z.string().optional() })

export function fireRoute(app: Hono, ports: FirePorts): void {
  const spare = countPerMinute(ports.now)
  app.post('/api/routines/:owner/:repo/:name/fire', async context => {
    try {
      const answer = await fire(context, ports, spare)
      context.header('cache-control', 'no-store')
      return answer
    } catch (thrown) {
      return thrownBody(context, thrown, ports.log)
    }
  })
}

async function fire(context: Context, ports: FirePorts, spare: (token: string) => number): Promise<Response> {
  const { store, now } = ports
  const { owner = '', repo = '', name = '' } = context.req.param()
  const token = await readBearer(store, context.req.header('authorization'), 'fire', now())
  const named = [owner, repo, name].every(one => /^[\w.-]{1,100}$/.test(one))
  const repository = named ? await store.repositories.find(owner, repo) : undefined
  if (!repository || repository.id !== token.repositoryId || name !== token.routine)
    throw new Problem(
      'forbidden',
      `This token is for another routine than ${owner}/${repo} ${name}.`.replace(/[^\x20-\x7e]/g, '?').slice(0, 300),
    )
  const wait = spare(token.id)
  if (wait > 0)
    return problemBody(
      context,
      { code: 'rate_limited', message: `This token was used ${perMinute} times in a minute; wait ${wait} s.` },
      { retryAfter: wait },
    )
  const pause = await store.pauses.holds(repository)
  if (pause)
    return problemBody(
      context,
      {
        code: 'unavailable',
        message: `Paused by ${pause.by} since ${pause.at} (${pause.label}); fire it again after \`watchbill resume\`.`,
      },
      { retryAfter: 300 },
    )
  const { text, raw } = await readText(context)
  const key = context.req.header('idempotency-key')
  await store.tokens.used(token.id, now().toISOString())
  const once = async () => {
    const id = await eventOf(ports, token, key, raw)
    return { id, occurrences: await dispatched(ports, eventFor({ id, repository, token, text, at: now() })) }
  }
  let { id, occurrences } = await once()
  // What was refused for a time that is over is asked again: else a caller that obeys Retry-After would never start anything.
  if (key !== undefined && occurrences.some(one => opensAgain(one, now()))) {
    await store.tokens.forget(token.id, key, id)
    ;({ id, occurrences } = await once())
  }
  return say(context, ports, token, occurrences)
}

const opensAgain = ({ verdict, retryAt }: Occurrence, now: Date) =>
  verdict === 'refused' && retryAt !== undefined && Date.parse(retryAt) <= now.getTime()

async function dispatched(ports: FirePorts, event: Event): Promise<Occurrence[]> {
  try {
    return await ports.dispatchNow(event)
  } catch (thrown) {
    const { code, message } = asProblem(thrown)
    if (code !== 'unavailable' && code !== 'rate_limited') throw thrown
    throw new Problem(
      'unavailable',
      `${message} If the call was stored it starts once that is over: call again only with the same Idempotency-Key.`,
      { cause: thrown },
    )
  }
}

async function readText(context: Context): Promise<{ text: string | undefined; raw: string }> {
  const tooLarge = () =>
    new Problem('too_large', `The body is larger than the ${textLimit} characters of text that may come along.`)
  if (Number(context.req.header('content-length') ?? 0) > bodyLimit) throw tooLarge()
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of context.req.raw.body ?? []) {
    size += chunk.byteLength
    if (size > bodyLimit) throw tooLarge()
    chunks.push(chunk)
  }
  const raw = Buffer.concat(chunks).toString('utf8')
  if (raw.trim() === '') return { text: undefined, raw }
  let json: unknown
  try {
    json = JSON.parse(raw)
  } catch {
    throw new Problem('bad_input', 'The body is not JSON; send `{"text": "…"}`, or nothing.')
  }
  const body = bodySchema.safeParse(json)
  if (!body.success)
    throw new Problem('bad_input', 'The body is `{"text": "…"}` and holds no other key; text is a string.')
  if ((body.data.text?.length ?? 0) > textLimit) throw tooLarge()
  return { text: body.data.text, raw }
}

/** The event's id: a new one, or for a day the one that this token's key stands for. */
async function eventOf(
  { store, now, newId }: FirePorts,
  token: ApiToken,
  key: string | undefined,
  raw: string,
): Promise<string> {
  const eventId = `api-${newId()}`
  if (key === undefined) return eventId
  if (!/^[\x21-\x7e]{1,255}$/.test(key))
    throw new Problem('bad_input', 'An Idempotency-Key is 1 to 255 visible ASCII characters.')
  const bodyHash = createHash('sha256').update(raw).digest('hex')
  const asked = await store.tokens.once({ tokenId: token.id, key, bodyHash, eventId, at: now().toISOString() })
  if (asked.sameBody) return asked.eventId
  throw new Problem(
    'conflict',
    'This Idempotency-Key came with another body in the last day; use a new key for a new call.',
  )
}

function eventFor(about: {
  id: string
  repository: Repository
  token: ApiToken
  text: string | undefined
  at: Date
}): Event {
  const { id, repository, token, text, at } = about
  return {
    id,
    kind: 'api',
    action: 'fire',
    at: at.toISOString(),
    repository,
    // Whoever holds the token: no account of GitHub has the id 0.
    actor: { id: 0, login: `token ${token.label}`, type: 'User' },
    routine: token.routine!,
    ...(text === undefined ? {} : { text }),
    own: false,
  }
}

function say(context: Context, ports: FirePorts, token: ApiToken, occurrences: Occurrence[]): Response {
  const occurrence = occurrences.find(one => one.routine === token.routine)
  if (!occurrence)
    return problemBody(
      context,
      { code: 'bad_configuration', message: `There is no routine \`${token.routine}\` in this repository any more.` },
      { status: 422 },
    )
  const { id, verdict, because, runId, retryAt } = occurrence
  if (runId && verdict !== 'skipped' && verdict !== 'refused') {
    const run = { id: runId, ...addressOf(runId, ports.publicUrl, context) }
    return context.json({ run, occurrence: { id, verdict, because } })
  }
  if (retryAt !== undefined)
    return problemBody(
      context,
      { code: 'rate_limited', message: because },
      { retryAfter: (Date.parse(retryAt) - ports.now().getTime()) / 1000 },
    )
  return problemBody(context, { code: 'bad_configuration', message: because }, { status: 422 })
}

/** Seconds to wait before the next call of this token; 0 takes one. */
function countPerMinute(now: () => Date): (token: string) => number {
  const taken = new Map<string, number[]>()
  return token => {
    const at = now().getTime()
    const recent = (taken.get(token) ?? []).filter(one => one > at - 60_000)
    const wait = recent.length < perMinute ? 0 : Math.ceil((recent[0]! + 60_000 - at) / 1000)
    taken.set(token, wait > 0 ? recent : [...recent, at])
    return wait
  }
}
