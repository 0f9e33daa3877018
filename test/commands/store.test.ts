// The commands that need the store: over loopback while a server holds the embedded database, and straight from it when none does.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Explanation } from '../../src/commands/explain.ts'
import type { Run } from '../../src/domain/run.ts'
import { type House, openHouse } from '../e2e/house.ts'
import type { SimulatedRepository } from '../simulators/github/index.ts'
import { watchbill } from './cli.ts'
import { after, before, finding } from './price.ts'

let house: House
let repository: SimulatedRepository
let words = {}
const command = (...args: string[]) => watchbill(args, { environment: { WATCHBILL_DATA: house.dataDir } })
const json = async <T>(...args: string[]): Promise<T> => JSON.parse((await command(...args, '--json')).out)

beforeAll(async () => {
  house = await openHouse({ reply: (request, context) => finding('high', words)(request, context), embedded: true })
  repository = await house.github.createRepository({
    owner: 'acme',
    name: 'shop',
    private: true,
    files: { 'price.ts': before },
    collaborators: { ada: 'write' },
  })
  await repository.commit({ branch: 'feature', files: { 'price.ts': after } })
  await repository.openPull({ head: 'feature' })
  await house.github.waitFor(
    () => repository.checkRuns().filter(check => check.status === 'completed').length === 2,
    25_000,
  )
})
afterAll(() => house[Symbol.asyncDispose]())

describe('commands beside a server', () => {
  it('runs lists the run, for people and as JSON', async () => {
    const [run] = await json<Run[]>('runs')
    expect(run).toMatchObject({ number: 1, repository: { owner: 'acme', name: 'shop' } })
    const shown = await command('runs', '--repo', 'acme/shop')
    expect(shown.out).toContain('acme/shop#1')
  })
  it('runs --quality says that there is nothing to tell before a pull request is closed', async () => {
    expect((await command('runs', '--quality')).out).toContain('findings are judged when their pull request is closed')
    expect(await json('runs', '--quality', '--repo', 'acme/shop')).toMatchObject({ agents: [], all: { reported: 0 } })
  })
  it('explain tells of run, occurrence, finding and delivery', async () => {
    const [run] = await json<Run[]>('runs')
    const told = await json<Explanation>('explain', run!.id)
    expect(told).toMatchObject({
      kind: 'run',
      events: [
        {
          id: run!.eventId,
          what: 'pull_request opened',
          repository: 'acme/shop',
          number: 1,
          delivery: { name: 'pull_request', status: 'dispatched' },
          occurrences: [{ routine: 'code-review' }, { routine: 'security-review' }],
        },
      ],
      runs: [{ run: { id: run!.id }, findings: [{ title: 'Rounding down loses a cent' }] }],
    })
    const [{ stages, agents, effects, spent, findings }] = told.runs as [Explanation['runs'][number]]
    expect(stages.map(stage => stage.name)).toEqual(['read', 'rules', 'evidence', 'fleet', 'judge', 'wanted'])
    expect(agents.find(agent => agent.kind === 'finder')).toMatchObject({
      name: 'generalist',
      end: 'done',
      findings: 1,
    })
    expect(agents.reduce((sum, { usd }) => sum + usd, 0)).toBeCloseTo(spent.usd, 9)
    expect(effects.map(effect => [effect.kind, effect.done])).toContainEqual(['check', true])
    const ids = [run!.id, told.events[0]!.occurrences[0]!.id, findings[0]!.rowId, run!.eventId]
    const texts = await Promise.all(ids.map(id => command('explain', id)))
    // Whatever is asked for, the way from what happened to what was done is told.
    for (const { out } of texts) {
      expect(out).toMatch(
        /pull_request opened in acme\/shop#1, .+\n {2}delivery pull_request, dispatched\n {2}code-review: ran\./,
      )
      expect(out).toMatch(/\n {4}run \S+: \w.+\n(.+\n)* {6}stages\n(.+\n)* {6}agents\n {8}generalist \(finder\)/)
      expect(out).toMatch(
        /\n {6}findings\n.+Rounding down loses a cent\n(.+\n)* {6}on GitHub\n {8}(welcome.+: done\n {8})?check:.+: done/,
      )
    }
    expect(texts.map(text => text.exit)).toEqual([0, 0, 0, 0])
    expect(texts.map(text => text.out.split('\n')[0])).toEqual([
      expect.stringContaining('Run'),
      expect.stringContaining('code-review: ran'),
      expect.stringContaining('high: Rounding down'),
      expect.stringContaining('Delivery'),
    ])
    expect(texts[2]?.out).toContain('Floor of 28.99 is 28.')
  })
  it('ledger shows every call with its price', async () => {
    const told = await json<{ entries: { usd: number }[]; total: { calls: number; usd: number } }>('ledger')
    expect(told.entries).toHaveLength(house.model.requests.length)
    expect(told.total.usd).toBeCloseTo(
      told.entries.reduce((sum, entry) => sum + entry.usd, 0),
      9,
    )
    expect((await command('ledger')).out).toContain(`${told.total.calls} calls`)
  })
  it('review --post of a pull request says nothing again that the app has said there, whoever posts and in whatever words', async () => {
    const pull = repository.pull(1)
    expect(pull.reviewComments).toHaveLength(1)
    words = { quote: after.trimEnd(), title: 'A cent is lost by rounding down' }
    const environment = { ...house.environment, GITHUB_TOKEN: house.github.userToken('ada') }
    const ran = await watchbill(['review', `${house.github.url}/acme/shop/pull/1`, '--post'], { environment })
    expect([ran.exit, ran.err]).toEqual([1, expect.stringContaining('Posted: 0 comments.')])
    expect([pull.reviews.length, pull.reviewComments.length]).toEqual([1, 1])
  })
  it('pause and resume ask what, and answer what they did', async () => {
    expect(await command('pause')).toMatchObject({ exit: 2, err: expect.stringContaining('--all') })
    expect((await command('pause', 'acme/shop')).out).toContain('acme/shop is paused; 0 runs stopped.')
    expect((await command('resume', 'acme/shop')).out).toContain('acme/shop is on watch again')
    expect((await command('resume', 'acme/shop')).out).toContain('There was no pause of acme/shop to end')
    expect((await command('pause', 'nobody/nothing')).err).toContain('No repository called nobody/nothing')
  })
  it('an id that nothing has is one sentence', async () => {
    const ran = await command('explain', 'nothing')
    expect(ran).toMatchObject({ exit: 2, out: '' })
    expect(ran.err.trim().split('\n')).toHaveLength(1)
  })

  it('an error shows what would steer a terminal, and does not do it', async () => {
    const { err } = await command('explain', '\u001b[2Jnothing')
    expect(err).toContain('has the id \\x1b[2Jnothing')
  })
  it('the way in is shut without the token, for proxies and for foreign names', async () => {
    const ask = (headers: Record<string, string>) =>
      fetch(`${house.server.url}/api/commands/runs`, { method: 'POST', headers })
    expect((await ask({})).status).toBe(401)
    expect((await ask({ authorization: 'Bearer wrong' })).status).toBe(401)
    expect((await ask({ 'x-forwarded-for': '203.0.113.9' })).status).toBe(404)
  })
})

