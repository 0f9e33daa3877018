// Results for code scanning: they arrive as GitHub reads them, and where that is not to be had it is one sentence.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { usualPermissions } from '../simulators/github/app.ts'
import { openStage, type Stage } from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage({ permissions: { ...usualPermissions, security_events: 'write' } })
})
afterAll(() => stage[Symbol.asyncDispose]())

const sarif = { version: '2.1.0', runs: [{ results: [] }] }
const upload = (commit = stage.head) =>
  stage.host.uploadSarif(stage.repository, { commit, ref: 'refs/heads/feature', sarif })

it('they arrive whole, with commit and branch', async () => {
  expect(await upload()).toEqual({ id: expect.any(String) })
  expect(stage.repo.sarif).toEqual([{ commit: stage.head, ref: 'refs/heads/feature', log: sarif }])
})

it('a fault on the way is tried again', async () => {
  stage.github.faults.add({ match: { operation: 'code-scanning/upload-sarif' }, kind: '502', times: 1 })
  expect(await upload()).toHaveProperty('id')
})

it('where code scanning is off, or does not take them, its own words say so', async () => {
  expect(await upload('0'.repeat(40))).toEqual({ because: expect.stringContaining('did not take the results') })
  stage.repo.switchOffAlerts('code-scanning')
  expect(await upload()).toEqual({
    because: expect.stringContaining('Code Security must be enabled'),
  })
})

it('without the permission nothing is sent', async () => {
  stage.github.setPermissions('acme', usualPermissions)
  const other = await stage.again()
  const before = stage.repo.sarif.length
  const result = await other.uploadSarif(stage.repository, { commit: stage.head, ref: 'refs/heads/main', sarif })
  expect(result).toEqual({ because: expect.stringContaining('security_events: write') })
  expect(stage.repo.sarif).toHaveLength(before)
})
