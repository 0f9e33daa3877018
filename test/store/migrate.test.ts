// Migrations: a copy is made before, a newer database is refused, a failed one leaves everything as it was.
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openStore } from '../../src/store/index.ts'
import { migrations } from '../../src/store/migrations/index.ts'
import { databases, type TestDatabase } from '../databases.ts'
import { rawly } from './raw.ts'
import { newDelivery } from './samples.ts'

const next = { name: '9000', statements: ['alter table deliveries drop column action'] }

describe.each(databases)('migrations on $name', ({ open }) => {
  let database: TestDatabase
  beforeEach(async () => {
    database = await open()
  })
  afterEach(() => database.close())

  it('refuse a database that a newer program made, in one sentence', async () => {
    await rawly(database, `insert into kysely_migration (name, timestamp) values ('9999', 'now')`)
    const opening = openStore(database)
    await expect(opening).rejects.toMatchObject({ code: 'conflict' })
    await expect(opening).rejects.toThrow(
      /^The database was made by a newer version .+ \(it has migration 9999\); .+\.$/,
    )
    await rawly(
      { ...database, store: { [Symbol.asyncDispose]: async () => {} } as never },
      `delete from kysely_migration where name = '9999'`,
    )
    await database.reopen()
  })

  it('that fail leave the data as it was', async () => {
    const delivery = newDelivery({ action: 'opened' })
    await database.store.deliveries.accept(delivery)
    const broken = { name: '9000', statements: [...next.statements, 'alter table nothing drop column nothing'] }
    await expect(database.reopen({ migrations: [...migrations, broken] })).rejects.toThrow()
    const store = await database.reopen()
    expect(await store.deliveries.get(delivery.id)).toMatchObject({ action: 'opened' })
  })
})

describe('a migration of the embedded database', () => {
  it('copies the directory first, and the copy opens with the program from before', async () => {
    const database = await databases[0]!.open()
    const delivery = newDelivery({ action: 'opened' })
    await database.store.deliveries.accept(delivery)
    await database.reopen({ migrations: [...migrations, next] })
    await database.store[Symbol.asyncDispose]()
    expect((await readdir(database.dataDir)).sort()).toEqual(['database', 'database.before-9000'])

    const before = await mkdtemp(join(tmpdir(), 'watchbill-before-'))
    await cp(join(database.dataDir, 'database.before-9000'), join(before, 'database'), { recursive: true })
    const store = await openStore({ dataDir: before })
    expect(await store.deliveries.get(delivery.id)).toMatchObject({ action: 'opened' })
    await store[Symbol.asyncDispose]()
    await rm(before, { recursive: true })
    await rm(database.dataDir, { recursive: true })
  })
})
