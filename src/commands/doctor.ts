// `watchbill doctor`: the health of the installation, line by line, each fine or with what to do.
import { z } from 'zod'
import { loadPrices } from '../claude/index.ts'
import type { Host, RepositoryFile } from '../domain/host.ts'
import { asProblem } from '../domain/problem.ts'
import type { Store } from '../domain/store.ts'
import { missingGrants, usefulGrants } from '../routines/index.ts'
import { readConfiguration } from '../runs/configuration/configuration.ts'
import { staleRoutines } from '../runs/configuration/stale.ts'
import { overdue } from '../runs/waiting/overdue.ts'
import type { Settings } from '../settings.ts'
import { examineDeliveries } from './doctor-deliveries.ts'
import { examineGitHub } from './doctor-github.ts'
import { type Line, ok, unknown, wrong } from './doctor-line.ts'
import { examineOutside } from './doctor-outside.ts'
import { examineTools } from './doctor-tools.ts'
import { findRepository, readInput } from './input.ts'
import { plain, strong } from './print.ts'

export type { Line } from './doctor-line.ts'

interface DoctorPorts {
  store: Store
  now: () => Date
  /** Absent where no App is configured. */
  host?: Host
  builtIn?: RepositoryFile[]
  /** Of the server that answers: what it was started with, which the terminal's environment need not know. */
  settings?: Settings
}

/** What the settings alone tell. Without an app or the model's key nothing is reviewed, so that counts as wrong. */
export function examineSettings(settings: Settings, prices: object = loadPrices(settings.prices)): Line[] {
  const { app, anthropic, models, publicUrl } = settings
  const unpriced = Object.values(models).filter(model => !Object.hasOwn(prices, model))
  return [
    app
      ? ok('GitHub App', `app ${app.appId}`)
      : wrong(
          'GitHub App',
          'none is configured, so nothing is reviewed: start the server and create one in the browser, or set APP_ID, PRIVATE_KEY_PATH and WEBHOOK_SECRET.',
        ),
    anthropic.apiKey
      ? ok('model', `a key is set; ${Object.values(models).join(', ')}`)
      : wrong('model', 'ANTHROPIC_API_KEY is not set, so every run ends saying so: set it to a key of the model.'),
    unpriced.length === 0
      ? ok('prices', 'each model has one')
      : wrong('prices', `${unpriced.join(', ')} has none: correct WATCHBILL_MODEL_…, or give it in WATCHBILL_PRICES.`),
    publicUrl
      ? ok('public address', publicUrl)
      : unknown(
          'public address',
          'PUBLIC_URL is not set: behind a proxy, answers of the API carry no addresses of runs.',
        ),
  ]
}

/** What can be told without the store. */
export async function examineHere(settings: Settings): Promise<Line[]> {
  const [tools, outside] = await Promise.all([examineTools(settings), examineOutside(settings)])
  return [...examineSettings(settings), ...tools, ...outside]
}

/** What the store tells, and GitHub where it knows the App. */
export async function examine(ports: DoctorPorts, input: unknown): Promise<Line[]> {
  const { repo } = readInput(z.object({ repo: z.string().optional() }), input)
  const { store, now } = ports
  await store.ping()
  const late = await overdue(store, now())
  const dead = (await store.deadLetters()).filter(one => Date.parse(one.at) > now().getTime() - 86_400_000)
  const broken = await store.audit.verify()
  const waiting = (await store.queueDepth()).filter(({ oldestSeconds }) => oldestSeconds > 120)
  const { settings, host } = ports
  const github = settings && host ? await examineGitHub(host, settings.publicUrl) : undefined
  return [
    ...(settings ? await examineHere(settings) : []),
    ...(github?.lines ?? []),
    ok('database', `${store.engine} answers`),
    waiting.length === 0
      ? ok('queue', 'nothing waits longer than two minutes')
      : wrong(
          'queue',
          `${waiting.map(one => `${one.queue}: ${one.waiting} jobs, the oldest for ${Math.round(one.oldestSeconds)} s`).join('; ')}; see that a worker runs and has places free.`,
        ),
    ...(await examineDeliveries(store, now(), github?.installations)),
    late.length === 0
      ? ok('expected starts', 'all that was due has started')
      : wrong(
          'expected starts',
          late
            .slice(0, 10)
            .map(one => one.because)
            .join('\n') + (late.length > 10 ? `\nand ${late.length - 10} more` : ''),
        ),
    dead.length === 0
      ? ok('given up', 'nothing in the last day')
      : wrong(
          'given up',
          dead
            .slice(0, 10)
            .map(one => `${one.queue} ${JSON.stringify(one.data)}: ${one.because}`)
            .join('\n'),
        ),
    broken === undefined
      ? ok('audit', 'its chain is whole')
      : wrong('audit', `row ${broken} was changed or is missing.`),
    ...(await examineRoutines(ports, repo)),
  ]
}

