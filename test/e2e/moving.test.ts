// Everything moves to another database while runs are in flight and a schedule is due: nothing is lost, and nothing happens twice.
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { backupTo, restoreFrom, showBackedUp, showRestored } from '../../src/commands/backup.ts'
import { moveTo, showMoved } from '../../src/commands/move.ts'
import { type Running, startServer } from '../../src/main.ts'
import { readSettings } from '../../src/settings.ts'
import { copyDatabase } from '../databases.ts'
import type { MessagesRequest, Reply } from '../simulators/model/index.ts'
import { type House, openHouse } from './house.ts'
import { base, finds, isReviewed, openScene } from './scene.ts'
import { worker } from './tasks.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 90_000 })

const long = process.env.WATCHBILL_TEST_LONG === '1'
const scratch = mkdtempSync(join(tmpdir(), 'watchbill-moving-'))
const file = join(scratch, 'all.backup')
const said: string[] = []
const say = (sentence: string) => void said.push(sentence)
const works = worker({ summary: 'Nothing new.', did: 'nothing to do' })
const isWork = (request: MessagesRequest) => JSON.stringify(request).includes('See what changed.')
const drops: (() => Promise<void>)[] = []

let held: Promise<void> | undefined
const reply: Reply = async (request, context) => {
  if (isWork(request)) return works(request, context)
  await held
  return finds(request, context)
}

/** Model calls are not answered until they are let go. */
function hold(): () => void {
  const { promise, resolve } = Promise.withResolvers<void>()
  held = promise
  return () => {
    held = undefined
    resolve()
  }
}

async function newServer(): Promise<string> {
  const { url, drop } = await copyDatabase()
  drops.push(drop)
  return url
}

/** Another machine: a data directory of its own. */
async function elsewhere(house: House, change: Record<string, string>): Promise<Running> {
  const { DATABASE_URL: _, ...rest } = house.environment
  const settings = readSettings({ ...rest, ...change })
  const server = await startServer(settings, {
    timing: { quiet: 50, quietAtMost: 500 },
    waitScale: 0.01,
    log: house.log,
  })
  house.github.deliverTo(`${server.url}/api/github/webhooks`)
  return server
}

afterAll(async () => {
  for (const drop of drops) await drop()
  rmSync(scratch, { recursive: true, force: true })
})

