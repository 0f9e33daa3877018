// A finding that shut the gate leaves it by a fix, or by a dismissal of somebody who may: asserted on the check that stands on GitHub.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Judged } from '../../../src/domain/finding.ts'
import { shortIdOf } from '../../../src/domain/finding.ts'
import type { Routine } from '../../../src/domain/routine.ts'
import { renderProgress } from '../../../src/publish/index.ts'
import { checkName, setCheck } from '../../../src/runs/checks/checks.ts'
import { endRun } from '../../../src/runs/ending/end.ts'
import { asDecided } from '../../../src/runs/findings/decided.ts'
import type { ReviewPorts } from '../../../src/runs/ports.ts'
import type { Read } from '../../../src/runs/reading/read.ts'
import { codeReview } from '../../agents/cast.ts'
import { openStage, type Scene, type Stage } from '../../dispatch/stage.ts'
import { factsOf } from '../../publish/facts-of.ts'
import { newFinding, newRun, now } from '../../store/samples.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage[Symbol.asyncDispose]())

const gated: Routine = { ...codeReview, severity: { ...codeReview.severity, gate: 'high' } }
let prints = 0
let finding: Judged
beforeEach(() => {
  finding = newFinding('f1', { fingerprint: (++prints).toString(16).padStart(8, 'a').padEnd(64, '0') })
})

/** A pull of olive's whose review has ended, with `finding` on its check. */
async function reviewed(routine = gated, judged = finding) {
  const scene = await stage.open({})
  const { repo, repository } = scene
  for (const login of ['olive', 'mona', 'peter', 'carla']) repo.setCollaborator(login, 'maintain')
  repo.setCollaborator('wendy', 'write')
  await repo.commit({ branch: 'feature', files: { 'src/a.ts': 'export const a = 2\n' }, author: 'carla' })
  const opened = await repo.openPull({ head: 'feature', author: 'olive', draft: true })
  const head = await repo.commit({ branch: 'feature', files: { 'src/a.ts': 'export const a = 3\n' }, author: 'peter' })
  await scene.tell()
  const { number } = opened
  const pull = await stage.ports.host.pull(repository, number)
  const routines = [{ routine, occurrenceId: 'none' }]
  const { id } = await stage.store.runs.request(newRun({ repository, number, pull, routines }))
  const run = (await stage.store.runs.claim(id, now()))!
  if (run.kind !== 'review') throw new Error('no review')
  const ports = { ...stage.ports, rehearsed: false } as unknown as ReviewPorts
  await stage.store.findings.save(run, run.attempt, [judged], now())
  await setCheck(
    { host: stage.ports.host, store: stage.store, now: () => new Date() },
    { repository, runId: id, routine: routine.name, head },
    renderProgress({ checkName: checkName(routine.name), stage: 'fleet' }),
  )
  // Too small for the conclusion, and annotated.
  const nit = newFinding('f2', { severity: 'nit', verdict: { verdict: 'held', because: 'x', shown: 'body' } })
  const facts = { ...factsOf([judged, nit]), routines: [routine], run: { id, head, asked: false } }
  await endRun(ports, run, { pull } as Read, facts)
  const check = () => repo.checkRuns(head).find(one => one.externalId === id)!
  return { ...scene, number, head, check, run }
}
type Reviewed = Awaited<ReturnType<typeof reviewed>>

async function dismiss({ repo, number, last }: Reviewed & Scene, by: string) {
  repo.comment(number, `@watchbill dismiss ${shortIdOf(finding, 12)} it is meant so`, by)
  await last('issue_comment')
  return repo.pull(number).issueComments.findLast(one => one.byApp)!.body
}

it('is opened at once by somebody with maintain who has nothing to do with the pull', async () => {
  const scene = await reviewed()
  expect(scene.check()).toMatchObject({ conclusion: 'failure' })
  expect(scene.check().annotations).toHaveLength(1)
  const answer = await dismiss(scene, 'mona')
  expect(answer).toContain('It is out of the gate of `code-review`; the check says so.')
  expect(scene.check()).toMatchObject({ conclusion: 'success' })
  expect(scene.check().output.summary).toContain('1 finding dismissed by people, and not counted')
  expect(scene.check().annotations).toHaveLength(1)
})

