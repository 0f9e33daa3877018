// From GitHub's code to an App on watch: taken out, kept or shown, taken up without a restart, and its test delivery looked for.
import type { DeliveryAttempt, Host } from '../domain/host.ts'
import { asEnvironment, type MadeApp } from '../domain/made-app.ts'
import { asProblem, Problem } from '../domain/problem.ts'
import { makeApp } from '../github/index.ts'
import type { Log } from '../log.ts'
import type { Settings } from '../settings.ts'
import { keepApp } from '../stored-app.ts'
import type { SetUpPorts } from '../web/index.ts'
import { readAppFile } from './app-file.ts'

type Taken = Pick<Host, 'attempts' | 'deliverAgain'>

interface Wires {
  log: Log
  now: () => Date
  /** Shows a line in the terminal. */
  say: (line: string) => void
  /** Starts what an App needs, and answers its deliveries from then on. */
  takeUp: (settings: Settings) => Promise<Taken>
}

/** Milliseconds in which a delivery usually comes; afterwards the page says what may stand in the way. */
const soon = 8_000
/** Milliseconds before the App was taken up in which GitHub may have tried already. */
const before = 3_600_000
/** Milliseconds between two readings of GitHub's list. */
const readEvery = 2_000

/** What the pages of set-up need, and `heard`, which is to be told of each delivery that was verified. */
export function openSetUpPorts(settings: Settings, wires: Wires): SetUpPorts & { heard(name: string): void } {
  const { log, now } = wires
  const keyless = settings.anthropic.apiKey === undefined
  let taken: { app: MadeApp; host: Taken; since: number } | undefined
  let received: { name: string; at: string } | undefined
  let last: { read: number; tried: DeliveryAttempt | undefined; problem: string | undefined } | undefined
  let askedAgain = false
  let told = 0

  async function newest(host: Taken, since: number): Promise<DeliveryAttempt | undefined> {
    const { attempts } = await host.attempts(new Date(since - before).toISOString())
    return attempts[0]
  }

  async function look(host: Taken, since: number) {
    const read = now().getTime()
    if (last && read - last.read < readEvery) return last
    try {
      const tried = await newest(host, since)
      // It came while there was no secret yet to hold it against.
      if (tried && tried.status !== 202 && Date.parse(tried.at) < since + 1_000 && !askedAgain) {
        askedAgain = true
        await host.deliverAgain(tried.id)
      }
      last = { read, tried, problem: undefined }
    } catch (thrown) {
      last = { read, tried: undefined, problem: asProblem(thrown).message }
    }
    return last
  }

  return {
    github: settings.github.webUrl,
    publicUrl: settings.publicUrl ?? '',
    host: settings.host,
    file: readAppFile(),
    tell: code =>
      wires.say(
        told++ === 0
          ? `Set-up code, good once: ${code}`
          : `That code was entered; the browser that did so goes on. Set-up code for another browser: ${code}`,
      ),
    now,
    log,
    heard(name) {
      received ??= { name, at: now().toISOString() }
    },
    async make(code, { publicUrl, keep }) {
      const app = await makeApp({ apiUrl: settings.github.apiUrl, code })
      const shown = keep === 'environment' || !kept(settings, app, publicUrl, log)
      const lines = Object.entries(asEnvironment(app, publicUrl)).map(([name, value]) => `${name}=${value}`)
      const environment = shown ? lines.join('\n') : undefined
      try {
        const since = now().getTime()
        taken = { app, host: await wires.takeUp(withApp(settings, app, publicUrl)), since }
      } catch (thrown) {
        const { message, cause } = asProblem(thrown)
        log(
          { app: app.id, kept: !shown, cause: String(cause) },
          `The GitHub App was made, but not taken up: ${message}`,
        )
        return { environment, trouble: message }
      }
      log(
        { app: app.id, kept: !shown },
        `The GitHub App ${app.name} was made and taken up; set-up is closed. Install it: ${installAt(app)}`,
      )
      return { environment }
    },
    async delivered() {
      if (!taken) throw new Problem('conflict', 'No App was made yet.')
      const { app, host, since } = taken
      const seen = received ? undefined : await look(host, since)
      const { tried, problem } = seen ?? {}
      // A 503 may be our own, from before: that one is asked for again at once.
      const failed = tried !== undefined && tried.status !== 503 && !(tried.status >= 200 && tried.status < 300)
      const late = failed || now().getTime() - since > soon
      const { name } = app
      return { app: { name, install: installAt(app) }, received, tried, problem, late, keyless }
    },
    async deliverAgain() {
      const tried = taken && (await newest(taken.host, taken.since))
      if (tried) await taken?.host.deliverAgain(tried.id)
    },
  }
}

const installAt = ({ page }: MadeApp) => `${page}/installations/new`

/** False where nothing can be written: what GitHub gives only once is shown then, rather than lost. */
function kept(settings: Settings, app: MadeApp, publicUrl: string, log: Log): boolean {
  try {
    keepApp(settings.dataDir, app, publicUrl, settings.github.webUrl)
    return true
  } catch (thrown) {
    const problem = asProblem(thrown)
    if (problem.code === 'conflict') throw problem
    log({ cause: String(problem.cause) }, `${problem.message} The App's key and secrets are shown instead.`)
    return false
  }
}

function withApp(settings: Settings, app: MadeApp, publicUrl: string): Settings {
  const { clientId, clientSecret } = app
  return {
    ...settings,
    app: { appId: String(app.id), privateKey: app.privateKey, webhookSecrets: [app.webhookSecret] },
    oauth: settings.oauth ?? { clientId, clientSecret },
    publicUrl,
  }
}
