// Labels on pulls and on issues: one starts what belongs to it and is used up, unless it is to stay.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { usualPermissions } from '../simulators/github/app.ts'
import { openStage, type Scene, type Stage } from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage[Symbol.asyncDispose]())

async function labelled(routines: Record<string, string>, owner: string, by = 'wendy'): Promise<Scene> {
  const scene = await stage.open(routines, { owner })
  scene.repo.setCollaborator('wendy', 'write')
  scene.repo.setCollaborator('tim', 'triage')
  await scene.repo.openIssue({ title: 'It broke' })
  await scene.tell()
  await scene.repo.label(1, 'triage-me', by)
  return scene
}

it('one on an issue is taken off once it has started its routine', async () => {
  const scene = await labelled({ triage: 'kind: work\non: { label: triage-me }' }, 'writable')
  stage.github.setPermissions('writable', { ...usualPermissions, issues: 'write' })
  const { met } = await scene.last('issues', 'labeled')
  expect(met.triage).toMatchObject({ verdict: 'queued', number: 1 })
  expect(met.triage?.because).toContain('The label "triage-me" was set.')
  expect(scene.repo.issue(1).labels).toEqual([])
})

it('one that is to stay stays', async () => {
  const scene = await labelled({ triage: 'kind: work\non: { label: { name: triage-me, keep: true } }' }, 'keeping')
  stage.github.setPermissions('keeping', { ...usualPermissions, issues: 'write' })
  expect((await scene.last('issues', 'labeled')).met.triage?.verdict).toBe('queued')
  expect(scene.repo.issue(1).labels).toEqual(['triage-me'])
})

it('one that the App may not take off stays, and the occurrence says so', async () => {
  const scene = await labelled({ triage: 'kind: work\non: { label: triage-me }' }, 'readable')
  const { met } = await scene.last('issues', 'labeled')
  expect(met.triage?.verdict).toBe('queued')
  expect(met.triage?.because).toMatch(/The label "triage-me" could not be taken off: .+\.$/)
  expect(scene.repo.issue(1).labels).toEqual(['triage-me'])
})

it('one that starts nothing stays: set by who may not, or on what it is not for', async () => {
  const forPulls = 'kind: work\non: { label: { name: triage-me, on: [pull_request] } }'
  const scene = await labelled({ triage: 'kind: work\non: { label: triage-me }', pulls: forPulls }, 'strict', 'tim')
  stage.github.setPermissions('strict', { ...usualPermissions, issues: 'write' })
  const { met } = await scene.last('issues', 'labeled')
  expect(met.triage).toMatchObject({ verdict: 'refused', because: 'tim has no write permission on the repository.' })
  expect(met.pulls).toMatchObject({ verdict: 'skipped', because: expect.stringContaining('it answers pull requests') })
  expect(scene.repo.issue(1).labels).toEqual(['triage-me'])
})

it('one that a routine answers by its types alone is not used up', async () => {
  const scene = await labelled({ watcher: 'kind: work\non: { issues: { types: [labeled] } }' }, 'watched')
  stage.github.setPermissions('watched', { ...usualPermissions, issues: 'write' })
  expect((await scene.last('issues', 'labeled')).met.watcher?.verdict).toBe('queued')
  expect(scene.repo.issue(1).labels).toEqual(['triage-me'])
})

it('one whose run is refused by a cap stays for the next time', async () => {
  const scene = await labelled({ triage: 'kind: work\non: { label: triage-me }\nruns: { day: 1 }' }, 'capped')
  stage.github.setPermissions('capped', { ...usualPermissions, issues: 'write' })
  await scene.last('issues', 'labeled')
  expect(scene.repo.issue(1).labels).toEqual([])
  await scene.repo.label(1, 'triage-me', 'wendy')
  expect((await scene.last('issues', 'labeled')).met.triage?.verdict).toBe('refused')
  expect(scene.repo.issue(1).labels).toEqual(['triage-me'])
})
