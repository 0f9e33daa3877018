// The simulated Messages API: HTTP on loopback, every request judged as the real one would, recorded, and answered.
import { EventEmitter, once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { deliver } from './answer.ts'
import { openCache } from './cache.ts'
import type { MessagesRequest, ModelOptions, ModelSimulator, RecordedRequest } from './contract.ts'
import { planFaults } from './faults.ts'
import { rateLimitHeaders } from './headers.ts'
import { spentBy } from './ledger.ts'
import { id } from './message.ts'
import { knownModels } from './models.ts'
import { errorBody, type Refusal, refusal } from './refusal.ts'
import { say } from './replies.ts'
import { brokenRule } from './rules.ts'
import { misfit } from './shape.ts'
import { promptBlocks } from './tokens.ts'

/** Largest body of a Messages request: https://platform.claude.com/docs/en/api/errors#request-size-limits */
const bodyLimit = 32 * 1024 * 1024

export async function startModel(options: ModelOptions = {}): Promise<ModelSimulator> {
  const { models = knownModels, apiKey = 'sk-ant-simulated', latency = {}, now = Date.now } = options
  let reply = options.reply ?? (() => say('Nothing to add.'))
  let inFlight = 0
  let maxInFlight = 0
  const requests: RecordedRequest[] = []
  const refusals: string[] = []
  const events = new EventEmitter().setMaxListeners(0)
  const faults = planFaults()
  const cache = openCache(now)

  const server = createServer((req, res) => {
    res.setHeader('request-id', id('req'))
    serve(req, res).catch(error => refuse(res, refusal(500, `The simulator broke: ${error}`)))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  async function serve(req: IncomingMessage, res: ServerResponse) {
    const { pathname, searchParams } = new URL(req.url ?? '/', url)
    const beta = searchParams.get('beta') === 'true' ? '.beta' : ''
    const denied = credentials(req)
    if (denied) return refuse(res, denied)
    const route = `${req.method} ${pathname.replace(/\/$/, '')}`
    if (route === 'GET /v1/models')
      return send(res, { data: models.map(modelCard), has_more: false, first_id: null, last_id: null })
    if (route.startsWith('GET /v1/models/')) {
      const name = route.slice('GET /v1/models/'.length)
      return models.includes(name) ? send(res, modelCard(name)) : refuse(res, refusal(404, `model: ${name}`))
    }
    if (route === 'POST /v1/messages') return answerMessages(req, res, beta)
    if (route === 'POST /v1/messages/count_tokens') return answerCount(req, res, beta)
    return refuse(res, refusal(404, 'Not Found'))
  }

  async function answerMessages(req: IncomingMessage, res: ServerResponse, beta: '' | '.beta') {
    const raw = await read(req)
    const body = parsed(raw)
    const record: RecordedRequest = {
      at: now(),
      n: requests.length + 1,
      headers: Object.fromEntries(Object.entries(req.headers).map(([name, value]) => [name, String(value)])),
      body: body ?? ({} as MessagesRequest),
      raw,
      model: body?.model ?? '',
      aborted: false,
    }
    requests.push(record)
    const connection = watch(res, record)
    events.emit('request', record)
    const mistake = judge(raw, body, `messages${beta}`)
    for (const [name, value] of Object.entries(rateLimitHeaders(now()))) res.setHeader(name, value)
    if (mistake || !body) {
      record.status = mistake?.status
      return refuse(res, mistake ?? refusal(400, 'body: empty'))
    }
    await deliver({ body, record, res, reply, fault: faults.take(body), cache, latency, now, events, ...connection })
  }

  async function answerCount(req: IncomingMessage, res: ServerResponse, beta: '' | '.beta') {
    const raw = await read(req)
    const body = parsed(raw)
    const mistake = judge(raw, body, `count_tokens${beta}`)
    if (mistake || !body) return refuse(res, mistake ?? refusal(400, 'body: empty'))
    send(res, { input_tokens: promptBlocks(body).reduce((sum, block) => sum + block.tokens, 0) })
  }

  function judge(
    raw: string,
    body: MessagesRequest | undefined,
    shape: Parameters<typeof misfit>[1],
  ): Refusal | undefined {
    if (raw.length > bodyLimit) return refusal(413, 'Request exceeds the maximum size')
    if (!body) return refusal(400, 'The request body is not valid JSON')
    for (const name of ['temperature', 'top_p', 'top_k']) {
      if (name in body) return refusal(400, `\`${name}\` is deprecated for this model.`)
    }
    const wrong = misfit(body, shape)
    if (wrong) return refusal(400, wrong)
    if (!models.includes(body.model)) return refusal(404, `model: ${body.model}`)
    const paused = requests.some(request => request.answer?.stop_reason === 'pause_turn')
    const broken = shape.startsWith('messages') ? brokenRule(body, paused) : undefined
    return broken === undefined ? undefined : refusal(400, broken)
  }

  function credentials(req: IncomingMessage): Refusal | undefined {
    // The SDK sends an API key as a bearer token since 1.x; the older header still holds.
    const key = req.headers['x-api-key'] ?? req.headers.authorization?.replace(/^Bearer /i, '')
    if (key !== apiKey) return refusal(401, 'invalid x-api-key')
    return req.headers['anthropic-version'] ? undefined : refusal(400, 'anthropic-version: header is required')
  }

  function refuse(res: ServerResponse, error: Refusal) {
    refusals.push(`${error.status} ${error.type}: ${error.message}`)
    if (res.headersSent) return res.destroy()
    res
      .writeHead(error.status, { 'content-type': 'application/json' })
      .end(errorBody(error, String(res.getHeader('request-id'))))
  }

  function watch(res: ServerResponse, record: RecordedRequest) {
    const gone = new AbortController()
    let brokenOff = false
    maxInFlight = Math.max(maxInFlight, ++inFlight)
    res.on('close', () => {
      inFlight--
      record.finishedAt = now()
      record.aborted = !res.writableFinished && !brokenOff
      if (!res.writableFinished) gone.abort()
      events.emit(record.aborted ? 'aborted' : 'answered', record)
    })
    const breakOff = () => {
      brokenOff = true
      res.destroy()
    }
    return { signal: gone.signal, breakOff }
  }

  const simulator: ModelSimulator = {
    url,
    apiKey,
    environment: () => ({ ANTHROPIC_API_KEY: apiKey, ANTHROPIC_BASE_URL: url }),
    requests,
    refusals,
    faults,
    setReply(next) {
      reply = next
    },
    events,
    waitFor: (predicate, timeoutMs = 5000) => settled(events, () => predicate(simulator), timeoutMs),
    get inFlight() {
      return inFlight
    },
    get maxInFlight() {
      return maxInFlight
    },
    spent: () => spentBy(requests),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise(done => server.close(done))
    },
  }
  return simulator
}

async function read(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of req) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

function parsed(raw: string): MessagesRequest | undefined {
  try {
    const body = JSON.parse(raw)
    return typeof body === 'object' && body !== null ? body : undefined
  } catch {
    return undefined
  }
}

function send(res: ServerResponse, body: object) {
  res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

function modelCard(name: string) {
  return { type: 'model', id: name, display_name: name, created_at: '2026-10-01T00:00:00Z' }
}

function settled(events: EventEmitter, holds: () => boolean, timeoutMs: number): Promise<void> {
  const names = ['request', 'started', 'answered', 'aborted']
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      for (const name of names) events.off(name, look)
    }
    const look = () => {
      if (!holds()) return
      stop()
      resolve()
    }
    const timer = setTimeout(() => {
      stop()
      reject(new Error(`The simulated model did not get there within ${timeoutMs} ms.`))
    }, timeoutMs)
    for (const name of names) events.on(name, look)
    look()
  })
}
