// A routine fired by hand for a pull request that is not there is refused in one sentence, and given up by nobody.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { dispatchNow } from '../../src/dispatch.ts'
import { openStage, type Stage } from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage[Symbol.asyncDispose]())

it.each(['code-review', 'mine'])('%s, a review or a task', async routine => {
  const scene = await stage.open({ mine: 'kind: work\non: { pull_request: { types: [closed], paths: ["src/**"] } }' })
  const event = scene.event({ routine, number: 404 })
  const occurrences = await dispatchNow(stage.ports, event)
  const because = `There is no pull request #404 in acme/${scene.repo.name}, so there is nothing to look at.`
  expect(occurrences).toMatchObject([{ routine, verdict: 'refused', because }])
  expect(await scene.runs()).toEqual([])
  expect(await stage.store.deadLetters()).toEqual([])
  expect(await stage.store.events.isDone(event.id)).toBe(true)
})

it('one that is there is looked at', async () => {
  const scene = await stage.open({ mine: 'kind: work\non: { api: true }' })
  await scene.repo.commit({ branch: 'feature', files: { 'src/a.ts': 'export const a = 2\n' } })
  const { number } = await scene.repo.openPull({ head: 'feature' })
  const [occurrence] = await dispatchNow(stage.ports, scene.event({ routine: 'mine', number }))
  expect(occurrence).toMatchObject({ verdict: 'queued', number })
})
