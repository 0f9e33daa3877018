// Metrics: counted from the log's lines, asked of the store at each scrape, on a port of their own.
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { type Metrics, openMetrics } from '../../src/web/metrics.ts'
import { databases, type TestDatabase } from '../databases.ts'
import { newRun } from '../store/samples.ts'

describe.each(databases)('metrics on $name', ({ open }) => {
  let database: TestDatabase
  let metrics: Metrics
  let served: { port: number; stop(): Promise<void> }
  const written: string[] = []
  let clock = 0
  beforeAll(async () => {
    database = await open()
    metrics = openMetrics(() => clock)
    served = await metrics.serve(
      {
        store: database.store,
        overdue: async () => [{ kind: 'run' }, { kind: 'run' }],
        now: () => new Date('2026-11-21T12:00:00.000Z'),
      },
      0,
      '127.0.0.1',
    )
  })
  afterAll(async () => {
    await served.stop()
    await database.close()
  })
  const scrape = (port = served.port) => fetch(`http://127.0.0.1:${port}/metrics`)
  /** The text of a scrape, which has each of these lines. */
  const scraped = async (...lines: string[]) => {
    const text = await (await scrape()).text()
    const there = text.split('\n')
    expect(lines.filter(line => !there.includes(`watchbill_${line}`))).toEqual([])
    return text
  }

  it('count what was decided, and pass every line on', async () => {
    const log = metrics.count((_, sentence) => written.push(sentence))
    log({ delivery: 'a', event: 'push', status: 202 }, 'one')
    log({ delivery: 'b', event: 'x'.repeat(50), status: 401 }, 'two')
    // Whoever reaches the port can send these.
    for (const [index, status] of [400, 401, 413, 503].entries())
      log({ event: `made_up_${'abcd'[index]}`, delivery: 'c', status }, '')
    log({ occurrence: 'o', verdict: 'queued', run: 'r' }, 'three')
    log({ run: 'r', agent: 'security', end: 'done' }, 'four')
    log({ run: 'r', end: 'partial' }, 'five')
    log({ warning: 'serverDay 80 %' }, 'six')
    expect(written.filter(Boolean)).toEqual(['one', 'two', 'three', 'four', 'five', 'six'])
    const text = await scraped(
      'deliveries_total{event="push",status="202"} 1',
      'deliveries_total{event="other",status="401"} 2',
      'occurrences_total{verdict="queued"} 1',
      'runs_total{end="partial"} 1',
      'warnings_total{warning="serverDay"} 1',
    )
    expect(text).not.toContain('made')
    expect(text).not.toContain('watchbill_runs_total{end="done"}')
  })

  it('count findings, redeliveries, and how long stages take, to the end of a run', async () => {
    const log = metrics.count(() => {})
    log({ run: 'r', finding: 'r-1', verdict: 'refuted', severity: 'high' }, 'one')
    log({ delivery: 'd', event: 'push', redelivery: 'missing' }, 'two')
    log({ run: 's', stage: 'fleet' }, 'three')
    clock = 20_000
    log({ run: 's', agent: 'security', end: 'done' }, 'four')
    log({ run: 's', stage: 'publish' }, 'five')
    clock = 20_300
    log({ run: 's', end: 'done' }, 'six')
    log({ run: 's', end: 'done' }, 'seven')
    await scraped(
      'findings_total{verdict="refuted",severity="high"} 1',
      'redeliveries_total{reason="missing"} 1',
      'stage_duration_seconds_sum{stage="fleet"} 20',
      'stage_duration_seconds_bucket{le="0.5",stage="publish"} 1',
      'stage_duration_seconds_count{stage="publish"} 1',
    )
  })

  it('count calls to GitHub and to models, with tokens, dollars and the room that is left', async () => {
    metrics.heard.github({ installation: 7, method: 'GET', status: 200, room: { resource: 'core', remaining: 41 } })
    metrics.heard.github({ installation: 7, method: 'POST', status: 0 })
    const usage = { input: 10, cacheWrite: 0, cacheRead: 90, output: 5 }
    metrics.heard.model({ kind: 'finder', model: 'm', status: 'ok', usage, usd: 0.25 })
    await scraped(
      'github_requests_total{method="GET",status="200"} 1',
      'github_requests_total{method="POST",status="0"} 1',
      'github_rate_limit_remaining{installation="7",resource="core"} 41',
      'model_calls_total{model="m",kind="finder",status="ok"} 1',
      'model_tokens_total{model="m",type="cacheRead"} 90',
      'model_cost_usd_total{model="m",kind="finder"} 0.25',
    )
  })

  it('forget the room that was left once GitHub has given it anew', async () => {
    const room = { resource: 'search', remaining: 3 }
    metrics.heard.github({ installation: 8, method: 'GET', status: 200, room: { ...room, until: Date.now() + 60_000 } })
    metrics.heard.github({ installation: 9, method: 'GET', status: 200, room: { ...room, until: Date.now() - 1 } })
    const text = await scraped('github_rate_limit_remaining{installation="8",resource="search"} 3')
    expect(text).not.toContain('watchbill_github_rate_limit_remaining{installation="9"')
  })

  it('tell when deliveries were compared and the clock went, and what did not come', async () => {
    const { reconciliation, signs } = database.store
    const at = '2026-11-21T11:00:00.000Z'
    await reconciliation.begin({ holder: 'h', at, unlessSince: at })
    const outcome = { complete: true, read: 0, failed: 0, missing: 0, asked: 0, because: '' }
    await reconciliation.end('h', at, outcome)
    await reconciliation.ask('1', 'never came', at)
    await signs.give('tick', at)
    const seconds = Date.parse(at) / 1000
    await scraped(
      `deliveries_compared_timestamp_seconds ${seconds}`,
      `clock_tick_timestamp_seconds ${seconds}`,
      'deliveries_unreceived 1',
    )
  })

  it('are those that the docs, the example of alerts and the dashboard name, and no others', async () => {
    const text = await scraped()
    const there = [...text.matchAll(/^# TYPE (\w+)/gm)].map(([, name = '']) => name)
    const page = (path: string) => readFileSync(new URL(`../../docs/${path}`, import.meta.url), 'utf8')
    const named = (path: string) => [...page(path).matchAll(/\bwatchbill_[a-z_]+/g)].map(([name]) => name)
    const known = new Set([...there, 'watchbill_stage_duration_seconds_bucket'])
    for (const path of ['alerts.yml', 'grafana.json', 'operations.md']) {
      expect(named(path).length).toBeGreaterThan(5)
      expect(named(path).filter(name => !known.has(name))).toEqual([])
    }
    expect(there.filter(name => !named('operations.md').includes(name))).toEqual([])
    expect(parse(page('alerts.yml')).groups[0].rules.every((rule: { expr?: string }) => rule.expr)).toBe(true)
    expect(JSON.parse(page('grafana.json')).panels.length).toBeGreaterThan(10)
  })

  it('tell what waits, what is late and what was spent, as the database has it now', async () => {
    await database.store.runs.request(newRun())
    const fresh = openMetrics()
    const ports = { store: database.store, overdue: async () => [], now: () => new Date() }
    const first = await fresh.serve(ports, 0, '127.0.0.1')
    const atOnce = await (await scrape(first.port)).text()
    await first.stop()
    expect(atOnce).toMatch(/watchbill_queue_oldest_seconds\{queue="run"\} \d/)
    const text = await scraped(
      'queue_jobs{queue="run",state="waiting"} 1',
      'overdue{kind="run"} 2',
      'overdue{kind="schedule"} 0',
      'spend_usd{period="month"} 0',
    )
    expect(text).toMatch(/watchbill_queue_oldest_seconds\{queue="run"\} \d/)
  })

  it('answer nothing else', async () => {
    const address = `http://127.0.0.1:${served.port}`
    expect((await fetch(`${address}/`)).status).toBe(404)
    expect((await fetch(`${address}/metrics`, { method: 'POST' })).status).toBe(404)
  })
})