/** Repositories whose routines are looked at when none is named: those seen last. */
const repositoriesAtMost = 50

async function examineRoutines(ports: DoctorPorts, repo: string | undefined): Promise<Line[]> {
  const { store, host, builtIn } = ports
  if (!host || !builtIn) return [unknown('routines', 'GitHub can be asked about them once an App is configured.')]
  const all = repo ? [await findRepository(store, repo)] : await store.repositories.list(repositoriesAtMost)
  if (all.length === 0) return [unknown('routines', 'no delivery has come from a repository yet.')]
  const lines: Line[] = []
  for (const repository of all) {
    const about = `routines of ${repository.owner}/${repository.name}`
    try {
      const { routines, problems } = await readConfiguration({ host, builtIn }, repository)
      const granted = await host.granted(repository)
      const stale = await staleRoutines({ host, now: ports.now }, repository, routines)
      const faults = [
        ...problems.map(({ file, line, message }) => `${file}${line ? `:${line}` : ''} ${message}`),
        ...routines.flatMap(routine => missingGrants(routine, granted)),
        ...stale.filter(({ certain }) => certain).map(({ because }) => because),
      ]
      const asides = [
        ...stale.filter(({ certain }) => !certain).map(({ because }) => because),
        ...routines.flatMap(routine => usefulGrants(routine, granted)),
      ]
      if (faults.length > 0) lines.push(wrong(about, faults.join('\n')))
      if (asides.length > 0) lines.push(unknown(about, asides.join('\n')))
      if (faults.length + asides.length === 0) lines.push(ok(about, `${routines.length} are right`))
    } catch (thrown) {
      lines.push(unknown(about, `they could not be read: ${asProblem(thrown).message}`))
    }
  }
  return lines
}

/** The line for a store that could not be asked; none is there before the first start. */
export function unreached(thrown: unknown): Line[] {
  const { code, message } = asProblem(thrown)
  return [code === 'not_found' ? unknown('database', message) : wrong('database', message)]
}

/** Exit 1 when a line is wrong. */
export function exitOfDoctor(lines: Line[]): number {
  return lines.some(({ state }) => state === 'wrong') ? 1 : 0
}

const words = { ok: 'ok', wrong: 'WRONG', unknown: '-' }

export function showDoctor(lines: Line[]): string {
  const wide = Math.max(...lines.map(({ about }) => about.length))
  const shown = lines.map(({ about, state, says }) => {
    const [first, ...rest] = says.split('\n').map(plain)
    const head = `${words[state].padEnd(5)}  ${plain(about).padEnd(wide)}  ${first}`
    return [state === 'wrong' ? strong(head) : head, ...rest.map(one => `${' '.repeat(wide + 9)}${one}`)].join('\n')
  })
  const faults = lines.filter(({ state }) => state === 'wrong').length
  const open = lines.filter(({ state }) => state === 'unknown').length
  if (faults === 0 && open > 0)
    shown.push(
      `Nothing is wrong; ${open} ${open === 1 ? 'line is' : 'lines are'} not set up, or could not be told from here.`,
    )
  else shown.push(faults === 0 ? 'All is well.' : `${faults} ${faults === 1 ? 'line is' : 'lines are'} wrong.`)
  return shown.join('\n')
}