it.each([
  ['wendy', 'wendy has write permission, and this takes maintain.'],
  ['olive', 'olive opened this pull request.'],
  ['peter', 'peter pushed to this pull request.'],
  ['carla', 'carla pushed to this pull request.'],
])('stays shut for %s, whose dismissal keeps it from being said again', async (who, because) => {
  const scene = await reviewed()
  const answer = await dismiss(scene, who)
  expect(answer).toContain('It does not come back on this pull request.')
  expect(answer).toContain(`It stays in the gate of \`code-review\` until it is fixed`)
  expect(answer).toContain(because)
  expect(scene.check()).toMatchObject({ conclusion: 'failure' })
  expect(scene.check().output.summary).toContain(`Dismissed by ${who}: it is meant so.`)
  const [stored] = await stage.store.findings.ofPull(scene.repository.id, scene.number)
  expect(stored).toMatchObject({ state: 'dismissed' })
  expect(stored!.outOfGate).toBeUndefined()
})

it('stays shut for who wrote a commit that somebody else pushed', async () => {
  const scene = await reviewed()
  const { pushers } = stage.store
  const asked = stage.store.pushers.of
  pushers.of = async () => []
  try {
    expect(await dismiss(scene, 'peter')).toContain('peter wrote or committed some of these commits.')
  } finally {
    pushers.of = asked
  }
})

it('is opened after all by who may, though somebody else dismissed it first', async () => {
  const scene = await reviewed()
  await dismiss(scene, 'wendy')
  expect(await dismiss(scene, 'wendy')).toContain('It was dismissed already')
  expect(scene.check()).toMatchObject({ conclusion: 'failure' })
  expect(await dismiss(scene, 'mona')).toContain('It is out of the gate')
  expect(scene.check()).toMatchObject({ conclusion: 'success' })
})

it('nobody hears of a gate where there is none', async () => {
  const scene = await reviewed(codeReview)
  expect(scene.check()).toMatchObject({ conclusion: 'neutral' })
  expect(await dismiss(scene, 'wendy')).not.toContain('gate')
  expect(scene.check()).toMatchObject({ conclusion: 'success' })
})

it('what was dismissed or mended while the review went on is drawn so at its end', () => {
  const stored = { ...finding, rowId: 'r', runId: 'r', repositoryId: 1, number: 1, head: 'a'.repeat(40), at: now() }
  const decided = (state: 'dismissed' | 'fixed', outOfGate?: true) =>
    asDecided([finding], [{ ...stored, state, stateBecause: 'said so', ...(outOfGate && { outOfGate }) }])
  expect(decided('fixed')).toEqual([])
  expect(decided('dismissed')[0]).toMatchObject({ verdict: { verdict: 'suppressed' }, inGate: { severity: 'high' } })
  const [out] = decided('dismissed', true)
  expect(out).toMatchObject({ verdict: { verdict: 'suppressed' } })
  expect(out!.inGate).toBeUndefined()
})

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString()

it('is opened at once after weeks too: what its check is drawn from is kept, without the code that it quotes', async () => {
  const scene = await reviewed()
  await stage.store.maintain(inDays(15))
  const kept = await stage.store.steps.list(scene.run.id)
  expect(kept.map(({ key }) => key)).toEqual(['drawn, without code'])
  expect(JSON.stringify(kept)).not.toMatch(/secret code|better code/)
  expect(await dismiss(scene, 'mona')).toContain('It is out of the gate of `code-review`; the check says so.')
  expect(scene.check()).toMatchObject({ conclusion: 'success' })
  expect(scene.check().output.summary).toContain('Dismissed (dismissed by mona: it is meant so).')
  expect(scene.check().output.text).toContain('### Coverage')
})

it('says that the check follows with the next review where a later commit took the place of what was kept', async () => {
  const scene = await reviewed()
  const { repository, number } = scene
  const pull = await stage.ports.host.pull(repository, number)
  const routines = [{ routine: gated, occurrenceId: 'none' }]
  // At another commit, without checks of its own.
  const later = inDays(1)
  const requested = newRun({ repository, number, pull, routines, requestedAt: later, notBefore: later })
  const { id } = await stage.store.runs.request(requested)
  await stage.store.runs.claim(id, later)
  await stage.store.runs.head(id, 1, 'f'.repeat(40))
  await stage.store.steps.append(id, 1, 'drawn', {}, later)
  await stage.store.runs.end(id, 1, 'done', 'Done.', later)
  await stage.store.maintain(inDays(20))
  expect(await stage.store.steps.list(scene.run.id)).toEqual([])
  expect(await stage.store.steps.list(id)).toMatchObject([{ key: 'drawn, without code' }])
  const answer = await dismiss(scene, 'mona')
  expect(answer).toContain('It is out of the gate of `code-review`. The check says so once a review of this pull')
  expect(answer).not.toContain('the check says so.')
  expect(scene.check()).toMatchObject({ conclusion: 'failure' })
})
