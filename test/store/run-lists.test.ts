// How many runs of a routine were requested in a period: by the runs' own times, whatever the clock of their occurrences said.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Store } from '../../src/domain/store.ts'
import { databases, type TestDatabase } from '../databases.ts'
import { newRun, repository } from './samples.ts'

const midnight = Date.parse('2026-11-21T00:00:00.000Z')
const minute = 60_000
const at = (offset: number) => new Date(midnight + offset).toISOString()

describe.each(databases)('the runs of a routine since midnight on $name', ({ open }) => {
  let database: TestDatabase
  let store: Store
  beforeAll(async () => {
    database = await open()
    store = database.store
  })
  afterAll(() => database.close())

  /** Requested and met at these milliseconds from midnight. */
  async function request(routine: string, requested: number, ...met: number[]): Promise<void> {
    const { id } = await store.runs.request(newRun({ requestedAt: at(requested), notBefore: at(requested) }))
    for (const when of met)
      await store.occurrences.record({
        id: randomUUID(),
        eventId: randomUUID(),
        repositoryId: repository.id,
        routine,
        verdict: 'queued',
        because: 'It happened.',
        at: at(when),
        runId: id,
      })
  }

  const count = async (routine: string) => store.runs.ofRoutine(repository.id, routine, at(0))

  it('are those that were requested since, each once, with the last time', async () => {
    await request('counted', -1, -1, minute)
    await request('counted', 0, 0)
    await request('counted', 5 * minute, 5 * minute, 6 * minute, 7 * minute)
    await request('another', 9 * minute, 9 * minute)
    expect(await count('counted')).toEqual({ count: 2, last: at(5 * minute) })
    expect(await count('nobody')).toEqual({ count: 0 })
  })

  it('include one whose occurrence an earlier clock wrote, up to an hour', async () => {
    await request('early', minute, -60 * minute)
    await request('early', 2 * minute, -60 * minute - 1)
    expect(await count('early')).toEqual({ count: 1, last: at(minute) })
  })
})
