// What is known of findings once their pull is closed: thumbs of those who count, threads as what they are, and by the code whether anybody acted.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { quality, showQuality } from '../../../src/commands/quality.ts'
import type { Judged } from '../../../src/domain/finding.ts'
import { readVotes } from '../../../src/runs/findings/votes.ts'
import { openStage, type Stage } from '../../dispatch/stage.ts'
import { newFinding, newRun, now } from '../../store/samples.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage[Symbol.asyncDispose]())

const kept = 'export const kept = (n: number) => n / 0'
const mended = 'export const mended = (n: number) => n / 0'
const moved = 'export const moved = (n: number) => n / 0'

const at = (id: string, path: string, quote: string, change: Partial<Judged> = {}) => {
  const { placement } = newFinding(id)
  return newFinding(id, { quote, file: path, placement: { ...placement, path } as Judged['placement'], ...change })
}

async function pullWith(findings: Judged[]) {
  const scene = await stage.open({})
  const { repo, repository } = scene
  for (const login of ['wendy', 'walter']) repo.setCollaborator(login, 'write')
  repo.setCollaborator('rita', 'read')
  const files = { 'src/a.ts': `${kept}\n${mended}\n`, 'src/old/b.ts': `${moved}\n`, 'src/c.ts': 'export const c = 1\n' }
  await repo.commit({ branch: 'feature', files })
  const { number } = await repo.openPull({ head: 'feature', draft: true, author: 'walter' })
  const { id } = await stage.store.runs.request(newRun({ repository, number }))
  const run = (await stage.store.runs.claim(id, now()))!
  await stage.store.findings.save(run, 1, findings, now())
  const meter = stage.store.ledger.meter(
    { id, attempt: 1, repositoryId: repository.id, number },
    { run: 9, pull: 9, repositoryDay: 9, serverRun: 9, serverDay: 9, serverMonth: 9 },
  )
  const call = await meter.reserve({ name: 'correctness', kind: 'finder', model: 'model-x', usd: 0.1 })
  const usage = { input: 1, cacheWrite: 0, cacheRead: 0, output: 1 }
  await meter.settle(call, { usage, usd: 0.1, status: 'ok', milliseconds: 1 })
  const comments: Record<string, number> = {}
  for (const finding of findings.filter(one => one.verdict.shown === 'inline')) {
    const comment = await repo.commentOnLine(number, { path: 'src/c.ts', line: 1 }, finding.title, 'olive')
    await stage.store.findings.placed(`${id}-${finding.id}`, 'inline', comment.id)
    comments[finding.id] = comment.id
  }
  await stage.store.runs.end(id, 1, 'done', 'Done.', now())
  await scene.tell()
  return { ...scene, number, comments, runId: id }
}

const refuted = at('wrong', 'src/a.ts', kept, { verdict: { verdict: 'refuted', because: 'No.', shown: 'no' } })

