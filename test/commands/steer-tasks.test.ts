// Pause and resume of tasks of their own: what was stopped is asked for again, each as its routine says that runs follow each other.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { pause, resume } from '../../src/commands/steer.ts'
import type { Run } from '../../src/domain/run.ts'
import { openStage, type Scene, type Stage } from '../dispatch/stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage[Symbol.asyncDispose]())

const ports = () => ({ store: stage.store, now: () => new Date(), newId: randomUUID })
const scopeOf = ({ repo }: Scene) => ({ scope: `${repo.owner}/${repo.name}`, by: 'olive' })

async function pushed(scene: Scene, times: number): Promise<Run[]> {
  for (let text = 0; text < times; text++) {
    await scene.repo.commit({ branch: 'main', files: { a: `${text}\n` } })
    await scene.tell()
  }
  return (await scene.runs()).toReversed()
}

it('tasks that waited in line do so again, in their order', async () => {
  const scene = await stage.open({ task: 'kind: work\non: { push: {} }' })
  const before = await pushed(scene, 3)
  const { stopped } = await pause(ports(), scopeOf(scene))
  expect(stopped.sort()).toEqual(before.map(run => run.id).sort())
  expect((await scene.runs()).map(run => run.end)).toEqual(['stopped', 'stopped', 'stopped'])
  const { started } = await resume(ports(), scopeOf(scene))
  const again = (await scene.runs()).filter(run => run.status === 'queued').toReversed()
  expect(again.map(run => run.id)).toEqual(started)
  expect(again.map(run => run.kind === 'work' && run.event.push?.after)).toEqual(
    before.map(run => run.kind === 'work' && run.event.push?.after),
  )
  for (const run of again)
    expect(await stage.store.occurrences.ofRun(run.id)).toMatchObject([
      { verdict: 'queued', because: `Resumed by olive as run ${run.id}.` },
    ])
})

it('of tasks that take the place of each other the newest alone', async () => {
  const scene = await stage.open({ task: 'kind: work\non: { push: {} }\nconcurrency: coalesce' })
  const [only] = await pushed(scene, 2)
  await pause(ports(), scopeOf(scene))
  const { started } = await resume(ports(), scopeOf(scene))
  expect(started).toHaveLength(1)
  const run = await stage.store.runs.get(started[0]!)
  expect(run?.kind === 'work' && run.event.id).toBe(only?.kind === 'work' && only.event.id)
})

it('wait for the end of a wider pause', async () => {
  const scene = await stage.open({ task: 'kind: work\non: { push: {} }' })
  await pushed(scene, 1)
  await pause(ports(), scopeOf(scene))
  await pause(ports(), { scope: 'all' })
  const { started, remaining } = await resume(ports(), scopeOf(scene))
  expect(remaining).toMatchObject([{ scope: 'all' }])
  expect(await stage.store.runs.claim(started[0]!, new Date().toISOString())).toBeUndefined()
  expect((await resume(ports(), { scope: 'all' })).started).toContain(started[0])
})

it('what was asked for, and nothing of what became of it', async () => {
  const scene = await stage.open({ task: 'kind: work\non: { push: {} }' })
  const [before] = await pushed(scene, 1)
  await stage.store.fetches.wait(before!.id, 7, new Date(Date.now() + 60_000).toISOString())
  expect((await stage.store.runs.get(before!.id))?.waits).toBe(7)
  await pause(ports(), scopeOf(scene))
  const { started } = await resume(ports(), scopeOf(scene))
  const again = await stage.store.runs.get(started[0]!)
  const { id, requestedAt, notBefore, ...asked } = again!
  expect(id).not.toBe(before!.id)
  expect(asked).toEqual({ ...before, id: undefined, requestedAt: undefined, notBefore: undefined })
})
