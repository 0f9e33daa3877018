// One at a time by a name: within a process, across two of them on one database, and after one that died.
import { setImmediate as turn } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStore } from '../../src/store/index.ts'
import { databases, type TestDatabase } from '../databases.ts'

describe.each(databases)('two at the same thing on $name', ({ open }) => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await open()
  })
  afterAll(() => database.close())

  it('take turns in the order they came, whatever becomes of the first; others wait for neither', async () => {
    const { effects } = database.store
    const order: string[] = []
    const first = Promise.withResolvers<void>()
    const one = effects.alone('a', () => first.promise)
    const two = effects.alone('a', async () => void order.push('second'))
    await effects.alone('b', async () => void order.push('other'))
    first.reject(new Error('gone wrong'))
    await expect(one).rejects.toThrow('gone wrong')
    await two
    expect(order).toEqual(['other', 'second'])
  })
})

const server = databases.find(({ name }) => name === 'PostgreSQL')
describe.skipIf(!server)('two processes at the same thing', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await server!.open()
  })
  afterAll(() => database.close())
  const another = () => openStore({ databaseUrl: database.databaseUrl!, dataDir: database.dataDir })

  it('take turns, and what the first made is found by the second', async () => {
    await using there = await another()
    let made: string | undefined
    const makers: string[] = []
    const make = (who: string) => async () => {
      // What stands is looked for, and made where it is not.
      if (made) return
      await turn()
      makers.push(who)
      made = who
    }
    const hold = Promise.withResolvers<void>()
    const held = Promise.withResolvers<void>()
    const here = database.store.effects.alone('check', async () => {
      held.resolve()
      await hold.promise
      await make('here')()
    })
    await held.promise
    const beside = there.effects.alone('check', make('there'))
    await there.effects.alone('another check', async () => {})
    expect(makers).toEqual([])
    hold.resolve()
    await Promise.all([here, beside])
    expect(makers).toEqual(['here'])
  })

  it('wait for no session that is gone', async () => {
    await using there = await another()
    const held = Promise.withResolvers<void>()
    const never = Promise.withResolvers<void>()
    const lost = database.store.effects.alone('check', () => {
      held.resolve()
      return never.promise
    })
    await held.promise
    const beside = there.effects.alone('check', async () => 'done')
    const client = new pg.Client(database.databaseUrl)
    await client.connect()
    await client.query(
      `select pg_terminate_backend(pid) from pg_locks join pg_stat_activity using (pid)
        where locktype = 'advisory' and granted and application_name = 'watchbill turns' and datname = current_database()`,
    )
    await client.end()
    expect(await beside).toBe('done')
    never.resolve()
    await lost
    // On a session of its own again.
    expect(await database.store.effects.alone('check', async () => 'again')).toBe('again')
  })
})
