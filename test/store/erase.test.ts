// What is erased where the App may not be: files are cleaned of it whenever anything was, and only then.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Run } from '../../src/domain/run.ts'
import { eraseAway } from '../../src/store/erase.ts'
import { connect } from '../../src/store/server.ts'
import type { Database } from '../../src/store/tables.ts'
import { databases, type TestDatabase } from '../databases.ts'
import { newFinding, newRun } from './samples.ts'

const at = '2026-11-21T12:00:00.000Z'
const onServer = databases.find(({ name }) => name === 'PostgreSQL')

describe.skipIf(!onServer)('where the App may not be', () => {
  let database: TestDatabase
  let db: Database
  beforeAll(async () => {
    database = await onServer!.open()
    db = connect(database.databaseUrl!, () => {})
  })
  afterAll(async () => {
    await db.destroy()
    await database.close()
  })

  const late = async (name: string, run: Run) => {
    await database.store.findings.save(run, 1, [newFinding(name)], at)
    return async () => (await database.store.findings.get(`${run.id}-${name}`))?.quote
  }

  it('a quote that was written after the first night is cleaned out of the files too, also when that failed once', async () => {
    const { store } = database
    const asked = newRun()
    await store.runs.request(asked)
    const run = (await store.runs.claim(asked.id, asked.notBefore))!
    const { id, installationId } = run.repository
    await store.away.leave({ installationId, whole: false, repositoryIds: [id], forGood: false, because: 'Gone.', at })
    let cleaned = 0
    const night = (now: string) => eraseAway(db, now, async () => void cleaned++)
    await night('2026-11-22T01:00:00.000Z')
    expect(cleaned).toBe(1)

    const first = await late('first', run)
    await night('2026-11-22T02:00:00.000Z')
    expect([await first(), cleaned]).toEqual(['', 2])
    await night('2026-11-22T03:00:00.000Z')
    expect(cleaned).toBe(2)

    const second = await late('second', run)
    const failing = () => Promise.reject(new Error('The disk is full.'))
    await expect(eraseAway(db, '2026-11-22T04:00:00.000Z', failing)).rejects.toThrow('full')
    expect(await second()).toBe('')
    await night('2026-11-22T05:00:00.000Z')
    expect(cleaned).toBe(3)
  })
})
