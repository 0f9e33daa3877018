// `explain` of what did not run, of tasks of their own, and of what is told about one run that several events asked for.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { explain } from '../../src/commands/explain.ts'
import { showExplanation } from '../../src/commands/show-explanation.ts'
import { dispatchNow } from '../../src/dispatch.ts'
import { openStage, type Stage } from '../dispatch/stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage[Symbol.asyncDispose]())

const told = async (id: string) => showExplanation(await explain(stage.store, id))

it('a delivery: each routine that met it, with its sentence, and the run of the one that answered', async () => {
  const scene = await stage.open({
    yes: 'kind: work\non: { push: {} }',
    no: 'kind: work\non: { push: { branches: ["release/*"] } }',
  })
  await scene.repo.commit({ branch: 'main', files: { a: '1\n' } })
  const { id, met } = await scene.last('push')
  const where = `push pushed in ${scene.repo.owner}/${scene.repo.name}`
  const text = await told(id)
  expect(text.split('\n')[0]).toContain(`Delivery ${id}`)
  expect(text).toContain(where)
  expect(text).toContain('  no: skipped. branches: "main" matches none of release/*.')
  expect(text).toContain('  yes: queued. The branch main was pushed to. It starts now.')
  expect(text).toContain(`    run ${met.yes?.runId}: queued`)
  const skipped = await told(met.no!.id)
  expect(skipped).toContain('no: skipped')
  expect(skipped).toContain(where)
  expect(skipped).not.toContain('yes')
  expect(await explain(stage.store, met.no!.id)).toMatchObject({ kind: 'occurrence', runs: [] })
})

it('a delivery that nothing answers: why, in the words it was marked with', async () => {
  const scene = await stage.open({})
  await scene.repo.commit({ branch: 'main', files: { a: '1\n' } })
  const { id } = await scene.last('push')
  const text = await told(id)
  expect(text).toContain('delivery push, ignored: No routine here answers push events.')
  expect(text).toContain('no routine met it')
  const odd = await scene.send('star', { action: 'created' })
  expect(await told(odd.id)).toContain('Nothing here answers star deliveries of this kind.')
})

it('an event of our own', async () => {
  const scene = await stage.open({ task: 'kind: work\non: { api: true }' })
  const event = scene.event({ kind: 'api', action: 'fire', routine: 'task' })
  const [occurrence] = await dispatchNow(stage.ports, event)
  expect(await explain(stage.store, event.id)).toMatchObject({
    kind: 'event',
    events: [{ what: 'api fire', by: 'octocat', occurrences: [{ id: occurrence?.id }] }],
    runs: [{ run: { id: occurrence?.runId }, stages: [], agents: [], findings: [] }],
  })
})

it('a run that two events asked for: both, and the run once', async () => {
  const scene = await stage.open({ task: 'kind: work\non: { push: {} }\ndebounce: 1h' })
  for (const a of ['1\n', '2\n']) await scene.repo.commit({ branch: 'main', files: { a } })
  const pushes = (await scene.tell()).filter(one => one.name === 'push')
  const [first, second] = pushes.map(one => one.met.task!)
  expect(second).toMatchObject({ verdict: 'coalesced', runId: first?.runId })
  const explained = await explain(stage.store, first!.runId!)
  expect(explained.events.map(({ id }) => id).sort()).toEqual(pushes.map(({ id }) => id).sort())
  const text = showExplanation(explained)
  expect(text.split(`run ${first?.runId}: queued`)).toHaveLength(2)
  expect(text).toContain('task: coalesced.')
})

it('an id that nothing has is one sentence', async () => {
  await expect(explain(stage.store, 'nothing')).rejects.toMatchObject({
    code: 'not_found',
    message: expect.stringMatching(/^No delivery, event, occurrence, run or finding has the id nothing;/),
  })
})

it('a run that has begun: with which prompts', async () => {
  const scene = await stage.open({ task: 'kind: work\non: { api: true }' })
  const [occurrence] = await dispatchNow(stage.ports, scene.event({ kind: 'api', action: 'fire', routine: 'task' }))
  const run = (await stage.store.runs.claim(occurrence!.runId!, new Date().toISOString()))!
  expect((await explain(stage.store, run.id)).runs[0]?.prompts).toBeUndefined()
  await stage.store.steps.append(run.id, run.attempt, 'stage:read', { prompts: 'ab12cd34ef56' }, run.requestedAt)
  expect(await told(run.id)).toContain('  prompts ab12cd34ef56')
})
