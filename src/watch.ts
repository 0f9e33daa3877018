// What runs once there is an App: GitHub, the worker, the clock, and the look for deliveries that never came.
import { randomUUID } from 'node:crypto'
import { promptsVersion, readBuiltIns, readPatterns, readVersion, readWords } from './builtins.ts'
import { connectClaude, loadPrices, readFile } from './claude/index.ts'
import { type Clock, startClock } from './clock/index.ts'
import type { DispatchPorts } from './dispatch.ts'
import type { Heard } from './domain/heard.ts'
import { Problem } from './domain/problem.ts'
import type { Store } from './domain/store.ts'
import { connectRenewably, inBackground, type RenewableHost } from './github/index.ts'
import type { Log } from './log.ts'
import { decideDue, readCommand } from './routines/index.ts'
import { lookForSchedules } from './runs/configuration/schedules.ts'
import type { Timing } from './runs/requests/arrange.ts'
import { saidOnce } from './runs/said-once.ts'
import { watchDeliveries } from './runs/waiting/watch-deliveries.ts'
import { hideSecrets, openParsing, openScanners } from './scanners/index.ts'
import type { Settings } from './settings.ts'
import { startWorker } from './worker.ts'
import { openWorkspaces } from './workspace/index.ts'

export interface WatchOptions {
  /** Tests and the demo shorten the quiet after a push, and the waits between writes and before another try. */
  timing?: Timing
  waitScale?: number
  /** Milliseconds between two updates of a check. */
  progressEvery?: number
}

export interface Watch {
  appId: string | undefined
  ports: DispatchPorts
  host: RenewableHost
  worker: { evict(): Promise<unknown> }
  clock: Clock | undefined
  /** Once this process can take what it asks for. */
  lookForMissed(): void
  /** Takes no more and waits for what runs, up to `graceMs`; a second call is the first one's. */
  stop(graceMs: number): Promise<void>
}

export async function goOnWatch(
  settings: Settings,
  options: WatchOptions,
  { store, now, log, heard }: { store: Store; now: () => Date; log: Log; heard?: Heard | undefined },
): Promise<Watch> {
  // From the first stop on nobody waits for what GitHub was asked in the background.
  const leaving = new AbortController()
  const connected = await inBackground(leaving.signal, () => connectHost(settings, options, log, heard))
  const host = saidOnce(connected.host, store)
  const timing = options.timing ?? { quiet: settings.quietSeconds * 1000, quietAtMost: settings.quietSeconds * 6000 }
  const leastInterval = settings.minIntervalMinutes
  const ports = { store, host, builtIn: readBuiltIns(), now, newId: randomUUID, timing, leastInterval, log }
  const worker = await startWork(settings, options, ports, heard)
  // A web process dispatches; what the clock starts is for those that have workers.
  const clock = settings.role === 'web' ? undefined : wind(ports, settings, leaving.signal)
  let missed: { stop(): Promise<void> } | undefined
  let stopping: Promise<void> | undefined
  const end = async (graceMs: number) => {
    leaving.abort()
    await Promise.all([missed?.stop(), clock?.stop(), worker.stop(graceMs)])
  }
  return {
    appId: settings.app?.appId,
    ports,
    host: connected,
    worker,
    clock,
    lookForMissed() {
      missed ??= inBackground(leaving.signal, () => watchDeliveries(ports, options.waitScale))
    },
    stop: graceMs => (stopping ??= end(graceMs)),
  }
}

async function connectHost(
  settings: Settings,
  options: WatchOptions,
  log: Log,
  heard: Heard | undefined,
): Promise<RenewableHost> {
  const { app, github } = settings
  if (!app) throw new Problem('bad_configuration', 'No GitHub App is configured.')
  return connectRenewably({
    ...app,
    apiUrl: github.apiUrl,
    webUrl: github.webUrl,
    names: ['watchbill'],
    readCommand,
    log,
    heard: heard?.github,
    waitScale: options.waitScale,
  })
}

async function startWork(settings: Settings, options: WatchOptions, ports: DispatchPorts, heard: Heard | undefined) {
  const { log } = ports
  const prices = loadPrices(settings.prices)
  const claude = connectClaude({
    apiKey: settings.anthropic.apiKey,
    baseURL: settings.anthropic.baseURL,
    models: settings.models,
    prices,
    log: (sentence, facts) => log(facts ?? {}, sentence),
    heard: heard?.model,
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

function wind(ports: DispatchPorts, { budget, minIntervalMinutes }: Settings, leaving: AbortSignal): Clock {
  const { store, now, log } = ports
  const look = () => inBackground(leaving, () => lookForSchedules(ports, leaving))
  const { schedules, signs } = store
  return startClock({ schedules, signs, decide: decideDue(budget, minIntervalMinutes), look, now, log })
}
