// The portable form is the same however a server is set to write dates and numbers; and what could not be restored leaves nothing behind.
import { existsSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import pg from 'pg'
import { expect, inject, it } from 'vitest'
import { restore } from '../../../src/store/copying/index.ts'
import { snapshot } from '../../../src/store/copying/snapshot.ts'
import { connect } from '../../../src/store/server.ts'
import { databases } from '../../databases.ts'
import { newRun } from '../samples.ts'

const at = '2026-11-21T12:00:00.000Z'

it.skipIf(!('socket' in inject('postgres')))(
  'is read the same however the server writes dates and numbers',
  async () => {
    const database = await databases.at(-1)!.open()
    const { databaseUrl = '', store } = database
    const read = async () => {
      const db = connect(databaseUrl, () => {})
      const lines: string[] = []
      for await (const line of snapshot(db, { engine: 'PostgreSQL', version: '1', at })) lines.push(line)
      await db.destroy()
      return lines
    }
    const client = new pg.Client(databaseUrl)
    await client.connect()
    try {
      await store.audit.append({ at: '2026-05-06T01:02:03.456Z', who: 'ada', what: 'ran', about: 'x' })
      await store.runs.request(newRun({ estimate: 0.1 + 0.2 }))
      const before = await read()
      const { rows } = await client.query('select current_database() as name')
      for (const setting of [
        `datestyle = 'SQL, DMY'`,
        `timezone = 'Asia/Kolkata'`,
        'extra_float_digits = 0',
        `intervalstyle = 'sql_standard'`,
      ])
        await client.query(`alter database "${rows[0].name}" set ${setting}`)
      expect(await read()).toEqual(before)
      expect(before.some(line => line.includes('2026-05-06 01:02:03.456+00'))).toBe(true)
    } finally {
      await client.end()
      await database.close()
    }
  },
)

// An embedded database is made anew for it, which takes seconds.
it.runIf(process.env.WATCHBILL_TEST_LONG === '1')('leaves nothing behind where it could not be restored', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'watchbill-harmed-'))
  const path = join(dataDir, 'harmed.backup')
  const header = { watchbill: 'backup', form: 1, at, program: '9', engine: 'PGlite', migrations: ['9999'], files: {} }
  writeFileSync(path, gzipSync(`${JSON.stringify(header)}\n`))
  const options = { path, replace: false, say: () => {}, now: new Date(at) }
  await expect(restore({ dataDir }, options)).rejects.toThrow(/newer version/)
  expect(existsSync(join(dataDir, 'database.restoring'))).toBe(false)
  await rm(dataDir, { recursive: true })
})
