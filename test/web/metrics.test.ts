// Metrics: counted from the log's lines, asked of the store at each scrape, on a port of their own.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Metrics, openMetrics } from '../../src/web/metrics.ts'
import { databases, type TestDatabase } from '../databases.ts'
import { newRun } from '../store/samples.ts'

describe.each(databases)('metrics on $name', ({ open }) => {
  let database: TestDatabase
  let metrics: Metrics
  let served: { port: number; stop(): Promise<void> }
  const written: string[] = []
  beforeAll(async () => {
    database = await open()
    metrics = openMetrics()
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
  const scrape = async (path = '/metrics') => fetch(`http://127.0.0.1:${served.port}${path}`)

  it('count what was decided, and pass every line on', async () => {
    const log = metrics.count((_, sentence) => written.push(sentence))
    log({ delivery: 'a', event: 'push', status: 202 }, 'one')
    log({ delivery: 'b', event: 'x'.repeat(50), status: 401 }, 'two')
    log({ occurrence: 'o', verdict: 'queued', run: 'r' }, 'three')
    log({ run: 'r', agent: 'security', end: 'done' }, 'four')
    log({ run: 'r', end: 'partial' }, 'five')
    log({ warning: 'serverDay 80 %' }, 'six')
    expect(written).toEqual(['one', 'two', 'three', 'four', 'five', 'six'])
    const text = await (await scrape()).text()
    expect(text).toContain('watchbill_deliveries_total{event="push",status="202"} 1')
    expect(text).toContain('watchbill_deliveries_total{event="other",status="401"} 1')
    expect(text).toContain('watchbill_occurrences_total{verdict="queued"} 1')
    expect(text).toContain('watchbill_runs_total{end="partial"} 1')
    expect(text).not.toContain('watchbill_runs_total{end="done"}')
    expect(text).toContain('watchbill_warnings_total{warning="serverDay"} 1')
  })

  it('tell what waits, what is late and what was spent, as the database has it now', async () => {
    await database.store.runs.request(newRun())
    const text = await (await scrape()).text()
    expect(text).toContain('watchbill_queue_jobs{queue="run",state="waiting"} 1')
    expect(text).toMatch(/watchbill_queue_oldest_seconds\{queue="run"\} \d/)
    expect(text).toContain('watchbill_overdue{kind="run"} 2')
    expect(text).toContain('watchbill_overdue{kind="schedule"} 0')
    expect(text).toContain('watchbill_spend_usd{period="month"} 0')
  })

  it('answer nothing else', async () => {
    expect((await scrape('/')).status).toBe(404)
    expect((await fetch(`http://127.0.0.1:${served.port}/metrics`, { method: 'POST' })).status).toBe(404)
  })
})
