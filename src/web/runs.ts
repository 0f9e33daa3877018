// GET /api/runs/:id and GET /api/runs/:id/events: a run and its story, for tokens of scope `read`.
import type { Context, Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import { Problem } from '../domain/problem.ts'
import type { Run } from '../domain/run.ts'
import type { Store } from '../domain/store.ts'
import type { ApiToken } from '../domain/token.ts'
import { addressOf } from './address.ts'
import { thrownBody } from './answer.ts'
import { readBearer } from './bearer.ts'
import { eventsOf, readEventId } from './run-events.ts'

export interface RunApiPorts {
  store: Store
  publicUrl: string | undefined
  now: () => Date
  log: (line: object, sentence: string) => void
  /** Texts of models and of pull requests on their way out: whatever looks like a secret is taken out. */
  clean: (text: string) => string
  /** Milliseconds between two looks at a run that goes on. */
  lookEvery?: number
}

/** Milliseconds after which a silent stream says that it is alive: proxies cut silent ones. */
const aliveEvery = 15_000
/** Streams at the same time in this process. */
const streamsAtMost = 100
const streamsOfAToken = 10
/** Steps of agents that work side by side may be stored in another order than they are numbered: so many are looked at again. */
const lookedAtAgain = 50

export function runRoutes(app: Hono, ports: RunApiPorts): void {
  const open = new Map<string, number>()
  app.get('/api/runs/:id', async context => {
    try {
      const { run } = await admitted(ports, context)
      return context.json(cleaned(ports, await tell(ports, context, run)))
    } catch (thrown) {
      return thrownBody(context, thrown, ports.log)
    }
  })
  app.get('/api/runs/:id/events', async context => {
    try {
      const { run, token } = await admitted(ports, context)
      const mine = open.get(token.id) ?? 0
      const all = [...open.values()].reduce((sum, count) => sum + count, 0)
      if (mine >= streamsOfAToken || all >= streamsAtMost)
        throw new Problem(
          'unavailable',
          `${mine >= streamsOfAToken ? `This token has ${mine}` : all} streams open already; read /api/runs/${run.id} instead.`,
        )
      open.set(token.id, mine + 1)
      return stream(ports, context, run, () => {
        const left = (open.get(token.id) ?? 1) - 1
        if (left > 0) open.set(token.id, left)
        else open.delete(token.id)
      })
    } catch (thrown) {
      return thrownBody(context, thrown, ports.log)
    }
  })
}

async function admitted({ store, now }: RunApiPorts, context: Context): Promise<{ run: Run; token: ApiToken }> {
  const token = await readBearer(store, context.req.header('authorization'), 'read', now())
  const id = context.req.param('id') ?? ''
  const run = /^[\w-]{1,100}$/.test(id) ? await store.runs.get(id) : undefined
  if (!run || (token.repositoryId !== undefined && token.repositoryId !== run.repository.id))
    throw new Problem('not_found', `No run that this token may read has the id ${id.slice(0, 60)}.`)
  return { run, token }
}

function cleaned<T>({ clean }: Pick<RunApiPorts, 'clean'>, value: T): T {
  return JSON.parse(JSON.stringify(value), (_, one) => (typeof one === 'string' ? clean(one) : one))
}

async function tell({ store, publicUrl }: RunApiPorts, context: Context, run: Run) {
  const [occurrences, findings, spent] = await Promise.all([
    store.occurrences.ofRun(run.id),
    store.findings.ofRun(run.id),
    store.ledger.spent({ runId: run.id }),
  ])
  return {
    id: run.id,
    ...addressOf(run.id, publicUrl, context),
    kind: run.kind,
    repository: `${run.repository.owner}/${run.repository.name}`,
    number: run.number,
    head: run.head,
    status: run.status,
    end: run.end,
    because: run.because,
    requestedAt: run.requestedAt,
    startedAt: run.startedAt,
    endedAt: run.endedAt,
    routines: occurrences.map(({ id, routine, verdict, because }) => ({ occurrence: id, routine, verdict, because })),
    findings: findings.map(({ rowId, file, title, claim, severity, origin, verdict, where, state }) => ({
      id: rowId,
      file,
      title,
      claim,
      severity,
      origin,
      verdict: verdict.verdict,
      because: verdict.because,
      where,
      state,
    })),
    ...(run.kind === 'work' && run.report !== undefined ? { report: run.report } : {}),
    cost: { usd: spent.usd, calls: spent.calls },
  }
}

function stream(ports: RunApiPorts, context: Context, run: Run, left: () => void): Response {
  const last = readEventId(context.req.header('last-event-id'))
  context.header('x-accel-buffering', 'no')
  return streamSSE(context, async to => {
    const gone = new AbortController()
    to.onAbort(() => gone.abort())
    try {
      const told = new Set<number>()
      // The step that the last event came from may stand for more events than were read.
      let newest = Math.max(0, last.sequence - 1)
      let [looked, usd, toldUsd] = [-1, -1, -1]
      let said = ports.now().getTime()
      while (!gone.signal.aborted) {
        // Before its steps: what is stored after this look is read by the next, so that the end comes last.
        const now = await ports.store.runs.get(run.id)
        const from = Math.max(last.sequence - 1, newest - lookedAtAgain, 0)
        for (const step of await ports.store.steps.after(run.id, from)) {
          if (told.has(step.sequence)) continue
          told.add(step.sequence)
          newest = Math.max(newest, step.sequence)
          for (const one of eventsOf(step)) {
            const { sequence, part } = readEventId(one.id)
            if (sequence === last.sequence && part <= last.part) continue
            await to.writeSSE({ id: one.id, event: one.event, data: JSON.stringify(cleaned(ports, one.data)) })
            said = ports.now().getTime()
          }
        }
        // What is set aside for calls under way mostly comes back; what was spent only grows.
        if (now && now.usd !== looked) {
          looked = now.usd
          const spent = await ports.store.ledger.parts(run.id)
          usd = spent.reduce((sum, part) => sum + part.usd - part.setAsideUsd, 0)
        }
        if (usd > toldUsd) {
          toldUsd = usd
          await to.writeSSE({ event: 'cost', data: JSON.stringify({ usd }) })
          said = ports.now().getTime()
        }
        if (!now || now.status === 'ended') {
          const { end, because } = now ?? { because: 'The run is not kept any more.' }
          const ending = cleaned(ports, { end, because, usd: Math.max(0, usd) })
          await to.writeSSE({ event: 'end', data: JSON.stringify(ending) })
          return
        }
        // A token that was revoked or has expired meanwhile hears no more.
        await readBearer(ports.store, context.req.header('authorization'), 'read', ports.now())
        if (ports.now().getTime() - said >= aliveEvery) {
          await to.write(': alive\n\n')
          said = ports.now().getTime()
        }
        await wait(ports.lookEvery ?? 500, gone.signal)
      }
    } catch (thrown) {
      // Whoever listens asks again with the last event's id, as event sources do by themselves.
      if (!gone.signal.aborted) ports.log({ run: run.id, cause: String(thrown) }, 'a stream of a run was cut')
    } finally {
      left()
    }
  })
}

/** Ends early when nobody listens any more. */
function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(done, milliseconds)
    signal.addEventListener('abort', done, { once: true })
    function done() {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
  })
}
