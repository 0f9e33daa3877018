// The lock: one process a directory; the dead are succeeded, the living never.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { lockDirectory } from '../../src/store/lock.ts'

describe('the lock on a data directory', () => {
  let directory: string
  const children: ChildProcess[] = []
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'watchbill-lock-'))
  })
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL')
    await rm(directory, { recursive: true, force: true })
  })

  const holder = async () => {
    const child = fork(new URL('./holder.ts', import.meta.url), [directory], { silent: true })
    children.push(child)
    const [said] = (await once(child, 'message')) as [{ held?: true; refused?: string }]
    return { child, ...said }
  }
  const lockFile = () => join(directory, 'lock')
  const lockedBy = async (change: object) => {
    const lock = await lockDirectory(directory)
    const content = JSON.parse(await readFile(lockFile(), 'utf8'))
    await lock.release()
    await writeFile(lockFile(), JSON.stringify({ ...content, id: 'other', ...change }))
  }

  it('is refused in one clear sentence where nothing can be written', async () => {
    const file = join(directory, 'notes.txt')
    await writeFile(file, 'mine')
    for (const [dataDir, code] of [
      [file, 'EEXIST'],
      [join(file, 'data'), 'ENOTDIR'],
    ] as const)
      await expect(lockDirectory(dataDir)).rejects.toMatchObject({
        code: 'unavailable',
        message: `The data directory ${dataDir} can not be written to (${code}); give this user the rights on it and room, or set WATCHBILL_DATA to another one.`,
      })
  })

  it('is refused to a second process in one clear sentence, and free again after release', async () => {
    const lock = await lockDirectory(directory)
    const second = await holder()
    expect(second.refused).toMatch(/^The data directory .+ is in use by process \d+ on .+; stop that server first/)
    expect(second.refused).toContain(String(process.pid))
    await lock.release()
    expect(await readdir(directory)).toEqual([])
    expect((await holder()).held).toBe(true)
  })

  it('is not taken from a living process, and is taken over from one that was killed', async () => {
    const { child } = await holder()
    await expect(lockDirectory(directory)).rejects.toMatchObject({ code: 'conflict' })
    child.kill('SIGKILL')
    await once(child, 'exit')
    const lock = await lockDirectory(directory)
    expect(JSON.parse(await readFile(lockFile(), 'utf8')).pid).toBe(process.pid)
    await lock.release()
  })

  it('of a dead process goes to exactly one of many that want it', async () => {
    const { child } = await holder()
    child.kill('SIGKILL')
    await once(child, 'exit')
    const wanting = await Promise.all([holder(), holder(), holder(), holder()])
    expect(wanting.filter(({ held }) => held)).toHaveLength(1)
    expect(wanting.filter(({ refused }) => refused)).toHaveLength(3)
  })

  it('of a process whose number was given to another is taken over', async () => {
    await lockedBy({ started: '1' })
    await (await lockDirectory(directory)).release()
  })

  it('from before a restart of the machine is taken over', async () => {
    await lockedBy({ boot: 'an earlier boot', host: hostname() })
    await (await lockDirectory(directory)).release()
  })

  it('of another container is believed while it is touched, and taken over when it is not', async () => {
    await lockedBy({ namespace: 'pid:[1]', host: 'another' })
    const touching = setInterval(() => utimes(lockFile(), new Date(), new Date()), 50)
    await expect(lockDirectory(directory, { quiet: 2000 })).rejects.toMatchObject({ code: 'conflict' })
    clearInterval(touching)
    const said: string[] = []
    await (await lockDirectory(directory, { quiet: 500, say: sentence => said.push(sentence) })).release()
    expect(said).toEqual([
      expect.stringMatching(/belongs to process \d+ on another, .+ within 1 s it is taken over\.$/),
    ])
  })

  it('of another container that was busy for a minute and a half is not taken over', async () => {
    await lockedBy({ namespace: 'pid:[1]', host: 'another' })
    const busy = new Date(Date.now() - 90_000)
    await utimes(lockFile(), busy, busy)
    const touch = () => void utimes(lockFile(), new Date(), new Date())
    await expect(lockDirectory(directory, { say: touch })).rejects.toMatchObject({ code: 'conflict' })
  })

  it('of another container is taken over at once when its last sign of life is two minutes old', async () => {
    await lockedBy({ namespace: 'pid:[1]', host: 'another' })
    const old = new Date(Date.now() - 121_000)
    await utimes(lockFile(), old, old)
    await (await lockDirectory(directory)).release()
  })

  it('of another machine, whose clock may be wrong, is watched all the same', async () => {
    await lockedBy({ boot: 'of another machine', host: 'another' })
    const old = new Date(Date.now() - 3_600_000)
    await utimes(lockFile(), old, old)
    let life = 0
    const touching = setInterval(() => utimes(lockFile(), old, new Date(old.getTime() + ++life)), 50)
    await expect(lockDirectory(directory, { quiet: 2000 })).rejects.toMatchObject({ code: 'conflict' })
    clearInterval(touching)
    await (await lockDirectory(directory, { quiet: 500 })).release()
  })

  it('that is let go of while it is watched is free', async () => {
    await lockedBy({ namespace: 'pid:[1]', host: 'another' })
    const taking = lockDirectory(directory, { quiet: 60_000, say: () => void rm(lockFile()) })
    await (await taking).release()
  })

  it('that can not be read is left alone', async () => {
    await writeFile(lockFile(), 'nonsense')
    await expect(lockDirectory(directory)).rejects.toThrow(/can not be read; if no server runs .+ remove it/)
  })
})
