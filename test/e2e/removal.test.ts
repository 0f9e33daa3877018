// Removal: after an installation is gone no row and no file holds its code; and a review goes on under a name that changes in its middle.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import pg from 'pg'
import { describe, expect, it, vi } from 'vitest'
import { inTurn } from '../databases.ts'
import type { Reply } from '../simulators/model/index.ts'
import { type House, openHouse } from './house.ts'
import { base, changed, finds, isReviewed, longer, openScene } from './scene.ts'

// Patient, since the machine may be busy; undisturbed, each takes a second or two.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 })

const long = process.env.WATCHBILL_TEST_LONG === '1'

const canary = 'CANARY_7714_in_code'
const withCanary = (files: Record<string, string>) =>
  Object.fromEntries(Object.entries(files).map(([path, text]) => [path, `${text}// ${canary}\n`]))
/** The finding quotes it, its prose names it, and the agent reads it. */
const findsCanary: Reply = async (request, context) => {
  const reply = await finds(request, context)
  if (!JSON.stringify(request).includes(canary)) return reply
  return JSON.parse(JSON.stringify(reply).replace('is 28, since', `is 28 (${canary}), since`))
}

/** Every table of every schema but the system's, each row as text. */
const everyTable = `select table_schema || '.' || table_name as name from information_schema.tables
  where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`

async function rowsWithCanary(query: (sql: string) => Promise<Record<string, unknown>[]>): Promise<string[]> {
  const found: string[] = []
  for (const { name } of await query(everyTable)) {
    const rows = await query(`select * from ${name}`)
    if (JSON.stringify(rows).includes(canary)) found.push(String(name))
  }
  return found
}

async function filesWithCanary(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  const found: string[] = []
  for (const entry of entries.filter(one => one.isFile())) {
    const path = join(entry.parentPath, entry.name)
    if ((await readFile(path)).includes(canary)) found.push(path.slice(directory.length + 1))
  }
  return found
}

/** Asks the database of a house whose server is stopped, or is a server of its own. */
async function lookInto(house: House): Promise<{ rows: string[]; files: string[] }> {
  const url = house.environment.DATABASE_URL
  if (url) {
    const client = new pg.Client(url)
    await client.connect()
    const rows = await rowsWithCanary(async sql => (await client.query(sql)).rows)
    await client.end()
    return { rows, files: await filesWithCanary(house.dataDir) }
  }
  await house.server.stop(0)
  const files = await filesWithCanary(house.dataDir)
  const pglite = await PGlite.create(join(house.dataDir, 'database'))
  const rows = await rowsWithCanary(async sql => (await pglite.query<Record<string, unknown>>(sql)).rows)
  await pglite.close()
  return { rows, files }
}

const mirrors = async ({ dataDir }: House) =>
  (await readdir(join(dataDir, 'mirrors')).catch(() => [])).filter(name => name.endsWith('.git'))

