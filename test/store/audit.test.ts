// The audit: rows hang together by their hashes, and a break is found where it is.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { databases, type TestDatabase } from '../databases.ts'
import { rawly } from './raw.ts'
import { now } from './samples.ts'

const breaks: [string, string, number][] = [
  ['changed', `update audit set who = 'eve' where sequence = 3`, 3],
  ['backdated', `update audit set at = at - interval '1 hour' where sequence = 2`, 2],
  ['taken out', 'delete from audit where sequence = 3', 4],
  ['given another detail', `update audit set detail = '{}' where sequence = 5`, 5],
]
/** Three starts of the embedded database each: by default another one of them every day there. */
const long = process.env.WATCHBILL_TEST_LONG === '1'
const today = Math.floor(Date.now() / 86_400_000)

describe.each(databases)('the audit on $name', ({ name, open }) => {
  let database: TestDatabase
  beforeEach(async () => {
    database = await open()
    const rows = Array.from({ length: 5 }, (_, index) => ({ at: now(), who: 'ada', what: 'paused', about: `${index}` }))
    await Promise.all(rows.map(row => database.store.audit.append({ ...row, detail: { why: 'nul \u0000', n: 1 } })))
  })
  afterEach(() => database.close())

  it('is one chain, even when many write at once', async () => {
    const rows = await database.store.audit.list(10)
    expect(rows).toHaveLength(5)
    expect(new Set(rows.map(({ hash }) => hash)).size).toBe(5)
    expect(await database.store.audit.verify()).toBeUndefined()
  })

  it.each(name === 'PGlite' && !long ? [breaks[today % breaks.length]!] : breaks)(
    'shows a row that was %s',
    async (_, statement, at) => {
      await rawly(database, statement)
      const store = await database.reopen()
      expect(await store.audit.verify()).toBe(at)
    },
  )
})
