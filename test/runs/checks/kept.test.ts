// By what a check is known: by its repository's number too, since copies of a repository share commits, and until the App is taken off it.
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Repository } from '../../../src/domain/event.ts'
import { setCheck } from '../../../src/runs/checks/checks.ts'
import { welcomed, welcomeOn } from '../../../src/runs/checks/welcome.ts'
import { type TestDatabase, usual } from '../../databases.ts'
import { now, repository } from '../../store/samples.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await usual.open()
})
afterAll(() => database.close())

const head = 'c'.repeat(40)
const update = { name: 'Watchbill / configuration', status: 'queued', title: 'Looking', summary: '' } as const

/** Writes its first check, of the pull request with this number. */
async function check(of: Repository, runId = 'configuration:1') {
  const opened: number[] = []
  const updated: number[] = []
  const host = {
    openCheck: async () => of.id * 10 + opened.push(of.id),
    updateCheck: async (_: unknown, id: number) => void updated.push(id),
  }
  const ports = { host, store: database.store, now: () => new Date() }
  const id = await setCheck(ports, { repository: of, runId, routine: 'configuration', head }, update)
  return { id, opened: opened.length, updated }
}

it('the same commit under the same number in a copy of the repository has a check of its own', async () => {
  const [one, copy] = [
    { ...repository, id: 501 },
    { ...repository, id: 502 },
  ]
  expect(await check(one)).toEqual({ id: 5011, opened: 1, updated: [] })
  expect(await check(copy)).toEqual({ id: 5021, opened: 1, updated: [] })
  expect(await check(one)).toEqual({ id: 5011, opened: 0, updated: [5011] })
})

it('nothing of any check is known any more of a repository that the App was taken off, and all of it of the others', async () => {
  const { store } = database
  const [gone, stays] = [
    { ...repository, id: 601 },
    { ...repository, id: 602 },
  ]
  const configuration = {
    routines: [],
    agents: [],
    settings: { budget: {}, ceilings: {} },
    problems: [],
    notes: [],
  } as never
  const host = { cloneUrl: () => 'https://github.com/acme/widgets.git', installationSize: async () => 1 }
  const runs = (of: Repository) => ['configuration:1', `merge:${head}`, `occurrence:of-${of.id}`]
  for (const of of [gone, stays]) {
    for (const runId of runs(of)) await check(of, runId)
    const event = { kind: 'pull_request', repository: of } as never
    await welcomeOn({ store, host, now: () => new Date() }, { event, configuration }, `occurrence:of-${of.id}`, 'a')
    await welcomed({ store, now: () => new Date() }, of)
  }
  const left = { installationId: 3, whole: false, repositoryIds: [gone.id], forGood: true, because: 'Gone.', at: now() }
  await store.away.leave(left)
  await store.maintain(now())
  for (const runId of runs(stays)) expect((await check(stays, runId)).opened).toBe(0)
  expect(await store.effects.get(`welcome:${stays.id}`)).toBeDefined()
  for (const runId of runs(gone)) expect((await check(gone, runId)).opened).toBe(1)
  expect(await store.effects.get(`welcome:${gone.id}`)).toBeUndefined()
})