describe.each(inTurn)('an installation is removed, on $name', ({ name }) => {
  it('its runs end with a sentence, its mirrors go at once, and after the nightly work no row or file holds its code', async () => {
    const pace = { held: false }
    const hold = Promise.withResolvers<void>()
    const reply: Reply = async (request, context) => {
      if (pace.held)
        await Promise.race([hold.promise, new Promise(resolve => context.signal.addEventListener('abort', resolve))])
      return findsCanary(request, context)
    }
    await using house = await openHouse({ reply, embedded: name === 'PGlite' })
    const options = { files: withCanary(base), change: withCanary(changed), owner: 'leaving' }
    const { repository, head } = await openScene(house.github, options)
    const stays = await openScene(house.github, { owner: 'staying' })
    await house.until(() => isReviewed(repository, head) && isReviewed(stays.repository, stays.head))
    expect(repository.pull(1).reviewComments[0]?.body).toContain(canary)

    pace.held = true
    const calls = house.model.requests.length
    await repository.commit({ branch: 'more', files: withCanary(longer) })
    await repository.openPull({ head: 'more', title: 'More' })
    await house.until(() => house.model.requests.length > calls)
    expect((await mirrors(house)).sort()).toEqual([`${repository.id}.git`, `${stays.repository.id}.git`].sort())

    house.github.uninstall('leaving')
    const { store } = house.server
    const newest = async () => (await store.runs.list({ repositoryId: repository.id, limit: 1 }))[0]
    const run = await house.until(async () => ((await newest())?.status === 'ended' ? newest() : undefined))
    expect(run).toMatchObject({ end: 'stopped', because: 'The App is no longer installed on leaving.' })
    const met = await house.until(async () => {
      const all = await store.occurrences.ofRun(run.id)
      return all.every(one => one.verdict !== 'queued') && all
    })
    expect(met[0]?.because).toContain('The App is no longer installed on leaving.')
    await house.until(async () => (await mirrors(house)).join() === `${stays.repository.id}.git`)
    hold.resolve()

    const spent = await store.ledger.spent({ repositoryId: repository.id })
    await store.maintain(new Date().toISOString())
    expect(await store.ledger.spent({ repositoryId: repository.id })).toEqual(spent)
    expect(await store.findings.ofPull(stays.repository.id, stays.number)).not.toEqual([])
    expect(await lookInto(house)).toEqual({ rows: [], files: [] })
  })
})

it('a suspended installation has no transcript, payload or quote after the nightly work, and goes on from what it knows', async () => {
  await using house = await openHouse({ reply: finds })
  const { repository, number, head } = await openScene(house.github, { owner: 'resting' })
  await house.until(() => isReviewed(repository, head))
  const { store } = house.server
  const [run] = await store.runs.list({ repositoryId: repository.id, limit: 1 })
  house.github.suspend('resting')
  await house.until(async () => (await mirrors(house)).length === 0)
  await house.dispatched()
  await store.maintain(new Date().toISOString())
  expect(await store.steps.list(run!.id)).toEqual([])
  const [finding] = await store.findings.ofPull(repository.id, number)
  expect(finding).toMatchObject({ quote: '', state: 'open', title: 'Rounding down loses a cent' })

  house.github.unsuspend('resting')
  await house.dispatched()
  const next = await repository.commit({ branch: 'feature', files: { 'src/other.ts': 'export const other = 1\n' } })
  await house.until(() => isReviewed(repository, next))
  expect(repository.pull(number).reviewComments).toHaveLength(1)
})

it('a review that is cut off by a suspension leaves no check under way once the App is back, and can be asked for anew', async () => {
  const pace = { cut: false }
  await using house = await openHouse({
    reply: async (request, context) => {
      if (!pace.cut) {
        pace.cut = true
        house.github.suspend('resting')
      }
      return finds(request, context)
    },
  })
  const { repository, head } = await openScene(house.github, { owner: 'resting' })
  const { store } = house.server
  await house.until(
    async () => (await store.runs.list({ repositoryId: repository.id, limit: 1 }))[0]?.status === 'ended',
  )
  await house.dispatched()
  const checks = () => repository.checkRuns(head).map(({ status, conclusion }) => `${status} ${conclusion}`)
  expect(new Set(checks())).toEqual(new Set(['in_progress null']))
  await store.maintain(new Date().toISOString())

  house.github.unsuspend('resting')
  await house.until(() => checks().every(check => check === 'completed cancelled'))
  expect(repository.checkRuns(head)[0]?.output.summary).toContain(
    'is suspended; its owner can resume it on GitHub. It is there again',
  )
  await house.dispatched()
  const next = await repository.commit({ branch: 'feature', files: { 'src/other.ts': 'export const other = 1\n' } })
  await house.until(() => isReviewed(repository, next))
})

