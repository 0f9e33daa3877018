// A simulated GitHub for tests, the demo and benchmarks: real HTTP, real git, GitHub's own schemas and refusals.
import { EventEmitter } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { keepTokens } from './access.ts'
import { newApp, usualEvents, usualPermissions } from './app.ts'
import { type Attempt, type DeliverOptions, type Delivery, keepPost } from './deliveries.ts'
import { type Faults, keepFaults } from './faults.ts'
import { type Installing, installing } from './installing.ts'
import { createRepository, type NewRepository } from './new-repository.ts'
import type { SimulatedRepository } from './repository.ts'
import { listen, type RecordedRequest } from './server.ts'
import { installationShape, repositoryBrief, userShape } from './shapes.ts'
import { lastEvents, waitFor } from './waiting.ts'
import { type App, botOf, type Json, type Level, type User, userNamed, type World } from './world.ts'

export type { Delivery } from './deliveries.ts'
export type { FaultKind } from './faults.ts'
export type { SimulatedPull, SimulatedRepository } from './repository.ts'
export type { RecordedRequest } from './server.ts'
export type { CheckRun, Review, ReviewComment } from './world.ts'

export interface GitHubOptions {
  permissions?: Record<string, Level>
  webhookSecret?: string
  appSlug?: string
  /** what the App is subscribed to */
  events?: string[]
}

export interface GitHubSimulator extends AsyncDisposable, Installing {
  url: string
  /** for GHE_HOST, with GHE_PROTOCOL=http */
  host: string
  app: Pick<
    App,
    'id' | 'slug' | 'privateKey' | 'publicKey' | 'furtherKeys' | 'clientId' | 'clientSecret' | 'webhookSecret'
  >
  /** the product's variables for this GitHub and this App */
  environment(): Record<string, string>
  /** where signed deliveries go; undefined: they are kept in `deliveries` and sent to nobody */
  deliverTo(url: string | undefined): void
  deliveries: Delivery[]
  /** every attempt at a delivery, as GitHub lists them to the App; the oldest first */
  attempts: Attempt[]
  /** which answers to deliveries are lost on their way; settable */
  loses: (delivery: Delivery) => boolean
  /** sends any payload at once, and resolves to the answer */
  deliver(
    event: string,
    payload: object,
    options?: DeliverOptions,
  ): Promise<{ status: number; body: string; id: string }>
  /** sends a delivery once more under its id, as the button on GitHub does */
  redeliver(delivery: Delivery): Promise<{ status: number; body: string; id: string }>
  createUser(login: string, options?: { type?: User['type'] }): User
  createRepository(options: NewRepository): Promise<SimulatedRepository>
  /** Teams by `organisation/slug`; taken away again by `delete`. */
  teams: Map<string, number>
  /** changes what the installations of this account may do from now on; their tokens end */
  setPermissions(account: string, permissions: Record<string, Level>): void
  suspend(account: string): void
  uninstall(account: string): void
  /** a token of a person, as sign-in gives it */
  userToken(login: string): string
  revokeTokens(): void
  faults: Faults
  requests: RecordedRequest[]
  /** every request GitHub would have refused by schema or permission */
  refusals: string[]
  /** the clock of tokens, deliveries and commits; settable */
  now: () => Date
  settled(): Promise<void>
  /** `review` brings { review, comments, pull, repository }, `comment` { comment, issue, repository }, `check_run` { run, repository } */
  on(event: SimulatorEvent, listener: (value: Json) => void): GitHubSimulator
  once(event: SimulatorEvent, listener: (value: Json) => void): GitHubSimulator
  off(event: SimulatorEvent, listener: (value: Json) => void): GitHubSimulator
  /** resolves to the first truthy answer, asked again at each event; rejects after `timeoutMs` (10 s) */
  waitFor<T>(
    predicate: (simulator: GitHubSimulator) => T,
    timeoutMs?: number,
  ): Promise<Exclude<T, false | undefined | null>>
}

type SimulatorEvent = 'request' | 'review' | 'check_run' | 'comment' | 'reaction' | 'delivery'

