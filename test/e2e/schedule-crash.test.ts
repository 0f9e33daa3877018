// kill -9 between a due time and the end of what it starts, then a start over the same data: the time was due once, and one run answered it.
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, inject, it } from 'vitest'
import { loadConfiguration } from '../../src/routines/index.ts'
import { keepSchedules } from '../../src/runs/configuration/schedules.ts'
import { openStore } from '../../src/store/index.ts'
import { copyDatabase } from '../databases.ts'
import { startGitHub } from '../simulators/github/index.ts'
import { startModel } from '../simulators/model/index.ts'
import { newDataDir } from './house.ts'
import { type Service, startService } from './program.ts'
import { base } from './scene.ts'
import { factsOf, worker } from './tasks.ts'

const path = '.github/routines/watch.md'
// Half a day from now, so that no new due time comes while a test is at it.
const hour = (new Date().getUTCHours() + 12) % 24
const watch = `---\ndescription: Watches prices\nkind: work\non: { schedule: 0 ${hour} * * * }\n---\nSee what changed.\n`

/** Whatever is stored between the due time and its run's last word. */
const points = ['due', 'receipt of check', 'claim', 'stage:read', 'stage:fleet', 'run ended']

async function play(killedAfter: string, databaseUrl?: string): Promise<void> {
  await using github = await startGitHub()
  await using model = await startModel({ reply: worker({ summary: 'Nothing new.', did: 'nothing to do' }) })
  const dataDir = await newDataDir()
  const services: Service[] = []
  const start = async (...words: string[]) => {
    const command = [join(import.meta.dirname, 'crashing.ts'), ...words]
    const service = await startService({ github, model, dataDir, command, ...(databaseUrl && { databaseUrl }) })
    services.push(service)
    return service
  }
  try {
    const files = { ...base, [path]: watch }
    const simulated = await github.createRepository({ owner: 'acme', name: 'shop', private: true, files })
    await github.settled()
    // The server was last seen an hour before its time.
    const due = new Date()
    due.setUTCHours(due.getUTCHours() >= hour ? hour : hour - 24, 0, 0, 0)
    await watchSince(new Date(due.getTime() - 3_600_000), { dataDir, ...(databaseUrl && { databaseUrl }) })

    // It may be dead before it answers.
    const doomed = await start(`after-first:${killedAfter}`).catch(() => undefined)
    if (doomed) expect(await doomed.exited).toBe(null)
    const before = await readFile(join(dataDir, 'writes'), 'utf8')
    expect(before.trim().split('\n').at(-1)).toContain(`"${killedAfter}"`)

    const service = await start()
    const head = simulated.sha()
    await github.waitFor(() => simulated.checkRuns(head).some(check => check.status === 'completed'), 60_000)
    await ends(service)
    expect(await service.stop()).toBe(0)

    expect(simulated.checkRuns()).toMatchObject([{ name: 'Watchbill / watch', conclusion: 'success' }])
    await using store = await openStore({ dataDir, ...(databaseUrl && { databaseUrl }) })
    const [schedule] = await store.schedules.of(simulated.id)
    const eventId = `schedule:${schedule?.id}:${due.toISOString()}`
    expect(schedule?.last).toMatchObject({ eventId, due: due.toISOString() })
    expect(Date.parse(schedule?.due ?? '')).toBe(due.getTime() + 86_400_000)
    expect(await store.runs.list({ limit: 10 })).toMatchObject([{ kind: 'work', eventId, end: 'nothing to do' }])
    expect(await store.occurrences.list({ limit: 10 })).toMatchObject([{ eventId, verdict: 'ran' }])

    async function watchSince(now: Date, where: { dataDir: string; databaseUrl?: string }) {
      await using store = await openStore(where)
      const repository = factsOf(github, simulated)
      await store.repositories.seen(repository, now.toISOString())
      const configuration = loadConfiguration({ builtIn: [], organisation: [], repository: [{ path, text: watch }] })
      const read = await store.schedules.beginRead()
      await keepSchedules({ store, now: () => now }, repository, configuration, read)
    }
  } finally {
    for (const service of services) if (service.child.exitCode === null) await service.stop('SIGKILL')
    await rm(dataDir, { recursive: true, force: true, maxRetries: 3 })
  }
}

async function ends(service: Service): Promise<void> {
  const ended = () => /"end":"nothing to do"/.test(service.output())
  if (ended()) return
  for await (const _ of service.child.stdout!) if (ended()) return
}

const long = process.env.WATCHBILL_TEST_LONG === '1'

describe('a time that is due is answered once', () => {
  // In turn on either database.
  const today = Math.floor(Date.now() / 86_400_000)
  const onServer = 'socket' in inject('postgres')
  const serversTurn = onServer && today % 2 === 1
  const some = long ? points : [points[Math.floor(today / 2) % points.length]!]
  it.skipIf(serversTurn && !long).each(some)('though the server is killed after "%s"', { timeout: 120_000 }, point =>
    play(point),
  )

  it.skipIf(!onServer || (!serversTurn && !long)).each(some)(
    'on PostgreSQL too, killed after "%s"',
    { timeout: 120_000 },
    async point => {
      const { url, drop } = await copyDatabase()
      try {
        await play(point, url)
      } finally {
        await drop()
      }
    },
  )
})
