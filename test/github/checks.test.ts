// Check runs are opened once, carry every annotation once, and keep to GitHub's limits.
import { afterEach, expect, test } from 'vitest'
import type { Annotation, CheckUpdate } from '../../src/domain/host.ts'
import { openStage, type Stage } from './stage.ts'

let stage: Stage
afterEach(() => stage[Symbol.asyncDispose]())

const queued = { name: 'Watchbill / code-review', status: 'queued', title: 'Waiting', summary: 'Soon.' } as const
const done: CheckUpdate = {
  ...queued,
  status: 'completed',
  conclusion: 'neutral',
  title: 'Two findings',
  summary: 'Done.',
}
const open = (update: CheckUpdate = queued, host = stage.host, externalId = 'run-1', first = false) =>
  host.openCheck(stage.repository, { ...update, head: stage.head, externalId, first })
const annotations = (count: number): Annotation[] =>
  Array.from({ length: count }, (_, index) => ({
    path: 'src/new.ts',
    startLine: index + 1,
    endLine: index + 1,
    level: 'warning',
    title: `finding ${index}`,
    message: 'It breaks.',
  }))
const updates = () => stage.github.requests.filter(({ operation }) => operation === 'checks/update')
const looks = () => stage.github.requests.filter(({ operation }) => operation === 'checks/list-for-ref')
const standing = (id: number) => stage.repo.checkRuns(stage.head).find(run => run.id === id)!

test('a check is opened once for a name, external id and head', async () => {
  stage = await openStage()
  const id = await open()
  expect(await open(queued, await stage.again())).toBe(id)
  expect(await open(queued, stage.host, 'run-2')).not.toBe(id)
  expect(await stage.host.checks(stage.repository, stage.head)).toHaveLength(2)
})

test('a check that nobody tried to open is not looked for, unless the answer to opening it was lost', async () => {
  stage = await openStage()
  await open(queued, stage.host, 'run-1', true)
  expect(looks()).toEqual([])
  stage.github.faults.add({ kind: 'cut-after', match: { operation: 'checks/create' } })
  const id = await open(queued, stage.host, 'run-2', true)
  expect(looks()).toHaveLength(1)
  expect(await open(queued, stage.host, 'run-2')).toBe(id)
  expect(stage.repo.checkRuns(stage.head)).toHaveLength(2)
})

test('a check made by another app is none of ours', async () => {
  stage = await openStage()
  stage.repo.addForeignCheckRun({ name: queued.name, sha: stage.head })
  expect(await stage.host.checks(stage.repository, stage.head)).toEqual([])
  const id = await open()
  expect(await stage.host.checks(stage.repository, stage.head)).toMatchObject([
    { id, externalId: 'run-1', status: 'queued' },
  ])
})

test('120 annotations arrive in batches of fifty, once, also when the update is repeated', async () => {
  stage = await openStage()
  const id = await open()
  const update = { ...done, annotations: annotations(120) }
  await stage.host.updateCheck(stage.repository, id, update)
  await stage.host.updateCheck(stage.repository, id, update)
  const check = standing(id)
  expect(check.annotations).toHaveLength(120)
  expect(check).toMatchObject({ status: 'completed', conclusion: 'neutral' })
  for (const { body } of updates()) expect(body.output.annotations?.length ?? 0).toBeLessThanOrEqual(50)
  expect(updates().filter(({ body }) => body.status === 'completed')).toHaveLength(2)
})

test('a lost answer doubles no annotation and no check', async () => {
  stage = await openStage()
  stage.github.faults.add({ kind: 'cut-after', match: { operation: 'checks/create' } })
  const id = await open()
  stage.github.faults.add({ kind: 'cut-after', match: { operation: 'checks/update' }, times: 2 })
  await stage.host.updateCheck(stage.repository, id, { ...done, annotations: annotations(70) })
  expect(standing(id).annotations).toHaveLength(70)
  expect(await stage.host.checks(stage.repository, stage.head)).toHaveLength(1)
})

test('texts and buttons are cut to what GitHub takes, and the last line survives', async () => {
  stage = await openStage()
  const buttons = ['one', 'two', 'three', 'four'].map(identifier => ({
    identifier,
    label: 'A label that is far too long',
    description: 'A description that goes on and on, well past forty characters',
  }))
  const long = `${'ä'.repeat(70_000)}\n<!-- {"findings":2} -->`
  const id = await open({ ...done, summary: long, text: long, buttons })
  const check = standing(id)
  for (const text of [check.output.summary, check.output.text]) {
    expect(Buffer.byteLength(text!)).toBeLessThanOrEqual(65_535)
    expect(text).toContain('The rest was cut')
    expect(text?.endsWith('<!-- {"findings":2} -->')).toBe(true)
    expect(text).not.toContain('\ufffd')
  }
  const sent = stage.github.requests.find(({ operation }) => operation === 'checks/create')?.body.actions
  expect(sent).toHaveLength(3)
  for (const { label, description } of sent)
    expect([label.length <= 20, description.length <= 40]).toEqual([true, true])
})

test('without the permission the Problem names it', async () => {
  stage = await openStage({ permissions: { metadata: 'read', contents: 'read', pull_requests: 'write' } })
  await expect(open()).rejects.toMatchObject({ code: 'forbidden', message: expect.stringContaining('checks: write') })
})
