// `watchbill schedules`: what the clock watches, as a list.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { listSchedules, showSchedules } from '../../src/commands/schedules.ts'
import type { Store } from '../../src/domain/store.ts'
import { type TestDatabase, usual } from '../databases.ts'
import { repository } from '../store/samples.ts'

let database: TestDatabase
let store: Store
beforeAll(async () => {
  database = await usual.open()
  store = database.store
})
afterAll(() => database.close())

it('says so when there is nothing', async () => {
  expect(showSchedules(await listSchedules({ store }, {}))).toBe('No routine has a schedule.')
})

it('lists the next due first, of all repositories or of one, with why one waits', async () => {
  const at = '2026-11-21T12:00:00.000Z'
  const other = { ...repository, id: 12, name: 'gadgets' }
  for (const one of [repository, other]) {
    await store.repositories.seen(one, at)
    const of = { repositoryId: one.id, seed: 1, usd: 1, dayUsd: 20 }
    await store.schedules.keep(
      one.id,
      [
        { ...of, id: `${one.id}:late`, routine: 'late', entry: 'nightly', due: '2026-11-22T03:00:00.000Z' },
        {
          ...of,
          id: `${one.id}:soon`,
          routine: 'soon',
          entry: { cron: '0 13 * * *', timezone: 'Europe/Berlin' },
          due: at,
        },
        { ...of, id: `${one.id}:past`, routine: 'past', entry: { at: '2020-01-01 00:00' } },
      ],
      at,
    )
  }
  const until = '2026-11-21T12:30:00.000Z'
  await store.schedules.takeDue(at, 1, () => ({
    step: { do: 'put off', due: at, until, because: 'No money is left.' },
  }))
  expect(showSchedules(await listSchedules({ store }, { repo: 'acme/widgets' })).split('\n')).toEqual([
    'repository    routine  schedule                      due                       last started  waits because',
    'acme/widgets  soon     `0 13 * * *` (Europe/Berlin)  2026-11-21T12:00:00.000Z  –             No money is left.',
    'acme/widgets  late     `nightly`                     2026-11-22T03:00:00.000Z  –             ',
    'acme/widgets  past     `2020-01-01 00:00`            never again               –             ',
  ])
  const all = await listSchedules({ store }, { limit: 3 })
  expect(all.map(({ id }) => id)).toEqual(['11:soon', '12:soon', '11:late'])
  await expect(listSchedules({ store }, { repo: 'acme/nowhere' })).rejects.toMatchObject({ code: 'not_found' })
})
