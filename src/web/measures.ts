// What the metrics count: names and units by https://prometheus.io/docs/practices/naming/.
import { LRUCache } from 'lru-cache'
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { Heard } from '../domain/heard.ts'

type Line = Record<string, unknown>

/** Seconds: from a look at a small change to a night's sweep. */
const buckets = [0.1, 0.5, 1, 5, 15, 30, 60, 120, 300, 600, 1800, 3600]
/** Runs whose stage is remembered; those that never say an end are forgotten. */
const most = 1000

/** Counts a line of the log. */
export function openCounters(registry: Registry, now: () => number): (line: Line) => void {
  const counter = countersIn(registry)
  const deliveries = counter('deliveries', 'Deliveries answered, by event and HTTP status.', ['event', 'status'])
  const redeliveries = counter('redeliveries', 'Deliveries that GitHub was asked to make again.', ['reason'])
  const occurrences = counter('occurrences', 'Routines that met events, by verdict.', ['verdict'])
  const runs = counter('runs', 'Runs that ended, by end.', ['end'])
  const findings = counter('findings', 'Findings that the judge decided about.', ['verdict', 'severity'])
  const warnings = counter('warnings', 'Warnings in the log, by kind.', ['warning'])
  const stages = new Histogram({
    name: 'watchbill_stage_duration_seconds',
    help: 'How long the stages of runs took.',
    labelNames: ['stage'],
    buckets,
    registers: [registry],
  })
  const at = new LRUCache<string, { stage: string; since: number }>({ max: most })

  function countStage({ run, stage, end, agent }: Line): void {
    if (run === undefined || agent !== undefined || (stage === undefined && end === undefined)) return
    const id = String(run)
    const before = at.get(id)
    if (before) stages.observe({ stage: before.stage }, (now() - before.since) / 1000)
    at.delete(id)
    if (typeof stage === 'string') at.set(id, { stage, since: now() })
  }

  return said => {
    if (said.delivery !== undefined && said.status !== undefined)
      deliveries.inc({ event: eventName(said), status: String(said.status) })
    if (said.redelivery !== undefined) redeliveries.inc({ reason: String(said.redelivery) })
    if (said.occurrence !== undefined && said.verdict !== undefined) occurrences.inc({ verdict: String(said.verdict) })
    if (said.finding !== undefined && said.verdict !== undefined)
      findings.inc({ verdict: String(said.verdict), severity: String(said.severity) })
    if (said.run !== undefined && said.end !== undefined && said.agent === undefined)
      runs.inc({ end: String(said.end) })
    if (said.warning !== undefined) warnings.inc({ warning: String(said.warning).split(' ')[0] })
    countStage(said)
  }
}

/** Counts calls to GitHub and to models. */
export function openHeard(registry: Registry): Heard {
  const counter = countersIn(registry)
  const requests = counter('github_requests', 'Requests to GitHub, by HTTP status (0: no answer).', [
    'method',
    'status',
  ])
  const until = new Map<string, { labels: Record<'installation' | 'resource', string>; at: number }>()
  const room = new Gauge({
    name: 'watchbill_github_rate_limit_remaining',
    help: "Requests that GitHub's rate limit leaves until it is reset, as its last answer said (installation 0: the App itself).",
    labelNames: ['installation', 'resource'],
    registers: [registry],
    // What was left of an hour that is over says nothing of the next.
    collect() {
      for (const [key, { labels, at }] of until) if (at <= Date.now() && until.delete(key)) room.remove(labels)
    },
  })
  const calls = counter('model_calls', 'Calls to models, by what came of them.', ['model', 'kind', 'status'])
  const tokens = counter('model_tokens', 'Tokens of calls to models, by type.', ['model', 'type'])
  const usd = counter('model_cost_usd', 'US dollars that calls to models cost.', ['model', 'kind'])
  return {
    github({ installation, method, status, room: left }) {
      requests.inc({ method, status: String(status) })
      if (!left) return
      const labels = { installation: String(installation), resource: left.resource }
      room.set(labels, left.remaining)
      if (left.until !== undefined) until.set(`${installation} ${left.resource}`, { labels, at: left.until })
    },
    model({ model, kind, status, usage, usd: cost }) {
      calls.inc({ model, kind, status })
      for (const [type, count] of Object.entries(usage)) tokens.inc({ model, type }, count)
      usd.inc({ model, kind }, cost)
    },
  }
}

function countersIn(registry: Registry) {
  return (name: string, help: string, labelNames: string[]) =>
    new Counter({ name: `watchbill_${name}_total`, help, labelNames, registers: [registry] })
}

/** Each value of a label is a series for ever, and anybody can send a header: a name counts once GitHub's signature was seen. */
function eventName({ event, status }: Line): string {
  const signed = status === 200 || status === 202
  return signed && typeof event === 'string' && /^[a-z_]{1,40}$/.test(event) ? event : 'other'
}
