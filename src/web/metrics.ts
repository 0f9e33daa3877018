// GET /metrics for Prometheus, on a port of its own: what was decided, counted from the log's lines, and what waits, asked at each scrape.
import { createServer } from 'node:http'
import { Counter, Gauge, Registry } from 'prom-client'
import type { Store } from '../domain/store.ts'
import { listen } from './listen.ts'

type Log = (line: object, sentence: string) => void

export interface MetricsPorts {
  store: Pick<Store, 'queueDepth' | 'ledger'>
  /** What should have started by now and has not. */
  overdue: () => Promise<{ kind: string }[]>
  now: () => Date
}

export interface Metrics {
  /** The log given, with its decisions counted. */
  count(log: Log): Log
  /** Problem `conflict` when the port is taken. */
  serve(ports: MetricsPorts, port: number, host: string): Promise<{ port: number; stop(): Promise<void> }>
}

/** Names by https://prometheus.io/docs/practices/naming/. */
export function openMetrics(): Metrics {
  const registry = new Registry()
  const registers = [registry]
  const counter = (name: string, help: string, labelNames: string[]) =>
    new Counter({ name: `watchbill_${name}_total`, help, labelNames, registers })
  const deliveries = counter('deliveries', 'Deliveries answered, by event and HTTP status.', ['event', 'status'])
  const occurrences = counter('occurrences', 'Routines that met events, by verdict.', ['verdict'])
  const runs = counter('runs', 'Runs that ended, by end.', ['end'])
  const warnings = counter('warnings', 'Warnings in the log, by kind.', ['warning'])

  return {
    count: log => (line, sentence) => {
      const said = line as Record<string, unknown>
      if (said.delivery !== undefined && said.status !== undefined)
        deliveries.inc({ event: eventName(said.event), status: String(said.status) })
      if (said.occurrence !== undefined && said.verdict !== undefined)
        occurrences.inc({ verdict: String(said.verdict) })
      if (said.run !== undefined && said.end !== undefined && said.agent === undefined)
        runs.inc({ end: String(said.end) })
      if (said.warning !== undefined) warnings.inc({ warning: String(said.warning).split(' ')[0] })
      log(line, sentence)
    },
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
  const registers = [registry]
  const jobs = new Gauge({
    name: 'watchbill_queue_jobs',
    help: 'Jobs in a queue, by state.',
    labelNames: ['queue', 'state'],
    registers,
    async collect() {
      for (const { queue, waiting, active, oldestSeconds } of await store.queueDepth()) {
        jobs.set({ queue, state: 'waiting' }, waiting)
        jobs.set({ queue, state: 'active' }, active)
        oldest.set({ queue }, oldestSeconds)
      }
    },
  })
  const oldest = new Gauge({
    name: 'watchbill_queue_oldest_seconds',
    help: 'How long the oldest job that may start has waited.',
    labelNames: ['queue'],
    registers,
  })
  const late = new Gauge({
    name: 'watchbill_overdue',
    help: 'Things that should have started by now and have not, by kind.',
    labelNames: ['kind'],
    registers,
    async collect() {
      late.reset()
      for (const kind of ['delivery', 'event', 'run', 'schedule', 'given up']) late.set({ kind }, 0)
      for (const { kind } of await overdue()) late.inc({ kind })
    },
  })
  const spend = new Gauge({
    name: 'watchbill_spend_usd',
    help: 'US dollars spent and set aside in the period (UTC).',
    labelNames: ['period'],
    registers,
    async collect() {
      const day = now().toISOString().slice(0, 10)
      spend.set({ period: 'day' }, (await store.ledger.spent({ since: `${day}T00:00:00.000Z` })).usd)
      spend.set({ period: 'month' }, (await store.ledger.spent({ since: `${day.slice(0, 7)}-01T00:00:00.000Z` })).usd)
    },
  })
}

/** A label's value comes from outside, and each value is a series for ever: what is no name of an event is one of them. */
function eventName(event: unknown): string {
  return typeof event === 'string' && /^[a-z_]{1,40}$/.test(event) ? event : 'other'
}
