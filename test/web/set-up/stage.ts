// A server in set-up mode before a simulated GitHub, over real HTTP; what an App needs is only noted.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect } from 'vitest'
import { openSetUpPorts } from '../../../src/commands/set-up.ts'
import { Problem } from '../../../src/domain/problem.ts'
import type { Store } from '../../../src/domain/store.ts'
import { connectGitHub } from '../../../src/github/index.ts'
import { readSettings, type Settings } from '../../../src/settings.ts'
import { openSetUp, startWeb, type Web } from '../../../src/web/index.ts'
import { type GitHubSimulator, startGitHub } from '../../simulators/github/index.ts'
import { newVisitor, type Visitor } from './visitor.ts'

export let github: GitHubSimulator
export let dataDir: string
export let web: Web
/** As the terminal shows them, the last one last. */
export let codes: string[]
/** Settings with the App that was taken up. */
export let taken: Settings[]
/** Every line of the log. */
export let logged: string[]
let clock: number

/** A GitHub, a data directory and a server in set-up mode for each test. */
export function useStage(): void {
  beforeEach(async () => {
    github = await startGitHub()
    dataDir = mkdtempSync(join(tmpdir(), 'watchbill-set-up-'))
    clock = Date.parse('2026-11-21T12:00:00Z')
    await open()
  })
  afterEach(async () => {
    await web.stop()
    await github[Symbol.asyncDispose]()
    rmSync(dataDir, { recursive: true })
  })
}

/** Milliseconds go by. */
export function pass(milliseconds: number): void {
  clock += milliseconds
}

/** `failing`: what an App needs can not be started. */
export async function open(environment: Record<string, string> = {}, failing = false) {
  codes = []
  taken = []
  logged = []
  const { GHE_HOST, GHE_PROTOCOL } = github.environment()
  const given = {
    GHE_HOST,
    GHE_PROTOCOL,
    WATCHBILL_DATA: dataDir,
    HOST: '127.0.0.1',
    PUBLIC_URL: 'https://watch.example.com',
  }
  const settings = readSettings({ ...given, ...environment })
  const now = () => new Date(clock)
  const ports = openSetUpPorts(settings, {
    log: (line, sentence) => logged.push(`${sentence} ${JSON.stringify(line)}`),
    now,
    say: line => codes.push(line.split(' ').at(-1)!),
    async takeUp(made) {
      if (failing) throw new Problem('unavailable', 'The prices can not be read.')
      taken.push(made)
      const { apiUrl } = made.github
      return connectGitHub({ ...made.app!, apiUrl, readCommand: () => undefined })
    },
  })
  web = await startWeb({
    port: 0,
    host: '127.0.0.1',
    setUp: openSetUp(ports),
    store: {} as Store,
    health: { ready: {} },
    local: { token: 'local', commands: {} },
    webhooks: undefined,
  })
}

/** A visitor who has typed the code. */
export async function inside(): Promise<Visitor> {
  const visitor = newVisitor(web.url)
  expect(await visitor.post('/set-up/code', { code: codes.at(-1)! })).toMatchObject({ status: 303, location: '/' })
  return visitor
}

export const back = (url: URL) => url.pathname + url.search
export const nothingMade = () => {
  expect(taken).toEqual([])
  expect(readdirSync(dataDir)).toEqual([])
}