describe('pages beside a server', () => {
  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${house.server.url}${path}`, { headers, redirect: 'manual' })

  it('are shut without the token, and for whatever a proxy forwards', async () => {
    const shut = await get('/')
    expect(shut.status).toBe(401)
    expect(await shut.text()).toContain('server.json')
    expect((await get('/?token=wrong')).status).toBe(401)
    expect((await get('/', { 'x-forwarded-for': '203.0.113.9' })).status).toBe(404)
  })
  it('open with the token of the data directory, which a cookie keeps', async () => {
    const { token } = JSON.parse(readFileSync(join(house.dataDir, 'server.json'), 'utf8'))
    const given = await get(`/?token=${token}`)
    expect(given.status).toBe(302)
    const cookie = given.headers.get('set-cookie')!.split(';')[0]!
    const list = await (await get('/', { cookie })).text()
    expect(list).toContain('acme/shop#1')
    const [, path = ''] = /href="(\/runs\/[^"]+)"/.exec(list) ?? []
    expect(await (await get(path, { cookie })).text()).toContain('Rounding down loses a cent')
    expect((await get('/runs/none', { cookie })).status).toBe(404)
  })
})

describe('commands without a server', () => {
  it('open the database themselves once the server has stopped', async () => {
    await house.server.stop(0)
    expect(await json<Run[]>('runs')).toHaveLength(1)
  })
  it('say where they looked when there is no database', async () => {
    const ran = await watchbill(['runs'], { environment: { WATCHBILL_DATA: '/nonexistent/watchbill' } })
    expect(ran).toMatchObject({ exit: 2, err: expect.stringContaining('WATCHBILL_DATA') })
  })
})
