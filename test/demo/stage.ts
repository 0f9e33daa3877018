// The demo's stage: a simulated GitHub with the marina's repository, a model, and the real program between them.
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCommand, type Service, type ServiceOptions, startService } from '../e2e/program.ts'
import {
  type CheckRun,
  type GitHubSimulator,
  type SimulatedPull,
  type SimulatedRepository,
  startGitHub,
} from '../simulators/github/index.ts'
import { type ModelSimulator, startModel } from '../simulators/model/index.ts'
import { latency, rehearsal } from './rehearsal.ts'
import { filesOf } from './repository.ts'

export interface Stage extends AsyncDisposable {
  github: GitHubSimulator
  repository: SimulatedRepository
  /** Absent when the real model is asked. */
  model?: ModelSimulator
  service: Service
  openPull(): Promise<SimulatedPull>
  /** The author's second push. */
  push(): Promise<string>
  /** Resolves once every check of the app on this commit is complete. */
  reviewed(head: string): Promise<CheckRun[]>
  /** What one of the program's own commands prints as JSON. */
  ask<T>(...words: string[]): Promise<T>
}

const branch = 'refunds'
const author = 'marit-holm'
/** Milliseconds. A real review takes minutes; a rehearsed one seconds, where nothing else keeps the machine busy. */
const reviewWithin = { live: 20 * 60_000, rehearsed: 180_000 }

/**
 * Where this is tested, making tables would be most of the work and waiting most of the time: DEMO_DATABASE is a database whose tables are
 * made, an embedded one to copy or a server's address, and with DEMO_HURRIED answers come at once.
 */
export async function openStage(options: { live: boolean; say: (line: string) => void }): Promise<Stage> {
  const { live, say } = options
  const stack = new AsyncDisposableStack()
  try {
    const dataDir = await mkdtemp(join(tmpdir(), 'watchbill-demo-'))
    stack.defer(() => rm(dataDir, { recursive: true, force: true, maxRetries: 3 }))
    const { DEMO_DATABASE: made, DEMO_HURRIED: hurried } = process.env
    const databaseUrl = made?.startsWith('postgres') ? made : undefined
    if (made && !databaseUrl) await cp(made, join(dataDir, 'database'), { recursive: true })
    const github = stack.use(await startGitHub())
    say(`A simulated GitHub is at ${github.url}: real git over HTTP, signed webhooks, GitHub's own schemas.`)
    const model = live
      ? undefined
      : stack.use(
          await startModel({
            reply: rehearsal(),
            ...(!hurried && { latency: { firstEventMs: 150, totalMs: latency } }),
          }),
        )
    const program: ServiceOptions = {
      github,
      dataDir,
      ...(databaseUrl ? { databaseUrl } : {}),
      ...(model ? { model } : {}),
      environment: { WATCHBILL_QUIET_SECONDS: '1', LOG_LEVEL: 'warn', ...(live ? liveEnvironment() : {}) },
    }
    const service = await startService(program)
    stack.defer(() => void service.child.kill('SIGKILL'))
    stack.defer(async () => void (await service.stop()))
    const database = databaseUrl ? 'the database that it was given' : 'its embedded database in a temporary directory'
    say(`watchbill serve answers at ${service.url}, with ${database}.`)
    const repository = await github.createRepository({
      owner: 'quayside',
      name: 'berths',
      files: filesOf('base'),
      collaborators: { [author]: 'write' },
    })
    await repository.commit({
      branch,
      files: filesOf('change'),
      message: 'Add refunds, CSV export and settlement',
      author,
    })
    const owned = stack.move()
    return {
      github,
      repository,
      ...(model ? { model } : {}),
      service,
      openPull: () =>
        repository.openPull({
          head: branch,
          title: 'Add refunds, CSV export and settlement',
          body: 'Guests get their money back, the office gets its list, marinas get paid. Reviewed by security already.',
          author,
        }),
      push: () =>
        repository.commit({ branch, files: filesOf('second'), message: 'Sort exports by known columns only', author }),
      async reviewed(head) {
        const checks = () => repository.checkRuns(head).filter(check => check.byApp)
        const complete = () => checks().length > 0 && checks().every(check => check.status === 'completed')
        await orGone(service, github.waitFor(complete, live ? reviewWithin.live : reviewWithin.rehearsed))
        return checks()
      },
      ask: async (...words) => JSON.parse(await runCommand(program, ...words, '--json')),
      [Symbol.asyncDispose]: () => owned.disposeAsync(),
    }
  } catch (thrown) {
    await stack.disposeAsync()
    throw thrown
  }
}

/** What the real model is reached by. The simulated GitHub is on this machine and never behind a proxy. */
function liveEnvironment(): Record<string, string> {
  const names = ['ANTHROPIC_API_KEY', 'ANTHROPIC_BASE_URL', 'HTTPS_PROXY', 'https_proxy', 'NODE_EXTRA_CA_CERTS']
  const given = names.flatMap(name => (process.env[name] ? [[name, process.env[name]] as const] : []))
  return { ...Object.fromEntries(given), NO_PROXY: '127.0.0.1,localhost' }
}

async function orGone<T>(service: Service, work: Promise<T>): Promise<T> {
  const gone = new Promise<never>((_, reject) =>
    service.child.once('exit', code =>
      reject(new Error(`watchbill serve ended with ${code}:\n${service.output().slice(-4_000)}`)),
    ),
  )
  gone.catch(() => {})
  return Promise.race([work, gone])
}
