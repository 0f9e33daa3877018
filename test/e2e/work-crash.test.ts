// kill -9 in the middle of a task, then a start over the same data: one result, one check, no stored answer bought again.
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openStore } from '../../src/store/index.ts'
import { usualDatabase } from '../databases.ts'
import { startGitHub } from '../simulators/github/index.ts'
import { startModel } from '../simulators/model/index.ts'
import { newDataDir } from './house.ts'
import { type Service, startService } from './program.ts'
import { base } from './scene.ts'
import { claim, toldIn, worker } from './tasks.ts'

const watch =
  '---\ndescription: Watches prices\nkind: work\non: { push: { branches: [main] } }\n---\nSee what changed.\n'

/** Writes of an undisturbed task; dispatch and the run begin side by side, so that the first three have no order. */
const writes = [
  ...['receipt of check', 'dispatched', 'claim', 'stage:commit', 'stage:read', 'stage:evidence'],
  ...Array<string>(7).fill('turn:watch'),
  'told:agent watch',
  'stage:fleet',
  ...Array<string>(3).fill('turn:verify watch-f1'),
  ...['told:claim watch-f1', 'stage:judge', 'findings', 'stage:since', 'run ended'],
]

async function play(point?: string): Promise<void> {
  await using github = await startGitHub()
  await using model = await startModel({ reply: worker({ summary: 'One thing.' }, [claim()]) })
  const database = await usualDatabase()
  const where = { dataDir: await newDataDir(database), ...(database && { databaseUrl: database.url }) }
  const { dataDir } = where
  const services: Service[] = []
  const start = async (...words: string[]) => {
    const command = [join(import.meta.dirname, 'crashing.ts'), ...words]
    const service = await startService({ github, model, ...where, command })
    services.push(service)
    return service
  }
  try {
    const files = { ...base, '.github/routines/watch.md': watch }
    const repository = await github.createRepository({ owner: 'acme', name: 'shop', private: true, files })
    await github.settled()
    const first = await start(...(point ? [point] : []))
    const head = await repository.commit({ branch: 'main', files: { 'README.md': 'Prices.\n' } })
    if (point) expect(await first.exited).toBe(null)
    const written = (await readFile(join(dataDir, 'writes'), 'utf8').catch(() => '')).split('\n').filter(Boolean)
    const turns = written.map(line => JSON.parse(line) as { name: string; value?: { role?: string } })
    const bought = turns.filter(({ name, value }) => name.startsWith('turn:') && value?.role === 'assistant').length
    const before = model.requests.filter(one => one.answer).length
    if (point) await start()
    await github.waitFor(() => repository.checkRuns(head).some(check => check.status === 'completed'), 60_000)
    await ends(services.at(-1)!)
    expect(await services.at(-1)!.stop()).toBe(0)

    const checks = repository.checkRuns()
    expect(checks).toMatchObject([
      { headSha: head, conclusion: 'neutral', output: { title: 'Rehearsed: 1 medium new' } },
    ])
    expect(checks[0]?.annotations).toHaveLength(1)
    // What was answered and stored is not asked again; at most the answer that was under way.
    const told = model.requests.map(one => `${toldIn(one.body)} ${one.body.messages.length}`)
    expect(told.length - new Set(told).size).toBeLessThanOrEqual(Math.max(0, before - bought))
    await using store = await openStore(where)
    const [run, ...others] = await store.runs.list({ limit: 10 })
    expect(others).toEqual([])
    expect(run).toMatchObject({ kind: 'work', status: 'ended', end: 'done' })
    expect(run?.kind === 'work' && run.report).toContain('One thing.')
    expect((await store.findings.ofRun(run!.id)).map(one => one.state)).toEqual(['open'])
    if (!point) expect(namesIn(await readFile(join(dataDir, 'writes'), 'utf8'))).toEqual(writes)
  } finally {
    for (const service of services) if (service.child.exitCode === null) await service.stop('SIGKILL')
    await database?.drop()
    await rm(dataDir, { recursive: true, force: true, maxRetries: 3 })
  }
}

function namesIn(text: string): string[] {
  const lines = text.split('\n').filter(Boolean)
  const names = lines.map(line => (JSON.parse(line) as { name: string }).name)
  const place = (name: string) => (writes.slice(0, 3).includes(name) ? writes.indexOf(name) : 3)
  return names.sort((a, b) => place(a) - place(b))
}

async function ends(service: Service): Promise<void> {
  for await (const _ of service.child.stdout!) if (/"end":"done","msg"/.test(service.output())) return
}

describe.concurrent('a task', () => {
  it('that is not disturbed stores these', { timeout: 60_000 }, () => play())

  const inTheMiddle = writes.indexOf('stage:fleet')
  const points = [inTheMiddle - 2, writes.indexOf('findings') + 1]
  const today = Math.floor(Date.now() / 86_400_000) % points.length
  it.each(process.env.WATCHBILL_TEST_LONG === '1' ? points : [points[today]!])(
    'that is killed after its write %i goes on from there',
    { timeout: 90_000 },
    point => play(`after:${point}`),
  )
})
