// A server that stops waits for nothing that GitHub was asked in the background; what a run asked goes on.
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { inBackground } from '../../src/github/index.ts'
import { openStage, type Stage } from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage({ waitScale: 1 })
})
afterAll(() => stage[Symbol.asyncDispose]())

const listed = { operation: 'apps/list-installations' }
/** Resolves once the first wait before another try was begun. */
const firstWait = () => vi.waitFor(() => expect(stage.log.some(({ line }) => line.wait === 500)).toBe(true), 20_000)

test('a wait before another try ends at once, and GitHub is not asked again', async () => {
  stage.log.length = 0
  const fault = stage.github.faults.add({ kind: 'cut', match: listed, times: 99 })
  const leaving = new AbortController()
  const asked = inBackground(leaving.signal, () => stage.host.installations())
  await firstWait()
  leaving.abort()
  await expect(asked).rejects.toMatchObject({
    code: 'unavailable',
    message: 'The server stopped before GitHub had answered; the work is done by the next one.',
  })
  expect(fault.happened).toBe(1)
  await expect(inBackground(leaving.signal, () => stage.host.installations())).rejects.toMatchObject({
    code: 'unavailable',
  })
  fault.remove()
})

test('a read under way ends too', async () => {
  const leaving = new AbortController()
  const slow = stage.github.faults.add({ kind: 'slow', ms: 3_000, match: listed })
  const asked = inBackground(leaving.signal, () => stage.host.installations())
  await vi.waitFor(() => expect(slow.happened).toBe(1), 20_000)
  leaving.abort()
  await expect(asked).rejects.toMatchObject({ code: 'unavailable' })
  slow.remove()
})

test('what is asked outside of the background is tried again, whoever stops', async () => {
  stage.log.length = 0
  const fault = stage.github.faults.add({ kind: 'cut', match: listed, times: 1 })
  const leaving = new AbortController()
  const asked = stage.host.installations()
  await firstWait()
  inBackground(leaving.signal, () => leaving.abort())
  expect(await asked).toEqual([stage.repo.installationId])
  fault.remove()
})
