// The HTTP server: routes put together, started and stopped.
import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { asProblem } from '../domain/problem.ts'
import type { Store } from '../domain/store.ts'
import { problemBody } from './answer.ts'
import { type FirePorts, fireRoute } from './fire.ts'
import { type HealthPorts, health } from './health.ts'
import { listen } from './listen.ts'
import { type LocalPorts, localCommands } from './local.ts'
import { otherMethods, withoutApp } from './methods.ts'
import { runPages } from './pages.ts'
import { type RunApiPorts, runRoutes } from './runs.ts'
import { installed, type SetUp } from './set-up/index.ts'
import { type WebhookPorts, webhooks } from './webhooks.ts'

export { openSetUp, type SetUp, type SetUpPorts } from './set-up/index.ts'

export interface WebOptions {
  port: number
  host: string
  /** Where the server was started without an app, also once it has one. */
  setUp: SetUp | undefined
  store: Store
  health: HealthPorts
  local: LocalPorts
  /** The API for programs. */
  api?: (FirePorts & RunApiPorts) | undefined
  /** Absent: no app is configured, and the server can only be set up. */
  webhooks: WebhookPorts | undefined
}

export interface Web {
  url: string
  port: number
  /** Says from now on that this process goes, and keeps no connection open after its answer; everything is answered as before. */
  leave(): void
  /** Answers as these options say from now on; it listens where it did. */
  become(options: WebOptions): void
  stop(): Promise<void>
}

/** Problems: `conflict` when the port is taken. */
export async function startWeb(options: WebOptions): Promise<Web> {
  let leaving = false
  let app = routes(options, () => leaving)
  const server = createServer(
    getRequestListener((...request) => app.fetch(...request), { overrideGlobalObjects: false }),
  )
  server.requestTimeout = 30_000
  const { port } = await listen(server, options.port, options.host)
  return {
    port,
    url: `http://${options.host === '0.0.0.0' || options.host === '::' ? 'localhost' : options.host}:${port}`,
    become(next) {
      app = routes(next, () => leaving)
    },
    leave() {
      leaving = true
    },
    async stop() {
      leaving = true
      const closed = new Promise<void>(resolve => server.close(() => resolve()))
      server.closeIdleConnections()
      // A slow client does not hold the whole program.
      const insist = setTimeout(() => server.closeAllConnections(), 2_000)
      await closed
      clearTimeout(insist)
    },
  }
}

const notHere =
  'No GitHub App is configured yet, so nothing is reviewed. Set-up in the browser needs the role all: start with WATCHBILL_ROLE=all once, or set APP_ID, PRIVATE_KEY_PATH and WEBHOOK_SECRET for each process.\n'

/** Headers of every answer that does not say otherwise. */
const usual = [
  ['content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"],
  ['x-content-type-options', 'nosniff'],
  ['referrer-policy', 'no-referrer'],
] as const

function routes(options: WebOptions, leaving: () => boolean): Hono {
  const app = new Hono()
  app.use(async (context, next) => {
    await next()
    if (leaving()) context.header('connection', 'close')
    for (const [name, value] of usual) if (!context.res.headers.has(name)) context.header(name, value)
  })
  health(app, { ...options.health, leaving })
  localCommands(app, options.local)
  if (options.webhooks) {
    webhooks(app, options.webhooks)
    runPages(app, options)
    if (options.api) {
      fireRoute(app, options.api)
      runRoutes(app, options.api)
    }
    otherMethods(app)
  } else {
    withoutApp(app)
    if (!options.setUp) app.get('/', context => context.text(notHere))
  }
  options.setUp?.mount(app)
  // GitHub leads people here after each installation, for as long as the App lives.
  if (options.webhooks) installed(app)
  app.notFound(context => {
    const sentence = `Nothing answers ${context.req.method} at this address.`
    return context.req.path.startsWith('/api/')
      ? problemBody(context, { code: 'not_found', message: sentence })
      : context.text(sentence, 404)
  })
  app.onError((error, context) => {
    options.webhooks?.log({ cause: error.stack }, 'a request failed')
    return problemBody(context, asProblem(error))
  })
  return app
}
