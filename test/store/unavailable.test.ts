// A database that does not answer: one sentence, and work again when it is back.

import { randomUUID } from 'node:crypto'
import { EventEmitter, once } from 'node:events'
import { createServer, connect as dial, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { backup } from '../../src/store/copying/index.ts'
import { noteBackup } from '../../src/store/copying/note.ts'
import { openStore } from '../../src/store/index.ts'
import { databases, type TestDatabase } from '../databases.ts'
import { newDelivery, now } from './samples.ts'

const unavailable = { name: 'Problem', code: 'unavailable' }

describe('a server that is not there', () => {
  it('is said to be unavailable, without the password of its address', async () => {
    const opening = openStore({ databaseUrl: 'postgres://u:s3cret@127.0.0.1:1/none', dataDir: tmpdir() })
    await expect(opening).rejects.toMatchObject(unavailable)
    await expect(opening).rejects.not.toThrow('s3cret')
  })

  it('is said to be unavailable to who backs it up, and notes that', async () => {
    const place = { databaseUrl: 'postgres://u:s3cret@127.0.0.1:1/none', dataDir: tmpdir() }
    const backingUp = backup(place, { path: join(tmpdir(), randomUUID()), version: '1', at: now(), say() {} })
    await expect(backingUp).rejects.toMatchObject(unavailable)
    const row = { at: now(), who: 'ada', what: 'backed up', about: 'a file' }
    await expect(noteBackup(place, row, () => {})).rejects.toMatchObject(unavailable)
  })
})

describe.each(databases)('a closed store on $name', ({ open }) => {
  it('says that it is unavailable', async () => {
    const database = await open()
    await database.store[Symbol.asyncDispose]()
    await expect(database.store.ping()).rejects.toMatchObject(unavailable)
    await expect(database.store.deliveries.accept(newDelivery())).rejects.toMatchObject(unavailable)
    await expect(database.store.transaction(async () => 1)).rejects.toMatchObject(unavailable)
    await database.reopen()
    await database.close()
  })
})

describe.each(databases.filter(({ name }) => name === 'PostgreSQL'))('a line to $name that is cut', ({ open }) => {
  let database: TestDatabase
  afterEach(() => database.close())

  it('makes calls fail as unavailable, and the store works on when it is back', async () => {
    database = await open()
    const url = new URL(database.databaseUrl!)
    const line = await cuttableLine(Number(url.port), url.hostname)
    url.port = String(line.port)
    const store = await openStore({ databaseUrl: url.href, dataDir: database.dataDir })
    const cutWithin = store.transaction(async rooms => {
      await rooms.deliveries.list(1)
      line.cut()
      await once(line.sockets, 'quiet')
      await rooms.deliveries.accept(newDelivery())
    })
    await expect(cutWithin).rejects.toMatchObject(unavailable)
    await expect(store.deliveries.accept(newDelivery())).rejects.toMatchObject(unavailable)
    await expect(store.ping()).rejects.toMatchObject(unavailable)
    line.mend()
    await store.ping()
    expect(await store.deliveries.accept(newDelivery())).toBe('stored')
    await store[Symbol.asyncDispose]()
    await line.close()
  })
})

async function cuttableLine(port: number, host: string) {
  const sockets = Object.assign(new EventEmitter(), { open: new Set<Socket>() })
  let whole = true
  const server = createServer(near => {
    if (!whole) return void near.destroy()
    const far = dial(port, host)
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.open.add(from)
      from.on('error', () => to.destroy())
      from.on('close', () => {
        to.destroy()
        sockets.open.delete(from)
        if (sockets.open.size === 0) setImmediate(() => sockets.emit('quiet'))
      })
      from.pipe(to)
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    sockets,
    port: (server.address() as { port: number }).port,
    cut() {
      whole = false
      for (const socket of sockets.open) socket.destroy()
    },
    mend() {
      whole = true
    },
    close: () => new Promise<void>(resolve => server.close(() => resolve())),
  }
}