// The embedded database takes most of the time: the long run has it, and the move, which starts from it alone.
describe.skipIf(!('socket' in inject('postgres')))(
  long ? 'from the embedded database' : 'from one server to another',
  () => {
    let house: House
    beforeAll(async () => {
      house = await openHouse({ reply, embedded: long })
    })
    afterAll(async () => {
      await house[Symbol.asyncDispose]()
    })
    const settings = (change: Record<string, string> = {}) => readSettings({ ...house.environment, ...change })

    it('a backup made while a review runs is restored elsewhere, where the review completes', async () => {
      const release = hold()
      const { repository, number, head } = await openScene(house.github)
      await house.until(() => house.model.requests.length > 0)
      const before = house.model.requests.length
      const written = await backupTo(settings(), file, { secrets: false, say, now: new Date() })
      expect(written.rows.runs).toBe(1)
      expect(statSync(file).mode & 0o777).toBe(0o600)
      expect((await house.server.store.audit.list(1))[0]).toMatchObject({ what: 'backed up', about: file })
      expect(showBackedUp(written)).toMatch(/^Backup written to .*: \d+ rows of \d+ tables\. It holds no secrets/)
      // The server has taken its copy away, and goes on working: what it is told now is in no backup.
      expect(readdirSync(house.dataDir).filter(name => name.startsWith('copy'))).toEqual([])
      expect((await house.github.deliver('ping', { zen: 'after' })).status).toBe(202)
      // It dies, the machine with it.
      house.github.deliverTo(undefined)
      await house.server.stop(0)

      const WATCHBILL_DATA = join(scratch, 'elsewhere')
      const there = { DATABASE_URL: await newServer(), WATCHBILL_DATA }
      const restored = await restoreFrom(settings(there), file, { replace: false, say, now: new Date() })
      expect(restored.rows).toEqual(written.rows)
      expect(showRestored(restored)).toMatch(/^Restored as it was at /)
      release()
      await using server = await elsewhere(house, there)
      await house.until(() => isReviewed(repository, head))
      await house.until(async () => (await server.store.runs.list({ limit: 9 })).every(run => run.status === 'ended'))
      expect(await server.store.runs.list({ limit: 9 })).toMatchObject([{ end: 'done', attempt: 2 }])
      expect(repository.pull(number).reviews).toHaveLength(1)
      expect(house.model.requests.length).toBeGreaterThan(before)
      expect(await server.store.audit.verify()).toBeUndefined()
      expect((await server.store.audit.list(1))[0]).toMatchObject({ what: 'restored', about: 'the database' })
    })

    it.runIf(long)('a move takes a run in flight and a schedule that is due along, each once', async () => {
      // The server that died starts again, knowing nothing of what happened elsewhere.
      await house.restart()
      await house.until(async () =>
        (await house.server.store.runs.list({ limit: 9 })).every(run => run.status === 'ended'),
      )
      const watched = await house.github.createRepository({
        owner: 'acme',
        name: 'watched',
        private: true,
        files: base,
      })
      const routine = '---\ndescription: Watches\nkind: work\non: { schedule: nightly }\n---\nSee what changed.\n'
      await watched.commit({ branch: 'main', files: { '.github/routines/watch.md': routine } })
      await house.dispatched()
      const release = hold()
      const asked = house.model.requests.length
      const { repository, number, head } = await openScene(house.github)
      await house.until(() => house.model.requests.length > asked)

      const target = await newServer()
      const wanted = { to: target, say, now: new Date() }
      await expect(moveTo(settings(), wanted)).rejects.toMatchObject({
        message: expect.stringMatching(/in use by process/),
      })
      const { store } = house.server
      const [schedule] = await store.schedules.of(watched.id)
      const { notBefore: _, putOff: __, last: ___, repository: ____, ...entry } = schedule!
      const due = new Date(Date.now() - 3_600_000).toISOString()
      await store.schedules.keep(watched.id, [], '2020-01-01T00:00:00.000Z')
      await store.schedules.keep(watched.id, [{ ...entry, due }], new Date().toISOString())
      house.github.deliverTo(undefined)
      await house.server.stop(0)

      const moved = await moveTo(settings(), wanted)
      expect(moved.rows).toMatchObject({ schedules: 1, runs: 2 })
      expect(showMoved(moved)).toMatch(/^ {2}runs +2$/m)
      await expect(startServer(settings(), { log: () => {} })).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringContaining(`was moved to ${moved.to}`),
      })
      release()
      await using server = await elsewhere(house, { DATABASE_URL: target })
      await house.until(() => isReviewed(repository, head))
      const ended = async () => {
        const runs = await server.store.runs.list({ limit: 9 })
        return runs.length === 3 && runs.every(run => run.status === 'ended') && runs
      }
      const runs = await house.until(ended)
      expect(runs.map(run => run.eventId).filter(id => id.startsWith('schedule:'))).toEqual([
        `schedule:${schedule?.id}:${due}`,
      ])
      expect(runs.map(run => run.end).sort()).toEqual(['done', 'done', 'nothing to do'])
      expect(repository.pull(number).reviews).toHaveLength(1)
      expect(house.github.refusals).toEqual([])
      expect(existsSync(join(house.dataDir, 'moved.json'))).toBe(true)
    })
  },
)

// Takes an embedded database made from nothing, which is slow.
describe.runIf(long && 'socket' in inject('postgres'))('from PostgreSQL', () => {
  it('a backup made while a review runs is restored to an embedded database, where the review completes', async () => {
    await using house = await openHouse({ reply, environment: { DATABASE_URL: await newServer() } })
    const release = hold()
    const { repository, number, head } = await openScene(house.github)
    await house.until(() => house.model.requests.length > 0)
    const path = join(scratch, 'server.backup')
    await backupTo(readSettings(house.environment), path, { secrets: false, say, now: new Date() })
    house.github.deliverTo(undefined)
    await house.server.stop(0)
    const there = { WATCHBILL_DATA: join(scratch, 'embedded') }
    const { DATABASE_URL: _, ...environment } = house.environment
    await restoreFrom(readSettings({ ...environment, ...there }), path, { replace: false, say, now: new Date() })
    release()
    await using server = await elsewhere(house, there)
    expect(server.store.engine).toBe('PGlite')
    await house.until(() => isReviewed(repository, head))
    expect(repository.pull(number).reviews).toHaveLength(1)
  })
})
