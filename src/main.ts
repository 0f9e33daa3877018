// Composition root: settings → store → what an App needs (watch.ts) → web; stops them in reverse.
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from './clock/index.ts'
import { answers } from './commands/answers.ts'
import { examineInShort, openInShort } from './commands/doctor-in-short.ts'
import { useProxy } from './commands/proxy.ts'
import { openSetUpPorts } from './commands/set-up.ts'
import { type DispatchPorts, dispatchNow } from './dispatch.ts'
import type { Host } from './domain/host.ts'
import { Problem } from './domain/problem.ts'
import type { Store } from './domain/store.ts'
import { type Log, openLog } from './log.ts'
import { withoutSecrets } from './publish/index.ts'
import { overdue, watchOverdue } from './runs/waiting/overdue.ts'
import type { Settings } from './settings.ts'
import { openStore } from './store/index.ts'
import { goOnWatch, type WatchOptions } from './watch.ts'
import { openSetUp, type SetUp, startWeb, type WebOptions } from './web/index.ts'

export interface Running extends AsyncDisposable {
  url: string
  store: Store
  /** The App's key and secrets, as they are now, without a restart. Problem `conflict` for those of another App. */
  renew(app: Settings['app']): Promise<void>
  /** Says on /readyz that it goes, takes no more, waits for what runs up to `graceMs`, hands the rest back, closes. */
  stop(graceMs?: number): Promise<void>
}

export interface ServeOptions extends WatchOptions {
  /** What stands between the program and its store; crash tests end the process after a chosen write. */
  wrapStore?: (store: Store) => Store
  /** Where lines go instead of standard output. */
  log?: Log
  /** Where the code of set-up is shown. */
  say?: (line: string) => void
}

/** Milliseconds to the first round of vacuum, retention and eviction (a server that is restarted often keeps house too), and between two. */
const maintainFirst = 300_000
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
  const say = options.say ?? (line => log({}, line))
  const stack = new AsyncDisposableStack()
  try {
    const now = () => new Date()
    const { databaseUrl, dataDir } = settings
    const retryAfterSeconds = retryAfter.map(seconds => seconds * (options.waitScale ?? 1))
    const opened = stack.use(await openStore({ databaseUrl, dataDir, retryAfterSeconds, log }))
    const store = options.wrapStore?.(opened) ?? opened
    // What an App needs; set-up brings it later.
    let watch = settings.app && (await goOnWatch(settings, options, { store, now, log, heard: metrics?.heard }))
    // A start that fails later leaves no worker behind that would keep the process.
    stack.defer(() => watch?.stop(0))
    const token = randomBytes(32).toString('base64url')
    const setUp =
      settings.app || settings.role !== 'all' ? undefined : openSetUpPorts(settings, { log, now, say, takeUp })
    const pages = setUp && openSetUp(setUp)
    const answering = (settings: Settings) =>
      webOptions(settings, { store, dispatching: watch?.ports, log, clock: watch?.clock, token, setUp, pages })
    const web = settings.role === 'worker' ? undefined : await startWeb(answering(settings))
    if (web) stack.defer(() => web.stop())
    if (web) stack.defer(announce(settings, { url: `http://127.0.0.1:${web.port}`, token }))
    const maintain = () => void keepHouse(store, watch?.worker, log, now)
    const timers = [setTimeout(maintain, maintainFirst), setInterval(maintain, maintainEvery)]
    stack.defer(() => timers.forEach(clearInterval))
    // Once this process can take what it asks for.
    if (web) watch?.lookForMissed()
    async function takeUp(made: Settings): Promise<Host> {
      watch = await goOnWatch(made, options, { store, now, log, heard: metrics?.heard })
      web?.become(answering(made))
      watch.lookForMissed()
      return watch.host.host
    }
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
      await Promise.all([watch?.stop(graceMs), web && sleep(settings.drainSeconds * 1000)])
      await stack.disposeAsync()
    }
    log(
      { role: settings.role, engine: store.engine, url: web?.url, app: settings.app?.appId },
      watch ? 'Watchbill is on watch.' : 'No GitHub App is configured: set-up mode.',
    )
    const renew = async (app: Settings['app']) => {
      if (!app || !watch || app.appId !== watch.appId)
        throw new Problem(
          'conflict',
          'Only the keys of the App that the server was started with can be renewed; restart it.',
        )
      await watch.host.renew(app)
      log({ app: app.appId, secrets: app.webhookSecrets.length }, "The App's key and secrets were read anew.")
    }
    return { url: web?.url ?? '', store, renew, stop, [Symbol.asyncDispose]: () => stop() }
  } catch (thrown) {
    await stack.disposeAsync()
    throw thrown
  }
}

interface Answering {
  store: Store
  dispatching: DispatchPorts | undefined
  log: Log
  clock: Clock | undefined
  token: string
  setUp: { heard(name: string): void } | undefined
  pages: SetUp | undefined
}

function webOptions(settings: Settings, given: Answering): WebOptions {
  const { store, dispatching, log, clock, token, setUp, pages } = given
  const now = () => new Date()
  const { host, builtIn } = dispatching ?? {}
  const ports = { store, now, newId: randomUUID, ...(host && { host }), ...(builtIn && { builtIn }), settings }
  const commands = Object.fromEntries(
    Object.entries(answers).map(([verb, answer]) => [verb, (input: unknown) => answer(ports, input)]),
  )
  return {
    port: settings.port,
    host: settings.host,
    setUp: pages,
    store,
    health: {
      ready: {
        database: () => store.ping(),
        queue: async () => void (await store.queueDepth()),
        ...(clock && { clock: async () => clock.alive() }),
      },
      notes: openInShort(() => examineInShort(store, settings, now())),
    },
    local: { token, commands },
    webhooks: dispatching && { host: dispatching.host, deliveries: heard(store.deliveries, setUp), now, log },
    api: dispatching && {
      ...ports,
      publicUrl: settings.publicUrl,
      log,
      dispatchNow: event => dispatchNow(dispatching, event),
      clean: withoutSecrets,
    },
  }
}

/** Set-up ends with a delivery that was verified and stored. */
function heard(deliveries: Store['deliveries'], setUp: Answering['setUp']): Store['deliveries'] {
  if (!setUp) return deliveries
  const accept: typeof deliveries.accept = async delivery => {
    const stored = await deliveries.accept(delivery)
    setUp.heard(delivery.name)
    return stored
  }
  return { ...deliveries, accept }
}

/** Tells the commands of this machine where the server is that holds the embedded database; returns what takes it back. */
function announce(settings: Settings, local: { url: string; token: string }): () => void {
  const file = join(settings.dataDir, 'server.json')
  mkdirSync(settings.dataDir, { recursive: true, mode: 0o700 })
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