export async function startGitHub(options: GitHubOptions = {}): Promise<GitHubSimulator> {
  const directory = await mkdtemp(join(tmpdir(), 'simulated-github-'))
  const emitter = new EventEmitter()
  emitter.setMaxListeners(0)
  const permissions = options.permissions ?? usualPermissions
  const world: World = {
    url: '',
    directory,
    now: () => new Date(),
    nextId: counter(),
    app: newApp(options),
    events: options.events ?? usualEvents,
    users: new Map(),
    repositories: [],
    oldNames: new Map(),
    teams: new Map(),
    installations: [],
    refusals: [],
    failures: [],
    deliver: (event, payload) => post.queue(event, payload),
    emit(event, value) {
      emitter.emit(event, value)
      emitter.emit('anything')
    },
  }
  world.users.set(world.app.owner.login, world.app.owner)
  botOf(world) // GitHub makes the bot's account with the App
  const post = keepPost(world, () => world.app.webhookSecret)
  const parts = { world, post, tokens: keepTokens(world), faults: keepFaults(), requests: [] as RecordedRequest[] }
  const { server, port } = await listen(parts)
  world.url = `http://127.0.0.1:${port}`

  const simulator: GitHubSimulator = {
    url: world.url,
    host: `127.0.0.1:${port}`,
    app: world.app,
    environment: () => ({
      APP_ID: String(world.app.id),
      PRIVATE_KEY: world.app.privateKey,
      WEBHOOK_SECRET: world.app.webhookSecret,
      GITHUB_CLIENT_ID: world.app.clientId,
      GITHUB_CLIENT_SECRET: world.app.clientSecret,
      GHE_HOST: `127.0.0.1:${port}`,
      GHE_PROTOCOL: 'http',
    }),
    deliverTo(url) {
      post.target = url
    },
    deliveries: post.deliveries,
    attempts: post.attempts,
    get loses() {
      return post.loses
    },
    set loses(decide) {
      post.loses = decide
    },
    deliver: (event, payload, sending) => post.send(event, payload, sending),
    redeliver: delivery => post.send(delivery.event, delivery.payload, { id: delivery.id }),
    createUser: (login, { type } = {}) => userNamed(world, login, type),
    createRepository: wanted => createRepository(world, permissions, wanted),
    teams: world.teams,
    setPermissions(account, granted) {
      const installation = installationOf(world, account)
      installation.permissions = granted
      parts.tokens.revokeAll()
      tell('new_permissions_accepted', account)
    },
    suspend(account) {
      installationOf(world, account).suspended = true
      tell('suspend', account)
    },
    uninstall(account) {
      const installation = installationOf(world, account)
      tell('deleted', account)
      parts.tokens.revokeAll()
      world.installations.splice(world.installations.indexOf(installation), 1)
      for (const repository of world.repositories)
        if (repository.installation === installation) repository.installation = undefined
    },
    ...installing(world),
    userToken: login => parts.tokens.mintFor(userNamed(world, login)),
    revokeTokens: () => parts.tokens.revokeAll(),
    faults: parts.faults,
    requests: parts.requests,
    refusals: world.refusals,
    get now() {
      return world.now
    },
    set now(clock) {
      world.now = clock
    },
    settled: post.settled,
    on: (event, listener) => listening(emitter.on(event, listener)),
    once: (event, listener) => listening(emitter.once(event, listener)),
    off: (event, listener) => listening(emitter.off(event, listener)),
    waitFor: (predicate, timeoutMs = 10_000) =>
      waitFor(
        emitter,
        () => predicate(simulator),
        timeoutMs,
        () => lastEvents(simulator),
      ),
    async [Symbol.asyncDispose]() {
      post.stop()
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
      await post.settled()
      await rm(directory, { recursive: true, force: true, maxRetries: 3 })
      if (world.failures.length > 0) throw new Error(`the simulated GitHub was at fault:\n${world.failures.join('\n')}`)
    },
  }
  return simulator

  function listening(_: EventEmitter) {
    return simulator
  }

  function tell(action: string, account: string) {
    const installation = installationOf(world, account)
    const repositories = world.repositories.filter(known => known.installation === installation).map(repositoryBrief)
    const about = {
      installation: installationShape(world, installation),
      sender: userShape(world, installation.account),
    }
    world.deliver('installation', { action, repositories, ...about })
  }
}

function counter(): () => number {
  let last = 1_000_000
  return () => {
    last += 1
    return last
  }
}

function installationOf(world: World, account: string) {
  const installation = world.installations.find(known => known.account.login.toLowerCase() === account.toLowerCase())
  if (!installation) throw new Error(`the App is not installed on ${account}`)
  return installation
}
