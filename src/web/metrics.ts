// GET /metrics for Prometheus, on a port of its own: what was decided, counted from the log's lines, and what waits, asked at each scrape.
import { createServer } from 'node:http'
import { Gauge, Registry } from 'prom-client'
import type { Heard } from '../domain/heard.ts'
import type { Store } from '../domain/store.ts'
import { listen } from './listen.ts'
import { openCounters, openHeard } from './measures.ts'

type Log = (line: object, sentence: string) => void

export interface MetricsPorts {
  store: Pick<Store, 'queueDepth' | 'ledger' | 'reconciliation' | 'signs'>
  /** What should have started by now and has not. */
  overdue: () => Promise<{ kind: string }[]>
  now: () => Date
}

export interface Metrics {
  /** The log given, with its decisions counted. */
  count(log: Log): Log
  heard: Heard
  /** Problem `conflict` when the port is taken. */
  serve(ports: MetricsPorts, port: number, host: string): Promise<{ port: number; stop(): Promise<void> }>
}

/** `now`: milliseconds. */
export function openMetrics(now: () => number = () => performance.now()): Metrics {
  const registry = new Registry()
  const count = openCounters(registry, now)
  return {
    count: log => (line, sentence) => {
      count(line as Record<string, unknown>)
      log(line, sentence)
    },
    heard: openHeard(registry),
    async serve(ports, port, host) {
      gauges(registry, ports)
      const server = createServer(async (request, response) => {
        if (request.method !== 'GET' || request.url?.split('?')[0] !== '/metrics') {
          response.writeHead(404).end()
          return
        }
        try {
          const text = await registry.metrics()
          response.writeHead(200, { 'content-type': registry.contentType }).end(text)
        } catch {
          response.writeHead(503).end('The database does not answer.\n')
        }
      })
      const address = await listen(server, port, host)
      return {
        port: address.port,
        stop: () =>
          new Promise<void>(resolve => {
            server.close(() => resolve())
            server.closeAllConnections()
          }),
      }
    },
  }
}

function gauges(registry: Registry, { store, overdue, now }: MetricsPorts): void {
  const { reconciliation, signs, ledger } = store
  let asked: ReturnType<Store['queueDepth']> | undefined
  // Asked once for both that tell of it, which are collected side by side.
  const depth = () => {
    asked ??= store.queueDepth().finally(() => {
      asked = undefined
    })
    return asked
  }
  const gauge = <Label extends string>(
    name: string,
    help: string,
    labelNames: Label[],
    ask: (gauge: Gauge<Label>) => Promise<void>,
  ) =>
    new Gauge<Label>({
      name: `watchbill_${name}`,
      help,
      labelNames,
      registers: [registry],
      collect() {
        return ask(this)
      },
    })

  gauge('queue_jobs', 'Jobs in a queue, by state.', ['queue', 'state'], async jobs => {
    for (const { queue, waiting, active } of await depth()) {
      jobs.set({ queue, state: 'waiting' }, waiting)
      jobs.set({ queue, state: 'active' }, active)
    }
  })
  gauge('queue_oldest_seconds', 'How long the oldest job that may start has waited.', ['queue'], async oldest => {
    for (const { queue, oldestSeconds } of await depth()) oldest.set({ queue }, oldestSeconds)
  })
  gauge('overdue', 'Things that should have started by now and have not, by kind.', ['kind'], async late => {
    late.reset()
    for (const kind of ['delivery', 'event', 'run', 'schedule', 'given up']) late.set({ kind }, 0)
    for (const { kind } of await overdue()) late.inc({ kind })
  })
  gauge(
    'deliveries_compared_timestamp_seconds',
    "When GitHub's list of deliveries was last compared with ours to its end.",
    [],
    async compared => compared.set(secondsOf((await reconciliation.last())?.reached)),
  )
  gauge(
    'deliveries_unreceived',
    'Deliveries of the last three days that did not come though GitHub was asked to make them again.',
    [],
    async unreceived => {
      const before = (minutes: number) => new Date(now().getTime() - minutes * 60_000).toISOString()
      unreceived.set((await reconciliation.missing(before(3 * 24 * 60), before(5))).length)
    },
  )
  gauge('clock_tick_timestamp_seconds', 'When the clock last took what was due, in any process.', [], async tick =>
    tick.set(secondsOf(await signs.last('tick'))),
  )
  gauge('spend_usd', 'US dollars spent and set aside in the period (UTC).', ['period'], async spend => {
    const day = now().toISOString().slice(0, 10)
    spend.set({ period: 'day' }, (await ledger.spent({ since: `${day}T00:00:00.000Z` })).usd)
    spend.set({ period: 'month' }, (await ledger.spent({ since: `${day.slice(0, 7)}-01T00:00:00.000Z` })).usd)
  })
}

/** Since 1970; 0 for what never was. */
function secondsOf(at: string | undefined): number {
  return at === undefined ? 0 : Date.parse(at) / 1000
}
