// The whole product in one process against both simulators: what end-to-end tests start from.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Running, type ServeOptions, startServer } from '../../src/main.ts'
import { readSettings } from '../../src/settings.ts'
import { type GitHubSimulator, startGitHub } from '../simulators/github/index.ts'
import { type ModelSimulator, type Reply, startModel } from '../simulators/model/index.ts'

export interface House extends AsyncDisposable {
  github: GitHubSimulator
  model: ModelSimulator
  server: Running
  dataDir: string
  environment: Record<string, string>
  /** Closes the server and starts it again over the same data. */
  restart(): Promise<void>
}

/** Quiet after a push and the pace of writes are shortened; all else is as it ships. */
export async function openHouse(
  options: { reply: Reply; environment?: Record<string, string> } & ServeOptions,
): Promise<House> {
  const github = await startGitHub()
  const model = await startModel({ reply: options.reply })
  const dataDir = await mkdtemp(join(tmpdir(), 'watchbill-house-'))
  const environment = {
    ...github.environment(),
    ...model.environment(),
    WATCHBILL_DATA: dataDir,
    WATCHBILL_REHEARSED: 'true',
    PORT: '0',
    HOST: '127.0.0.1',
    LOG_LEVEL: process.env.WATCHBILL_TEST_LOG ?? 'silent',
    LOG_FORMAT: 'text',
    ...options.environment,
  }
  const start = () =>
    startServer(readSettings(environment), {
      timing: options.timing ?? { quiet: 50, quietAtMost: 500 },
      waitScale: options.waitScale ?? 0.01,
    })
  const house: House = {
    github,
    model,
    dataDir,
    environment,
    server: await start(),
    async restart() {
      await house.server.stop(0)
      house.server = await start()
      github.deliverTo(`${house.server.url}/api/github/webhooks`)
    },
    async [Symbol.asyncDispose]() {
      await house.server.stop(0)
      await github[Symbol.asyncDispose]()
      await model[Symbol.asyncDispose]()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
  github.deliverTo(`${house.server.url}/api/github/webhooks`)
  return house
}
