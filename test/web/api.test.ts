// The API for programs: who is let in, what each call is answered, and a run told as it happens.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { expireToken, listTokens, makeToken, revokeToken, showTokens } from '../../src/commands/tokens.ts'
import type { Event, Occurrence } from '../../src/domain/event.ts'
import { Problem } from '../../src/domain/problem.ts'
import type { Store } from '../../src/domain/store.ts'
import { withoutSecrets } from '../../src/publish/index.ts'
import { startWeb } from '../../src/web/index.ts'
import { databases, type TestDatabase } from '../databases.ts'
import { newFinding, newRun, repository } from '../store/samples.ts'

let clock = Date.parse('2026-11-21T12:00:00.000Z')
const now = () => new Date(clock)

describe.each(databases)('the API on $name', ({ open }) => {
  let database: TestDatabase
  let store: Store
  let web: Awaited<ReturnType<typeof startWeb>>
  let ids = 0
  /** What the next dispatch comes to, instead of a queued run. */
  let next: ((event: Event) => Partial<Occurrence>) | undefined
  let events: Event[] = []

  beforeAll(async () => {
    database = await open()
    store = database.store
    await store.repositories.seen(repository, now().toISOString())
    web = await startWeb({
      port: 0,
      host: '127.0.0.1',
      setUp: undefined,
      store,
      health: { ready: {} },
      local: { token: 'local', commands: {} },
      webhooks: {
        host: { verify: async () => false, knowsEvent: () => false },
        deliveries: store.deliveries,
        now,
        log: () => {},
      },
      api: {
        store,
        publicUrl: 'https://watch.example.com',
        now,
        newId: () => `id${ids++}`,
        log: () => {},
        lookEvery: 5,
        clean: withoutSecrets,
        async dispatchNow(event) {
          events.push(event)
          const change = next?.(event) ?? { runId: `run-of-${event.id}` }
          const occurrence: Occurrence = {
            id: `o-${event.id}`,
            eventId: event.id,
            repositoryId: repository.id,
            routine: 'triage',
            verdict: 'queued',
            because: 'Fired by its token.',
            at: now().toISOString(),
            ...change,
          }
          return [{ ...occurrence, ...(await store.occurrences.record(occurrence)) }]
        },
      },
    })
  })
  afterAll(async () => {
    await web.stop()
    await database.close()
  })
  beforeEach(() => {
    next = undefined
    events = []
  })

  const make = (input: object) => makeToken({ store, now }, input)
  const fireToken = () => make({ routine: 'triage', repo: 'acme/widgets' })
  const fire = (
    token: string | undefined,
    body?: string,
    headers: Record<string, string> = {},
    path = 'acme/widgets/triage',
  ) =>
    fetch(`${web.url}/api/routines/${path}/fire`, {
      method: 'POST',
      headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers },
      ...(body === undefined ? {} : { body }),
    })
  const problem = async (response: Response) => {
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    const body = (await response.json()) as { status: number; detail: string; code: string; title: string }
    expect(body).toMatchObject({ status: response.status, type: 'about:blank', title: expect.any(String) })
    return body
  }

  describe('tokens', () => {
    it('are shown once, kept as a hash, listed without their text, and each leaves rows in the audit', async () => {
      const { text, token } = await make({ routine: 'triage', repo: 'acme/widgets', label: 'pager', by: 'ada' })
      expect(text).toMatch(/^wbt_\w{12}_[\w-]{43}$/)
      const kept = await store.tokens.find(token.id)
      expect(JSON.stringify(kept)).not.toContain(text)
      const listed = await listTokens({ store, now }, {})
      expect(JSON.stringify(listed)).not.toMatch(/wbt_|hash/)
      expect(showTokens(listed)).toContain('pager  fires triage, acme/widgets; made ')
      await revokeToken({ store, now }, { id: token.id, by: 'ada' })
      const rows = (await store.audit.list(10)).filter(row => row.about === token.id)
      expect(rows.map(row => `${row.who}: ${row.what}`)).toEqual(['ada: token revoked', 'ada: token made'])
      expect(await store.audit.verify()).toBeUndefined()
      await expect(revokeToken({ store, now }, { id: token.id })).rejects.toThrow('no token')
    })

    it('end when they are told to, and their list is on record too', async () => {
      const { text, token } = await fireToken()
      expect((await fire(text)).status).toBe(200)
      await expireToken({ store, now }, { id: token.id, by: 'ada' })
      expect((await fire(text)).status).toBe(401)
      await listTokens({ store, now }, { by: 'ada' })
      const rows = (await store.audit.list(5)).map(row => `${row.who}: ${row.what}`)
      expect(rows).toEqual(expect.arrayContaining(['ada: tokens listed', 'ada: token expires']))
      await expect(expireToken({ store, now }, { id: 'nothing' })).rejects.toThrow('no token')
    })

    it.each([
      ['a routine without its repository', { routine: 'triage' }, 'give --routine NAME and --repo'],
      ['a reader of one routine', { routine: 'triage', repo: 'acme/widgets', scope: 'read' }, 'leave --routine out'],
      ['a repository nobody has seen', { routine: 'triage', repo: 'acme/nothing' }, 'has been seen here'],
      ['a scope that is none', { scope: 'admin' }, 'scope'],
    ])('are not made for %s', async (_, input, sentence) => {
      await expect(make(input)).rejects.toThrow(sentence)
    })
  })

  describe('firing', () => {
    it('starts the routine of the token, and tells the run with its address', async () => {
      const { text } = await fireToken()
      const response = await fire(text, '{"text":"disk full on db-3"}')
      expect(response.status).toBe(200)
      const [event] = events
      expect(event).toMatchObject({
        kind: 'api',
        routine: 'triage',
        text: 'disk full on db-3',
        repository: { id: repository.id },
      })
      expect(await response.json()).toEqual({
        run: { id: `run-of-${event!.id}`, url: `https://watch.example.com/api/runs/run-of-${event!.id}` },
        occurrence: { id: `o-${event!.id}`, verdict: 'queued', because: 'Fired by its token.' },
      })
    })

    it('needs no body', async () => {
      const { text } = await fireToken()
      expect((await fire(text)).status).toBe(200)
      expect(events[0]).not.toHaveProperty('text')
    })

    it('takes text of 65,536 characters however it is escaped, and not one more', async () => {
      const { text } = await fireToken()
      const escaped = (length: number) => `{"text":"${'\\u00e9'.repeat(length)}"}`
      expect((await fire(text, escaped(65_536))).status).toBe(200)
      expect((await problem(await fire(text, escaped(65_537)))).status).toBe(413)
      expect((await problem(await fire(text, JSON.stringify({ text: 'x'.repeat(2_000_000) })))).status).toBe(413)
    })

    it('answers 401 to every token that is none, alike for routines that are and are not there', async () => {
      const { text } = await fireToken()
      const revoked = await fireToken()
      await revokeToken({ store, now }, { id: revoked.token.id })
      const expired = await make({ routine: 'triage', repo: 'acme/widgets', days: 1 })
      clock += 86_400_000
      const wrong = `${text.slice(0, -1)}${text.endsWith('A') ? 'B' : 'A'}`
      const answers = []
      for (const token of [undefined, 'nonsense', wrong, revoked.text, expired.text])
        for (const path of ['acme/widgets/triage', 'acme/nothing/nothing'])
          answers.push(await problem(await fire(token, undefined, {}, path)))
      expect(new Set(answers.map(answer => JSON.stringify(answer))).size).toBe(1)
      expect(answers[0]).toMatchObject({ status: 401, code: 'unauthorized' })
      expect(events).toEqual([])
    })

    it('answers 403 when the token is for another routine, repository or scope', async () => {
      const { text } = await fireToken()
      const { text: reader } = await make({ scope: 'read' })
      for (const response of [
        await fire(text, undefined, {}, 'acme/widgets/other'),
        await fire(text, undefined, {}, 'acme/else/triage'),
        await fire(reader),
      ])
        expect((await problem(response)).status).toBe(403)
      expect(events).toEqual([])
    })

    it.each([
      ['no JSON', 'text=1'],
      ['another key', '{"text":"a","model":"x"}'],
      ['text that is none', '{"text":7}'],
      ['a list', '[]'],
    ])('answers 400 to %s', async (_, body) => {
      const { text } = await fireToken()
      expect((await problem(await fire(text, body))).status).toBe(400)
      expect(events).toEqual([])
    })

    it('starts once for one Idempotency-Key in a day, answers 409 when the body is another, and begins anew after it', async () => {
      const { text } = await fireToken()
      const key = { 'idempotency-key': 'deploy-7' }
      const both = await Promise.all([fire(text, '{"text":"a"}', key), fire(text, '{"text":"a"}', key)])
      const [one, other] = await Promise.all(both.map(response => response.json()))
      expect(one).toEqual(other)
      expect(new Set(events.map(event => event.id)).size).toBe(1)
      expect((await problem(await fire(text, '{"text":"b"}', key))).status).toBe(409)
      expect((await fire((await fireToken()).text, '{"text":"b"}', key)).status).toBe(200)
      clock += 86_400_001
      expect(await (await fire(text, '{"text":"a"}', key)).json()).not.toEqual(one)
      expect((await problem(await fire(text, '', { 'idempotency-key': 'x'.repeat(256) }))).status).toBe(400)
    })

    it('answers 429 with the seconds to wait when a gate refuses for now, and when one token calls without pause', async () => {
      const { text } = await fireToken()
      next = () => ({ verdict: 'refused', because: 'Cooling down.', retryAt: new Date(clock + 90_000).toISOString() })
      const refused = await fire(text)
      expect(refused.headers.get('retry-after')).toBe('90')
      expect(await problem(refused)).toMatchObject({ status: 429, detail: 'Cooling down.' })
      const key = { 'idempotency-key': 'page-9' }
      expect((await fire(text, undefined, key)).status).toBe(429)
      clock += 91_000
      next = undefined
      expect((await fire(text, undefined, key)).status).toBe(200)
      clock += 60_000
      const codes = await Promise.all(Array.from({ length: 61 }, async () => (await fire(text)).status))
      expect(codes.filter(code => code === 429)).toHaveLength(1)
      clock += 60_000
      expect((await fire(text)).status).toBe(200)
    })

    it('answers 422 when the routine does not answer the API, or is gone', async () => {
      const { text } = await fireToken()
      next = () => ({ verdict: 'skipped', because: '`api: true` is not set.' })
      expect(await problem(await fire(text))).toMatchObject({ status: 422, detail: '`api: true` is not set.' })
      next = () => ({ routine: 'other' })
      expect((await problem(await fire(text))).detail).toContain('no routine `triage`')
    })

    it('answers 503 while the repository is paused, and when GitHub is away', async () => {
      const { text } = await fireToken()
      await store.pauses.set(`repository:${repository.id}`, 'acme/widgets', 'ada', now().toISOString())
      const paused = await fire(text)
      expect(paused.headers.get('retry-after')).toBe('300')
      expect((await problem(paused)).detail).toContain('Paused by ada')
      await store.pauses.clear(`repository:${repository.id}`)
      next = () => {
        throw new Problem('unavailable', 'GitHub does not answer.')
      }
      const away = await fire(text)
      expect(away.headers.get('retry-after')).toBe('60')
      expect((await problem(away)).status).toBe(503)
    })
  })

  describe('reading a run', () => {
    const read = async (token: string, path: string, headers: Record<string, string> = {}) =>
      fetch(`${web.url}/api/runs/${path}`, { headers: { authorization: `Bearer ${token}`, ...headers } })
    const running = async () => {
      const { id } = await store.runs.request(
        newRun({ requestedAt: now().toISOString(), notBefore: now().toISOString() }),
      )
      return (await store.runs.claim(id, now().toISOString()))!
    }
    const parse = (text: string) =>
      text
        .split('\n\n')
        .filter(block => block.includes('data:'))
        .map(block => ({
          id: /^id: (.*)$/m.exec(block)?.[1],
          event: /^event: (.*)$/m.exec(block)?.[1],
          data: JSON.parse(/^data: (.*)$/m.exec(block)?.[1] ?? '{}'),
        }))
    const append = (run: { id: string; attempt: number }, key: string, value: unknown) =>
      store.steps.append(run.id, run.attempt, key, value, now().toISOString())

    it('needs a token of scope read, for that repository if it names one', async () => {
      const run = await running()
      const { text } = await make({ scope: 'read' })
      const own = await make({ scope: 'read', repo: 'acme/widgets' })
      const { text: firing } = await fireToken()
      expect(await (await read(text, run.id)).json()).toMatchObject({ id: run.id, status: 'running', cost: { usd: 0 } })
      expect((await read(own.text, run.id)).status).toBe(200)
      expect(await (await read(own.text, run.id)).json()).toMatchObject({
        url: `https://watch.example.com/api/runs/${run.id}`,
      })
      expect((await problem(await read(firing, run.id))).status).toBe(403)
      expect((await problem(await read('none', `${run.id}/events`))).status).toBe(401)
      expect((await problem(await read(text, 'nothing'))).status).toBe(404)
      await store.repositories.seen({ ...repository, id: 99, name: 'other' }, now().toISOString())
      const other = await make({ scope: 'read', repo: 'acme/other' })
      expect((await problem(await read(other.text, run.id))).status).toBe(404)
    })

    it('tells stages, agents, findings, cost and the end as they happen, and goes on after the last event that was read', async () => {
      const run = await running()
      const { text } = await make({ scope: 'read' })
      const response = await read(text, `${run.id}/events`)
      expect(response.headers.get('content-type')).toContain('text/event-stream')
      await append(run, 'stage:read', { pull: { title: 'secret title' } })
      await append(run, 'turn:security', { role: 'assistant', content: 'a transcript' })
      await append(run, 'turn:security', { role: 'user', content: 'a tool result' })
      const agent = { agent: 'security', end: 'done', because: 'It is done.', turns: 1, looked: true, findings: 0 }
      await append(run, 'told:agent security', { told: agent, usd: 0.1 })
      await append(run, 'stage:fleet', [{ assignment: 'security' }])
      await append(run, 'told:claim f1', { told: { finding: 'f1', state: 'valid', because: 'It holds.' } })
      await append(run, 'stage:judge', [newFinding('f1'), newFinding('f2')])
      await store.runs.end(run.id, run.attempt, 'done', '2 findings stand.', now().toISOString())
      const all = await response.text()
      expect(all).not.toMatch(/transcript|secret title|tool result/)
      const told = parse(all)
      const withIds = told.filter(one => one.id)
      expect(withIds.map(one => [one.event, one.data.stage ?? one.data.agent ?? one.data.finding])).toEqual([
        ['stage', 'read'],
        ['agent', 'security'],
        ['agent', 'security'],
        ['stage', 'fleet'],
        ['finding', 'f1'],
        ['stage', 'judge'],
        ['finding', 'f1'],
        ['finding', 'f2'],
      ])
      expect(told.some(one => one.event === 'cost' && one.data.usd === 0)).toBe(true)
      expect(told.at(-1)).toMatchObject({ event: 'end', data: { end: 'done', because: '2 findings stand.' } })

      for (const [index, { id }] of withIds.entries()) {
        const rest = parse(await (await read(text, `${run.id}/events`, { 'last-event-id': id! })).text())
        expect(rest.filter(one => one.id)).toEqual(withIds.slice(index + 1))
        expect(rest.at(-1)?.event).toBe('end')
      }
    })

    it('tells what agents report at once, and no secret that a model repeats', async () => {
      const run = await running()
      const { text } = await make({ scope: 'read' })
      const key = `ghp_${'a1B2'.repeat(9)}`
      const input = {
        file: 'a.ts',
        quote: `const key = '${key}'`,
        title: `The key ${key} is in the code`,
        claim: 'Anybody can read it.',
        severity: 'high',
        confidence: 'high',
        origin: 'introduced',
      }
      await append(run, 'turn:security', {
        role: 'assistant',
        content: [{ type: 'tool_use', id: 't', name: 'report_finding', input }],
      })
      await append(run, 'stage:judge', [newFinding('f1', { title: input.title, claim: `It is ${key}.` })])
      await store.findings.save(run, run.attempt, [newFinding('f1', { claim: `It is ${key}.` })], now().toISOString())
      await store.runs.end(run.id, run.attempt, 'done', `It saw ${key}.`, now().toISOString())
      const story = await (await read(text, `${run.id}/events`)).text()
      expect(
        parse(story)
          .filter(one => one.event === 'finding')
          .map(one => one.data.did),
      ).toEqual(['reported', 'judged'])
      const whole = await (await read(text, run.id)).text()
      expect(story + whole).not.toContain(key)
      expect(whole).toContain('[secret removed]')
    })

    it('answers addresses that are none, and odd ids, with a problem', async () => {
      const { text } = await make({ scope: 'read' })
      expect((await problem(await read(text, '%00'))).status).toBe(404)
      expect((await problem(await fire((await fireToken()).text, undefined, {}, 'a%00/b/c'))).status).toBe(403)
      expect((await problem(await fetch(`${web.url}/api/routines/acme/widgets/triage/fire`))).status).toBe(405)
    })

    it('lets go of a run that nobody listens to any more', async () => {
      const run = await running()
      const { text } = await make({ scope: 'read' })
      const stop = new AbortController()
      const response = await fetch(`${web.url}/api/runs/${run.id}/events`, {
        headers: { authorization: `Bearer ${text}` },
        signal: stop.signal,
      })
      const reader = response.body!.getReader()
      await reader.read()
      stop.abort()
      await expect(reader.read()).rejects.toThrow()
    })
  })
})
