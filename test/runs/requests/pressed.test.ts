// Re-run on the check of a task: what started it starts it again, asked for by whoever pressed.
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Event } from '../../../src/domain/event.ts'
import type { Store } from '../../../src/domain/store.ts'
import { concerns, matchRoutine } from '../../../src/routines/index.ts'
import { withNumber } from '../../../src/runs/requests/pressed.ts'
import { type TestDatabase, usual } from '../../databases.ts'
import { noSettings, routine } from '../../routines/samples.ts'
import { openGround } from './meeting.ts'

let database: TestDatabase
let store: Store
beforeAll(async () => {
  database = await usual.open()
  store = database.store
})
afterAll(() => database.close())

const task = routine('kind: work\non: { push: {}, issues: {} }')
const grace = { id: 77, login: 'grace', type: 'User' as const }
const noChecks = { host: { checks: async () => [] } }

/** Re-run pressed by grace on the check of what `started` started. */
async function press(started: Event, change: Partial<Event> = {}) {
  const ground = openGround(store)
  const event = { ...started, repository: { ...started.repository, id: ground.repositoryId } }
  const [occurrence] = await ground.meet(event, [task])
  const { push: _, issue: __, number: ___, ...rest } = event
  const check = { id: 4, externalId: occurrence!.runId!, head: 'b'.repeat(40) }
  const pressed: Event = {
    ...rest,
    id: 'pressed',
    kind: 'rerun',
    action: 'rerequested',
    actor: grace,
    check,
    ...change,
  }
  return { event, found: await withNumber({ store, ...noChecks }, pressed) }
}

it('names the routine and brings what it was about', async () => {
  const { event, found } = await press(openGround(store).issue(3))
  expect(found).toMatchObject({
    id: 'pressed',
    kind: 'rerun',
    routine: 'mine',
    number: 3,
    actor: grace,
    issue: event.issue,
  })
  expect(concerns(task, found)).toBe(true)
  expect(matchRoutine(task, found, { paths: undefined, settings: noSettings })).toEqual({
    matched: true,
    because: 'Asked for by grace, by name.',
  })
})

it('brings the push that started it', async () => {
  const { event, found } = await press(openGround(store).push({ branch: 'next', ref: 'refs/heads/next' }))
  expect(found).toMatchObject({ routine: 'mine', push: event.push })
  expect(found.number).toBeUndefined()
})

it('is not believed from another repository', async () => {
  const elsewhere = openGround(store).push().repository
  const { found } = await press(openGround(store).push(), { repository: { ...elsewhere, id: 424_242 } })
  expect(found.routine).toBeUndefined()
  expect(found.push).toBeUndefined()
})