it('at the merge each finding is judged by the code, with the votes that count, and the rates tell', async () => {
  const scene = await pullWith([
    at('kept', 'src/a.ts', kept, { cwe: 'CWE-369' }),
    at('mended', 'src/a.ts', mended),
    at('moved', 'src/old/b.ts', moved, { agents: ['tests', 'correctness'] }),
    at('waved', 'src/c.ts', 'export const c = 1'),
    at('removed', 'src/a.ts', 'export const a = 1', {
      placement: { at: 'line', path: 'src/a.ts', side: 'LEFT', line: 1, how: 'exact', because: 'It stood there.' },
    }),
    at('secret', 'src/c.ts', "export const c = '[secret removed]'"),
    refuted,
  ])
  const { repo, repository, number, comments, runId } = scene
  repo.react(comments.kept!, '-1', 'wendy')
  repo.react(comments.kept!, '-1', 'walter')
  repo.react(comments.kept!, '-1', 'rita')
  repo.react(comments.mended!, '+1', 'wendy')
  repo.react(comments.mended!, 'heart', 'wendy')
  repo.resolve(comments.kept!, 'wendy')
  expect((await scene.last('pull_request_review_thread')).because).toBe(
    'wendy resolved the thread; that alone neither dismisses nor fixes the finding.',
  )
  repo.replyTo(comments.waved!, '@watchbill dismiss it is meant so', 'wendy')
  await repo.commit({
    branch: 'feature',
    files: {
      'src/a.ts': `  ${kept}\nexport const mended = (n: number) => n / 2\n`,
      'src/old/b.ts': null,
      'src/new/b.ts': `${moved}\n`,
      'src/c.ts': "export const c = 'a1b2c3d4e5'\n",
    },
  })
  await repo.mergePull(number, 'wendy')
  await scene.tell()

  const outcomes = await stage.store.outcomes.list({ repositoryId: repository.id })
  const told = Object.fromEntries(outcomes.map(one => [one.rowId.slice(runId.length + 1), one]))
  const merge = repo.sha().slice(0, 7)
  expect(told.kept).toMatchObject({
    merged: true,
    acted: 'not acted on',
    because: `The quoted lines stand at ${merge} as they were.`,
    down: 1,
    up: 0,
    dismissed: false,
    rule: 'CWE-369',
    model: 'model-x',
  })
  expect(told.mended).toMatchObject({ acted: 'acted on', up: 1, down: 0 })
  expect(told.moved).toMatchObject({ acted: 'not acted on' })
  expect(told.waved).toMatchObject({ acted: 'acted on', dismissed: true })
  expect(told.removed).toMatchObject({ acted: 'not acted on' })
  expect(told.secret).toMatchObject({ acted: 'not acted on' })
  expect(told.wrong).toMatchObject({ acted: 'not told', shown: false, refuted: true })
  const signals = await stage.store.signals.of(repository.id, number, told.kept!.fingerprint)
  expect(signals.map(one => [one.what, one.who, one.counts]).sort()).toEqual([
    ['down', 'rita', false],
    ['down', 'walter', false],
    ['down', 'wendy', true],
    ['resolved', 'wendy', false],
  ])
  expect((await stage.store.findings.get(told.kept!.rowId))!.state).toBe('open')

  const rates = await quality(stage, { repo: `${repository.owner}/${repository.name}` })
  expect(rates.all).toMatchObject({
    posted: 6,
    reported: 7,
    refuted: 1,
    actedOn: 2,
    notActedOn: 4,
    dismissed: 1,
    down: 1,
    up: 1,
  })
  expect(rates.agents.map(one => [one.name, one.reported])).toEqual([
    ['correctness', 7],
    ['tests', 1],
  ])
  expect(rates.models).toMatchObject([{ name: 'model-x' }, { name: 'no model', posted: 1 }])
  expect(rates.rules.map(one => one.name)).toEqual(['other', 'CWE-369'])
  const shown = showQuality(rates)
  expect(shown).toContain('2 of 6')
  expect(shown).not.toContain('%)')
})

it('thirty strangers who were quicker crowd out nobody who may write: of the house first, then whoever had no turn yet', async () => {
  const scene = await pullWith([at('kept', 'src/a.ts', kept)])
  const { repo, repository, number, comments, runId } = scene
  const { fingerprint } = (await stage.store.findings.get(`${runId}-kept`))!
  for (let stranger = 1; stranger <= 33; stranger++) repo.react(comments.kept!, '+1', `stranger-${stranger}`)
  repo.setCollaborator('olga', 'write')
  repo.react(comments.kept!, '-1', 'olga')
  repo.react(comments.kept!, '-1', 'wendy')
  repo.replyTo(comments.kept!, 'I do not see it.', 'wendy')
  const touch = async () => {
    const pull = await stage.ports.host.pull(repository, number)
    await readVotes({ ...stage.ports, log: () => undefined }, repository, pull!)
    const votes = await stage.store.signals.of(repository.id, number, fingerprint)
    return Object.fromEntries(votes.filter(one => one.source.startsWith('reaction')).map(one => [one.who, one]))
  }
  const first = await touch()
  expect([first.wendy!.counts, first.olga!.counts]).toEqual([true, false])
  expect(first.olga!.because).toBe(
    'Whether olga has write permission was not asked: 30 people at a time are asked about.',
  )
  expect(first['stranger-1']!.because).toBe('stranger-1 has no write permission on the repository.')
  const second = await touch()
  expect([second.wendy!.counts, second.olga!.counts]).toEqual([true, true])
})

it('of a pull that is closed without a merge nobody can tell, and it is counted apart', async () => {
  const scene = await pullWith([at('kept', 'src/a.ts', kept), refuted])
  await scene.repo.closePull(scene.number, 'wendy')
  await scene.tell()
  const rates = await quality(stage, { repo: `${scene.repository.owner}/${scene.repository.name}` })
  expect(rates.all.reported).toBe(0)
  expect(rates.unmerged).toEqual({ pulls: 1, posted: 1, dismissed: 0, up: 0, down: 0 })
  expect(showQuality(rates)).toContain('Closed without a merge, counted apart: 1 pull request with 1 posted finding')
})

it('a share is told from 20 findings on', () => {
  const one = {
    name: 'a',
    posted: 20,
    actedOn: 15,
    notActedOn: 5,
    notTold: 0,
    dismissed: 1,
    up: 0,
    down: 0,
    refuted: 0,
    reported: 20,
  }
  const unmerged = { pulls: 0, posted: 0, dismissed: 0, up: 0, down: 0 }
  expect(showQuality({ all: one, agents: [one], rules: [], models: [], unmerged, few: 20 })).toContain(
    '15 of 20 (75 %)',
  )
})
