// Composition root: settings → store → github, claude, workspace → web and worker; stops them in reverse.
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promptsVersion, readBuiltIns, readPatterns, readVersion, readWords } from './builtins.ts'
import { connectClaude, loadPrices, readFile } from './claude/index.ts'
import { type Clock, startClock } from './clock/index.ts'
import { answers } from './commands/answers.ts'
import { useProxy } from './commands/proxy.ts'
import { type DispatchPorts, dispatchNow } from './dispatch.ts'
import type { Host } from './domain/host.ts'
import { Problem } from './domain/problem.ts'
import type { Store } from './domain/store.ts'
import { connectRenewably, type RenewableHost } from './github/index.ts'
import { type Log, openLog } from './log.ts'
import { withoutSecrets } from './publish/index.ts'
import { decideDue, readCommand } from './routines/index.ts'
import { lookForSchedules } from './runs/configuration/schedules.ts'
import type { Timing } from './runs/requests/arrange.ts'
import { overdue, watchOverdue } from './runs/waiting/overdue.ts'
import { watchDeliveries } from './runs/waiting/watch-deliveries.ts'
import { hideSecrets, openParsing, openScanners } from './scanners/index.ts'
import type { Settings } from './settings.ts'
import { openStore } from './store/index.ts'
import { startWeb } from './web/index.ts'
import { startWorker } from './worker.ts'
import { openWorkspaces } from './workspace/index.ts'

export interface Running extends AsyncDisposable {
  url: string
  store: Store
  /** The App's key and secrets, as they are now, without a restart. Problem `conflict` for those of another App. */
  renew(app: Settings['app']): Promise<void>
  /** Says on /readyz that it goes, takes no more, waits for what runs up to `graceMs`, hands the rest back, closes. */
  stop(graceMs?: number): Promise<void>
}

export interface ServeOptions {
  /** Tests and the demo shorten the quiet after a push, and the waits between writes and before another try. */
  timing?: Timing
  waitScale?: number
  /** Milliseconds between two updates of a check. */
  progressEvery?: number
  /** What stands between the program and its store; crash tests end the process after a chosen write. */
  wrapStore?: (store: Store) => Store
  /** Where lines go instead of standard output. */
  log?: Log
}

/** Milliseconds between two rounds of vacuum, retention and eviction. */
const maintainEvery = 3_600_000
/** Seconds before a failed job is tried again: after the first failure, after the second, and so on. */
const retryAfter = [5, 30, 120, 300, 600]
/** Milliseconds a stop waits for running work before handing it back. */
const defaultGrace = 10_000

/** Starts the server in the roles the settings name. Problems: `conflict` when port or database are held by another process. */
export async function startServer(settings: Settings, options: ServeOptions = {}): Promise<Running> {
  // Loaded where it is asked for alone: idle memory is counted.
  const metrics = settings.metricsPort === undefined ? undefined : (await import('./web/metrics.ts')).openMetrics()
  const written = options.log ?? openLog(settings)
  const log = metrics?.count(written) ?? written
  useProxy(settings.proxy)
  const stack = new AsyncDisposableStack()
  try {
    const now = () => new Date()
    const { databaseUrl, dataDir } = settings
    const retryAfterSeconds = retryAfter.map(seconds => seconds * (options.waitScale ?? 1))
    const opened = stack.use(await openStore({ databaseUrl, dataDir, retryAfterSeconds, log }))
    const store = options.wrapStore?.(opened) ?? opened
    const connected = settings.app ? await connectHost(settings, options, log) : undefined
    const host = connected?.host
    const timing = options.timing ?? { quiet: settings.quietSeconds * 1000, quietAtMost: settings.quietSeconds * 6000 }
    const leastInterval = settings.minIntervalMinutes
    const ports = host && { store, host, builtIn: readBuiltIns(), now, newId: randomUUID, timing, leastInterval, log }
    const worker = ports && (await startWork(settings, options, ports))
    let stopping: Promise<void> | undefined
    const endWork = (graceMs: number) => (stopping ??= worker?.stop(graceMs) ?? Promise.resolve())
    // A start that fails later leaves no worker behind that would keep the process.
    stack.defer(() => endWork(0))
    // A web process dispatches; what the clock starts is for those that have workers.
    const clock = ports && settings.role !== 'web' ? wind(ports, settings) : undefined
    if (clock) stack.defer(() => clock.stop())
    const web = settings.role === 'worker' ? undefined : await serveWeb(settings, store, ports, log, clock)
    if (web) stack.defer(() => web.stop())
    if (web) stack.defer(announce(settings, web.local))
    const maintain = setInterval(() => void keepHouse(store, worker, log, now), maintainEvery)
    stack.defer(() => clearInterval(maintain))
    // Once this process can take what it asks for.
    const missed = ports && web ? watchDeliveries(ports, options.waitScale) : undefined
    if (missed) stack.defer(() => missed.stop())
    const late = watchOverdue({ store, now, log })
    stack.defer(() => late.stop())
    if (metrics && settings.metricsPort !== undefined) {
      const scraped = { store, overdue: () => overdue(store, now()), now }
      const told = await metrics.serve(scraped, settings.metricsPort, settings.host)
      stack.defer(() => told.stop())
      log({ port: told.port }, 'Metrics for Prometheus are at /metrics of this port.')
    }
    const stop = async (graceMs = defaultGrace) => {
      // Deliveries are taken until the end of it: whoever sends them here has time to see that this process goes.
      web?.leave()
      await clock?.stop()
      await Promise.all([endWork(graceMs), web && sleep(settings.drainSeconds * 1000)])
      await stack.disposeAsync()
    }
    log(
      { role: settings.role, engine: store.engine, url: web?.url, app: settings.app?.appId },
      host ? 'Watchbill is on watch.' : 'No GitHub App is configured: set-up mode.',
    )
    const renew = async (app: Settings['app']) => {
      if (!app || !connected || app.appId !== settings.app?.appId)
        throw new Problem(
          'conflict',
          'Only the keys of the App that the server was started with can be renewed; restart it.',
        )
      await connected.renew(app)
      log({ app: app.appId, secrets: app.webhookSecrets.length }, "The App's key and secrets were read anew.")
    }
    return { url: web?.url ?? '', store, renew, stop, [Symbol.asyncDispose]: () => stop() }
  } catch (thrown) {
    await stack.disposeAsync()
    throw thrown
  }
}