it.runIf(long)(
  'a suspension that is taken back while its review is still being cut off leaves no check under way either',
  async () => {
    const pace = { cut: false }
    const held = Promise.withResolvers<void>()
    await using house = await openHouse({
      reply: async (request, context) => {
        if (!pace.cut) {
          pace.cut = true
          house.github.suspend('resting')
          await new Promise(resolve => context.signal.addEventListener('abort', resolve))
        }
        return finds(request, context)
      },
    })
    const { repository, head } = await openScene(house.github, { owner: 'resting' })
    const { store } = house.server
    const { end } = store.runs
    // As a worker that is slow to let go.
    store.runs.end = async (...about) => {
      await held.promise
      return end(...about)
    }
    const stopped = async () => (await store.runs.list({ repositoryId: repository.id, limit: 1 }))[0]?.stop?.gone
    await house.until(stopped)
    house.github.unsuspend('resting')
    await house.dispatched()
    expect(await store.away.list()).toEqual([])
    const checks = () => repository.checkRuns(head).map(({ status, conclusion }) => `${status} ${conclusion}`)
    expect(new Set(checks())).toEqual(new Set(['in_progress null']))

    held.resolve()
    await house.until(() => checks().every(check => check === 'completed cancelled'))
  },
)

it.runIf(long)('checks that an erased review left under way are completed when the App is put back', async () => {
  const pace = { cut: false }
  await using house = await openHouse({
    reply: async (request, context) => {
      if (!pace.cut) {
        pace.cut = true
        house.github.takeOff(repository)
      }
      return finds(request, context)
    },
  })
  const { repository, head } = await openScene(house.github, { owner: 'returning' })
  const { store } = house.server
  const runs = () => store.runs.list({ repositoryId: repository.id, limit: 9 })
  const [run] = await house.until(async () => (await runs())[0]?.status === 'ended' && runs())
  await house.dispatched()
  await house.until(async () => (await store.occurrences.ofRun(run!.id)).every(({ verdict }) => verdict !== 'queued'))
  const checks = () =>
    repository.checkRuns(head).map(({ name, status, conclusion }) => `${name} ${status} ${conclusion}`)
  const names = repository.checkRuns(head).map(({ name }) => name)
  expect(checks()).toEqual(names.map(name => `${name} in_progress null`))
  for (const _ of ['tonight', 'once more']) await store.maintain(new Date().toISOString())
  expect(await runs()).toEqual([])
  expect(await store.effects.ofRun(run!.id)).toEqual([])
  const kept = await store.effects.ofRun(`erased:${repository.id}`)
  expect(kept.map(({ intent }) => intent)).toEqual(
    expect.arrayContaining(repository.checkRuns(head).map(({ id }) => ({ check: id, task: false }))),
  )

  house.github.putOn(repository)
  await house.dispatched()
  expect(checks()).toEqual(names.map(name => `${name} completed cancelled`))
  expect(repository.checkRuns(head)[0]?.output.summary).toContain('was taken off this repository while it ran')
})

it('a review whose repository is renamed in its middle stands under the new name, and the next one knows what it found', async () => {
  const go = Promise.withResolvers<void>()
  await using house = await openHouse({
    reply: async (request, context) => {
      await go.promise
      return finds(request, context)
    },
  })
  const { repository, number, head } = await openScene(house.github)
  await house.until(() => house.model.requests.length > 0)
  const old = repository.name
  repository.rename('called-anew')
  await house.dispatched()
  go.resolve()
  await house.until(() => isReviewed(repository, head))
  expect(repository.pull(number).reviewComments).toHaveLength(1)
  const summaries = repository.checkRuns(head).map(check => check.output.summary ?? '')
  expect(summaries.filter(summary => summary.includes('Watchbill is new here'))).toHaveLength(1)

  const taker = await openScene(house.github, { name: old })
  await house.until(() => isReviewed(taker.repository, taker.head))
  expect(taker.repository.pull(1).reviewComments).toHaveLength(1)
  const next = await repository.commit({ branch: 'feature', files: { 'src/other.ts': 'export const other = 1\n' } })
  await house.until(() => isReviewed(repository, next))
  expect(repository.pull(number).reviewComments).toHaveLength(1)
  expect((await mirrors(house)).sort()).toEqual([`${repository.id}.git`, `${taker.repository.id}.git`].sort())
})
