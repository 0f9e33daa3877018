// Leases: those of this host end with their process, those of others with their signs of life.
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, utimes, watch, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { withLock } from '../../src/workspace/lock.ts'
import { openRoom, removeAbandonedRooms, roomsInUse } from '../../src/workspace/room.ts'

const ago = (seconds: number) => new Date(Date.now() - seconds * 1000)
const foreign = (about: string) => JSON.stringify({ id: 'theirs', pid: 1, began: '1', host: 'another', about })

describe('a lease', () => {
  let directory: string
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'watchbill-lease-'))
  })
  afterEach(() => rm(directory, { recursive: true, force: true }))

  /** Resolves when somebody touched it since it was set back by an hour. */
  async function comesToLife(file: string): Promise<void> {
    const changes = watch(file)
    await utimes(file, ago(3600), ago(3600))
    for await (const _ of changes) if (Date.now() - (await stat(file)).mtimeMs < 60_000) return
  }

  it('that is held gives signs of life, be it a lock or an open room', async () => {
    const lock = join(directory, 'a.lock')
    await using room = await openRoom(directory, 'a mirror')
    await withLock(lock, {}, () => Promise.all([comesToLife(lock), comesToLife(join(room.dir, 'lease.json'))]))
    expect((await readdir(directory)).filter(name => name.startsWith('a.lock'))).toEqual([])
  })

  it('of another host is waited for while it lives, and broken two minutes after its last sign of life', async () => {
    const lock = join(directory, 'a.lock')
    await writeFile(lock, foreign('lock'))
    await utimes(lock, ago(100), ago(100))
    const stop = new AbortController()
    const waiting = withLock(lock, stop, async () => 'taken')
    stop.abort()
    await expect(waiting).rejects.toMatchObject({ code: 'stopped' })
    expect(JSON.parse(await readFile(lock, 'utf8')).id).toBe('theirs')
    await utimes(lock, ago(121), ago(121))
    expect(await withLock(lock, {}, async () => 'taken')).toBe('taken')
  })

  it('is waited for no longer than there is time, and whoever waits is told for whom', async () => {
    const lock = join(directory, '42.git.lock')
    await withLock(lock, {}, async () => {
      const waiting = withLock(lock, { limitMs: 60 }, async () => 'taken')
      await expect(waiting).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.stringMatching(/^The mirror 42\.git was waited for in vain .*: process \d+ on .+ holds it\./),
      })
    })
    expect(await withLock(lock, { limitMs: 0 }, async () => 'taken')).toBe('taken')
    expect(await readdir(directory)).toEqual([])
  })

  it('whose removal failed holds up nobody, though its process lives', async () => {
    const [lock, aside] = [join(directory, 'a.lock'), join(directory, 'aside')]
    await withLock(lock, {}, () => rename(lock, aside))
    await rename(aside, lock)
    expect(await withLock(lock, { limitMs: 5_000 }, async () => 'taken')).toBe('taken')
  })

  it('that nobody can read is broken two minutes after its last sign of life', async () => {
    const lock = join(directory, 'a.lock')
    await writeFile(lock, '')
    await expect(withLock(lock, { limitMs: 0 }, async () => 'taken')).rejects.toMatchObject({
      message: expect.stringContaining('a process that can not be told any more holds it'),
    })
    await utimes(lock, ago(121), ago(121))
    expect(await withLock(lock, { limitMs: 5_000 }, async () => 'taken')).toBe('taken')
  })

  it('is no endless wait where its directory goes', async () => {
    const gone = join(directory, 'mirrors')
    const lock = join(gone, 'a.lock')
    await mkdir(gone)
    await writeFile(lock, foreign('lock'))
    const waiting = withLock(lock, { limitMs: 60_000 }, async () => 'taken')
    await rename(gone, join(directory, 'elsewhere'))
    await expect(waiting).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('was removed'),
    })
  })

  it('of another host keeps its room for as long', async () => {
    const theirs = join(directory, 'watchbill-theirs')
    await mkdir(theirs)
    const lease = join(theirs, 'lease.json')
    await writeFile(lease, foreign('their mirror'))
    await utimes(lease, ago(100), ago(100))
    await removeAbandonedRooms(directory)
    expect(await roomsInUse(directory)).toEqual(new Set(['their mirror']))
    await utimes(lease, ago(121), ago(121))
    expect(await roomsInUse(directory)).toEqual(new Set())
    await removeAbandonedRooms(directory)
    expect(await readdir(directory)).toEqual([])
  })
})