async function connectHost(settings: Settings, options: ServeOptions, log: Log): Promise<RenewableHost> {
  const { app, github } = settings
  if (!app) throw new Problem('bad_configuration', 'No GitHub App is configured.')
  return connectRenewably({
    ...app,
    apiUrl: github.apiUrl,
    webUrl: github.webUrl,
    names: ['watchbill'],
    readCommand,
    log,
    waitScale: options.waitScale,
  })
}

async function startWork(settings: Settings, options: ServeOptions, ports: DispatchPorts) {
  const { log } = ports
  const prices = loadPrices(settings.prices)
  const claude = connectClaude({
    apiKey: settings.anthropic.apiKey,
    baseURL: settings.anthropic.baseURL,
    models: settings.models,
    prices,
    log: (sentence, facts) => log(facts ?? {}, sentence),
  })
  const retryDelayMs = 1_000 * (options.waitScale ?? 1)
  const workspaces = openWorkspaces({ dataDir: settings.dataDir, environment: settings.proxy, retryDelayMs, log })
  log({ isolation: await workspaces.isolation() }, 'How git and the tools that read a pull request are confined.')
  const worker = await startWorker(
    {
      ...ports,
      workspaces,
      model: claude.model,
      modelProblem: claude.ready,
      readFile,
      scanners: openScanners({ confine: workspaces.confine, rules: readPatterns(), osvUrl: settings.osvUrl }),
      hide: hideSecrets,
      parsing: openParsing(workspaces),
      words: readWords(),
      prompts: promptsVersion(),
      budget: settings.budget,
      version: readVersion(),
      rehearsed: settings.rehearsed,
      ...(options.progressEvery && { progressEvery: options.progressEvery }),
    },
    // A web process dispatches what it took; runs are for workers.
    { runs: settings.role === 'web' ? 0 : 4, runsPerRepository: 2 },
  )
  return { ...worker, evict: () => workspaces.evict() }
}

function wind(ports: DispatchPorts, { budget, minIntervalMinutes }: Settings): Clock {
  const { store, now, log } = ports
  const look = () => lookForSchedules(ports)
  return startClock({ schedules: store.schedules, decide: decideDue(budget, minIntervalMinutes), look, now, log })
}

async function serveWeb(
  settings: Settings,
  store: Store,
  dispatching: DispatchPorts | undefined,
  log: Log,
  clock: Clock | undefined,
) {
  const now = () => new Date()
  const token = randomBytes(32).toString('base64url')
  const { host, builtIn } = dispatching ?? {}
  const ports = { store, now, newId: randomUUID, ...(host && { host }), ...(builtIn && { builtIn }), settings }
  const commands = Object.fromEntries(
    Object.entries(answers).map(([verb, answer]) => [verb, (input: unknown) => answer(ports, input)]),
  )
  const web = await startWeb({
    port: settings.port,
    host: settings.host,
    publicUrl: settings.publicUrl,
    store,
    health: {
      ready: {
        database: () => store.ping(),
        queue: async () => void (await store.queueDepth()),
        ...(clock && { clock: async () => clock.alive() }),
      },
    },
    local: { token, commands },
    webhooks: dispatching && { host: dispatching.host, deliveries: store.deliveries, now, log },
    api: dispatching && {
      ...ports,
      publicUrl: settings.publicUrl,
      log,
      dispatchNow: event => dispatchNow(dispatching, event),
      clean: withoutSecrets,
    },
  })
  return { ...web, local: { url: `http://127.0.0.1:${web.port}`, token } }
}

/** Tells the commands of this machine where the server is that holds the embedded database; returns what takes it back. */
function announce(settings: Settings, local: { url: string; token: string }): () => void {
  const file = join(settings.dataDir, 'server.json')
  mkdirSync(settings.dataDir, { recursive: true })
  rmSync(file, { force: true })
  writeFileSync(file, JSON.stringify({ ...local, pid: process.pid }), { mode: 0o600 })
  return () => rmSync(file, { force: true })
}

async function keepHouse(
  store: Store,
  worker: { evict(): Promise<unknown> } | undefined,
  log: Log,
  now: () => Date,
): Promise<void> {
  try {
    await store.maintain(now().toISOString())
    await worker?.evict()
  } catch (thrown) {
    log({ cause: String(thrown) }, 'maintenance failed; it is tried again in an hour')
  }
}
