// What a review leaves in the log and the metrics: a line for each decision with the ids to ask about it, and no word of the code, of people, of the models, and no secret.
import { expect, it } from 'vitest'
import { call, type Reply, say } from '../simulators/model/index.ts'
import { openHouse } from './house.ts'
import { answersIn, isReviewed, isVerifier, openScene } from './scene.ts'

const canary = (what: string) => `canary-of-${what}-4711`
const quote = `  return Math.floor(Number(text) * 100) // ${canary('code')}`
const change = { 'src/price.ts': `export function cents(text: string): number {\n${quote}\n}\n` }

const tells: Reply = request => {
  const answers = answersIn(request)
  if (isVerifier(request)) {
    if (answers > 0) return say(canary('verifier'))
    const cited = [{ path: 'src/price.ts', line: 2, text: quote }]
    return call('report_verdict', { verdict: 'VALID', because: `It does: ${canary('verdict')}.`, cited })
  }
  if (answers === 0) return call('read', { path: 'src/price.ts' })
  if (answers > 1) return say(canary('finder'))
  return call('report_finding', {
    file: 'src/price.ts',
    quote,
    title: canary('title-of-finding'),
    claim: `cents("0.29") is 28: ${canary('claim')}.`,
    severity: 'high',
    confidence: 'high',
    origin: 'introduced',
  })
}

it('has the ids of everything that was decided, and no words of anybody else', async () => {
  await using house = await openHouse({ reply: tells, environment: { METRICS_PORT: '0' } })
  house.model.faults.add({ kind: '500' })
  const pull = { title: canary('title'), body: canary('body') }
  const { repository, number, head } = await openScene(house.github, { change, pull })
  repository.setCollaborator('wendy', 'write')
  await house.until(() => isReviewed(repository, head))
  await house.until(() => house.lines.some(line => line.end === 'done' && line.agent === undefined))
  repository.comment(number, `@watchbill why\n${canary('comment')}`, 'wendy')
  await house.dispatched()
  expect(repository.pull(number).reviewComments).toHaveLength(1)

  const delivery = house.github.deliveries.find(one => one.event === 'pull_request')!
  const of = (field: string) => house.lines.filter(line => line[field] !== undefined)
  expect(of('delivery').filter(line => line.delivery === delivery.id).length).toBeGreaterThan(1)
  const [occurrence] = of('occurrence')
  expect(occurrence).toMatchObject({ event: delivery.id, verdict: 'queued', run: expect.any(String) })
  const runId = occurrence!.run
  expect(of('verdict').filter(line => line.finding !== undefined)).toEqual([
    expect.objectContaining({
      run: runId,
      verdict: 'posted',
      severity: 'high',
      sentence: 'A finding is to be posted.',
    }),
  ])
  expect(of('err')).toHaveLength(1)
  for (const line of [...of('err'), ...of('stage'), ...of('agent'), ...of('finding')]) expect(line.run).toBe(runId)

  const log = JSON.stringify(house.lines)
  expect([...log.matchAll(/canary-of-([\w-]+)-4711/g)].map(([, what]) => what)).toEqual([])
  const { app } = house.github
  const secrets = [app.webhookSecret, app.clientSecret, house.model.apiKey, app.privateKey.split('\n')[1]!]
  for (const secret of secrets) expect(log).not.toContain(secret)
  expect(log).not.toMatch(/ghs_\w{10}/)

  const port = of('port').at(-1)?.port
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
  const summed = (name: string) =>
    [...text.matchAll(new RegExp(`^${name}\\S* ([\\d.e-]+)$`, 'gm'))].reduce((sum, [, value]) => sum + Number(value), 0)
  expect(summed('watchbill_findings_total\\{verdict="posted"')).toBe(1)
  expect(summed('watchbill_model_calls_total')).toBe(house.model.requests.length)
  expect(summed('watchbill_github_requests_total\\{method="POST",status="201"')).toBeGreaterThan(2)
  for (const name of ['model_tokens_total', 'model_cost_usd_total', 'github_rate_limit_remaining'])
    expect(summed(`watchbill_${name}`)).toBeGreaterThan(0)
  expect(text).toMatch(/watchbill_stage_duration_seconds_count\{stage="fleet"\} 1/)
  expect((await fetch(`${house.server.url}/metrics`)).status).toBe(404)
  expect(await (await fetch(`${house.server.url}/readyz`)).json()).toMatchObject({
    status: 'ok',
    doctor: { 'last deliveries': 'ok', 'missed deliveries': 'ok', clock: 'ok' },
  })
})
