// The whole product in one process against both simulators: what end-to-end tests start from.
import { EventEmitter } from 'node:events'
import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type Running, type ServeOptions, startServer } from '../../src/main.ts'
import { readSettings } from '../../src/settings.ts'
import { copyDatabase, copyTemplate, usual } from '../databases.ts'
import { type GitHubSimulator, startGitHub } from '../simulators/github/index.ts'
import { type ModelSimulator, type Reply, startModel } from '../simulators/model/index.ts'

interface Line {
  sentence: string
  [field: string]: unknown
}

export interface House extends AsyncDisposable {
  github: GitHubSimulator
  model: ModelSimulator
  server: Running
  dataDir: string
  environment: Record<string, string>
  /** Everything the program logged, restarts included. */
  lines: Line[]
  /** Where they come from; for a server that a test starts beside this one. */
  log: (line: object, sentence: string) => void
  /** Resolves to the first truthy answer, asked again whenever a simulator was asked or a line was logged; rejects after `timeoutMs` (60 s). */
  until<T>(predicate: () => T | Promise<T>, timeoutMs?: number): Promise<Exclude<Awaited<T>, false | undefined | null>>
  /** Resolves once each of these deliveries is dispatched, or its line says why it could not be; without ids, all that GitHub sent. */
  dispatched(ids?: string[]): Promise<void>
  /** Closes the server and starts it again over the same data. */
  restart(graceMs?: number): Promise<void>
}

export interface HouseOptions extends ServeOptions {
  reply: Reply
  /** On the embedded database, which commands find without being told where it is. */
  embedded?: boolean
  environment?: Record<string, string>
  model?: Omit<NonNullable<Parameters<typeof startModel>[0]>, 'reply'>
}

/** Quiet after a push and the pace of writes are shortened; all else is as it ships. */
export async function openHouse(options: HouseOptions): Promise<House> {
  const github = await startGitHub()
  const model = await startModel({ ...options.model, reply: options.reply })
  const database = options.embedded || usual.name === 'PGlite' ? undefined : await copyDatabase()
  const dataDir = await newDataDir(database)
  const environment = {
    ...github.environment(),
    ...model.environment(),
    WATCHBILL_DATA: dataDir,
    ...(database && { DATABASE_URL: database.url }),
    WATCHBILL_REHEARSED: 'true',
    OSV_URL: 'off',
    PORT: '0',
    HOST: '127.0.0.1',
    ...options.environment,
  }
  const lines: Line[] = []
  const logged = new EventEmitter().setMaxListeners(0)
  const done = new Set<unknown>()
  const log = (line: object, sentence: string) => {
    if ('delivery' in line && ('at' in line || 'code' in line || isGivenUp(line))) done.add(line.delivery)
    lines.push({ ...line, sentence })
    if (process.env.WATCHBILL_TEST_LOG) console.log(sentence, JSON.stringify(line))
    logged.emit('line')
  }
  const start = () =>
    startServer(readSettings(environment), {
      timing: { quiet: 50, quietAtMost: 500 },
      waitScale: 0.01,
      log,
      ...options,
    })
  const house: House = {
    github,
    model,
    dataDir,
    environment,
    lines,
    log,
    server: await start(),
    until: (predicate, timeoutMs = 60_000) => until(house, logged, predicate, timeoutMs),
    async dispatched(ids) {
      await github.settled()
      const wanted = ids ?? github.deliveries.filter(({ status }) => status === 202).map(({ id }) => id)
      const missing = new Set(wanted)
      await house.until(() => {
        for (const id of missing) {
          if (!done.has(id)) return false
          missing.delete(id)
        }
        return true
      }, 600_000)
    },
    async restart(graceMs = 0) {
      await house.server.stop(graceMs)
      house.server = await start()
      github.deliverTo(webhooksOf(house))
    },
    async [Symbol.asyncDispose]() {
      await house.server.stop(0)
      await database?.drop()
      await github[Symbol.asyncDispose]()
      await model[Symbol.asyncDispose]()
      rmSync(dataDir, { recursive: true, force: true, maxRetries: 3 })
    },
  }
  github.deliverTo(webhooksOf(house))
  return house
}

const isGivenUp = (line: object) => 'warning' in line && line.warning === 'given up'

export function webhooksOf(house: Pick<House, 'server'>): string {
  return `${house.server.url}/api/github/webhooks`
}

/** With an embedded database whose tables are made already, since making them takes seconds; without one where there is another database. */
export async function newDataDir(other?: { url: string }): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'watchbill-house-'))
  if (!other) await copyTemplate(join(dataDir, 'database'))
  return dataDir
}

const askedOfGitHub = ['request', 'review', 'check_run', 'comment', 'reaction', 'delivery'] as const
const askedOfModel = ['request', 'started', 'answered', 'aborted']

const gatheringMs = 10

function until<T>(
  house: House,
  logged: EventEmitter,
  predicate: () => T | Promise<T>,
  timeoutMs: number,
): Promise<Exclude<Awaited<T>, false | undefined | null>> {
  return new Promise((resolve, reject) => {
    let asking = false
    let again = false
    const end = (finish: () => void) => {
      clearTimeout(timer)
      logged.off('line', look)
      for (const name of askedOfGitHub) house.github.off(name, look)
      for (const name of askedOfModel) house.model.events.off(name, look)
      finish()
    }
    const look = async () => {
      again = asking
      if (asking) return
      asking = true
      try {
        do {
          again = false
          const answer = await predicate()
          if (answer) return end(() => resolve(answer as never))
          // What happens at once is asked about once: most predicates read the database.
          await pause(gatheringMs)
        } while (again)
      } catch (thrown) {
        end(() => reject(thrown))
      } finally {
        asking = false
      }
    }
    const timer = setTimeout(() => end(() => reject(new Error(inVain(house, timeoutMs)))), timeoutMs)
    logged.on('line', look)
    for (const name of askedOfGitHub) house.github.on(name, look)
    for (const name of askedOfModel) house.model.events.on(name, look)
    void look()
  })
}

function inVain({ lines, github, model }: House, timeoutMs: number): string {
  return [
    `waited ${timeoutMs} ms in vain. The last lines:`,
    ...lines.slice(-15).map(line => `  ${JSON.stringify(line)}`),
    'The last requests:',
    ...github.requests.slice(-10).map(({ method, path, status }) => `  ${method} ${path} → ${status ?? 'no answer'}`),
    `Refusals: ${JSON.stringify([...github.refusals, ...model.refusals])}`,
  ].join('\n')
}
