// What the first check of a repository says stands on that check alone, and is worked out once.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { welcomed, welcomeOn } from '../../../src/runs/checks/welcome.ts'
import { type TestDatabase, usual } from '../../databases.ts'
import { repository } from '../../store/samples.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await usual.open()
})
afterAll(() => database.close())

it('is worked out for the first check, said there again after a crash, and asks GitHub nothing for those that follow', async () => {
  let asked = 0
  const host = { cloneUrl: () => 'https://github.com/acme/widgets.git', installationSize: async () => ++asked }
  const ports = { store: database.store, host, now: () => new Date() }
  const settings = { budget: {}, ceilings: {} }
  const configuration = { routines: [], agents: [], settings, problems: [], notes: [] } as never
  const event = { kind: 'pull_request', repository } as never
  const on = (runId: string, routine: string) => welcomeOn(ports, { event, configuration }, runId, routine)

  const line = await on('run-1', 'code-review')
  expect(line).toContain('https://github.com/acme/widgets')
  expect(await on('run-1', 'code-review')).toBe(line)
  await welcomed(ports, repository)
  expect(await on('run-1', 'security-review')).toBeUndefined()
  expect(await on('run-2', 'code-review')).toBeUndefined()
  expect(asked).toBe(1)
})
