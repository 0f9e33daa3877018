// The environment, read once: every problem is reported at once, and no secret is ever printed.
import { createPrivateKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { environmentSchema as schema, secretNames } from './domain/environment.ts'
import { Problem } from './domain/problem.ts'
import type { ModelTier } from './domain/routine.ts'
import { readStoredApp } from './stored-app.ts'

export interface Settings {
  /** Absent: no app is configured, and the server starts in set-up mode. */
  app?: { appId: string; privateKey: string; webhookSecrets: string[] }
  oauth?: { clientId: string; clientSecret: string }
  /** GitHub's addresses; github.com unless GHE_HOST is set. */
  github: { apiUrl: string; webUrl: string; token?: string }
  anthropic: { apiKey?: string; baseURL?: string }
  /** The model behind the API is a rehearsed one, which every text says. */
  rehearsed: boolean
  databaseUrl?: string
  dataDir: string
  /** Ceilings of the whole server, US dollars. */
  budget: { run: number; day: number; month: number }
  models: Record<ModelTier, string>
  /** A file of prices that go before ours. */
  prices?: { path: string; text: string }
  role: 'all' | 'web' | 'worker'
  port: number
  host: string
  publicUrl?: string
  metricsPort?: number
  osvUrl: string
  /** Seconds of quiet after a push before its review starts. */
  quietSeconds: number
  /** Seconds for which a server that is being stopped still takes deliveries and says that it goes. */
  drainSeconds: number
  /** Least minutes between two starts of a routine by a schedule. */
  minIntervalMinutes: number
  logLevel: string
  logFormat: 'json' | 'text'
  /** Proxy and CA variables, as children are given them. */
  proxy: Record<string, string>
}

export type Environment = Record<string, string | undefined>

/** Each secret's value and the variables that name a file with it. */
const sources: Record<string, string[]> = {
  ...Object.fromEntries(secretNames.map(name => [name, [`${name}_FILE`]])),
  PRIVATE_KEY: ['PRIVATE_KEY_FILE', 'PRIVATE_KEY_PATH'],
}
const proxyNames = ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY', 'https_proxy', 'http_proxy', 'no_proxy']
const certificateNames = ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'GIT_SSL_CAINFO', 'GIT_SSL_CAPATH']
/** Below this a secret can be guessed; GitHub suggests a random string of high entropy. */
const shortestSecret = 16

export interface Reading {
  /** What relative paths are relative to. */
  cwd?: string
  readFile?: (path: string) => string
  /** Whether the data directory is trusted without being named: commands run inside repositories that may be hostile. */
  serves?: boolean
}

/** Problem `bad_configuration`, one line a variable, when anything is wrong; no value is ever in it. Empty variables count as not set. */
export function readSettings(environment: Environment = process.env, reading: Reading = {}): Settings {
  const { cwd = process.cwd(), readFile = path => readFileSync(path, 'utf8') } = reading
  const read = (path: string) => readFile(resolve(cwd, path))
  const problems: string[] = []
  const named = withFiles(environment, read, problems)
  const dataDir = resolve(cwd, schema.shape.WATCHBILL_DATA.parse(named.WATCHBILL_DATA))
  const given = named.WATCHBILL_DATA || reading.serves ? withStored(named, dataDir, read, problems) : named
  const parsed = schema.safeParse(given)
  if (!parsed.success)
    for (const issue of parsed.error.issues) problems.push(`${issue.path.join('.')} ${issue.message}`)
  const app = readApp(given, problems)
  const oauth = readOauth(given, problems)
  if (!given.DATABASE_URL && (given.WATCHBILL_ROLE === 'web' || given.WATCHBILL_ROLE === 'worker'))
    problems.push(
      'WATCHBILL_ROLE divides the work over several processes, which needs PostgreSQL; set DATABASE_URL too, or leave the role out',
    )
  const prices = readPrices(given.WATCHBILL_PRICES, read, problems)
  if (!parsed.success || problems.length > 0)
    throw new Problem(
      'bad_configuration',
      ['The settings have problems, so Watchbill refuses to start:', ...new Set(problems)].join('\n  '),
    )
  const env = parsed.data
  return {
    ...(app ? { app } : {}),
    ...(oauth ? { oauth } : {}),
    github: {
      webUrl: webUrlOf(env),
      apiUrl: apiUrlOf(env),
      ...(env.GITHUB_TOKEN ? { token: env.GITHUB_TOKEN } : {}),
    },
    anthropic: {
      ...(env.ANTHROPIC_API_KEY ? { apiKey: env.ANTHROPIC_API_KEY } : {}),
      ...(env.ANTHROPIC_BASE_URL ? { baseURL: env.ANTHROPIC_BASE_URL } : {}),
    },
    rehearsed: env.WATCHBILL_REHEARSED === 'true',
    ...(env.DATABASE_URL ? { databaseUrl: env.DATABASE_URL } : {}),
    dataDir,
    budget: {
      run: env.WATCHBILL_BUDGET_USD_RUN,
      day: env.WATCHBILL_BUDGET_USD_DAY,
      month: env.WATCHBILL_BUDGET_USD_MONTH,
    },
    models: { fast: env.WATCHBILL_MODEL_FAST, standard: env.WATCHBILL_MODEL_STANDARD, deep: env.WATCHBILL_MODEL_DEEP },
    ...(prices ? { prices: { path: resolve(cwd, prices.path), text: prices.text } } : {}),
    role: env.WATCHBILL_ROLE,
    port: env.PORT,
    host: env.HOST,
    ...(env.PUBLIC_URL ? { publicUrl: env.PUBLIC_URL.replace(/\/+$/, '') } : {}),
    ...(env.METRICS_PORT === undefined ? {} : { metricsPort: env.METRICS_PORT }),
    osvUrl: env.OSV_URL,
    quietSeconds: env.WATCHBILL_QUIET_SECONDS,
    drainSeconds: env.WATCHBILL_DRAIN_SECONDS,
    minIntervalMinutes: env.WATCHBILL_MIN_INTERVAL_MINUTES,
    logLevel: env.LOG_LEVEL,
    logFormat: env.LOG_FORMAT ?? (process.stdout.isTTY ? 'text' : 'json'),
    proxy: readProxy(given),
  }
}

/** Minutes, where the environment of this command says so: files can be checked where the server's other settings are not. Problem `bad_configuration` as above. */
export function readLeastInterval(environment: Environment = process.env): number | undefined {
  const name = 'WATCHBILL_MIN_INTERVAL_MINUTES'
  if (!environment[name]?.trim()) return undefined
  const parsed = schema.shape[name].safeParse(environment[name])
  if (parsed.success) return parsed.data
  throw new Problem('bad_configuration', `${name} ${parsed.error.issues[0]?.message}.`)
}

/** The environment with what `.env` in `dir` adds to it; the environment wins. Only `serve` calls this: commands run inside repositories that may be hostile. */
export function loadDotEnv(dir: string, environment: Environment = process.env): Environment {
  let added: Environment
  try {
    added = parseEnv(readFileSync(join(dir, '.env'), 'utf8'))
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return environment
    throw new Problem('bad_configuration', `The file .env in ${dir} can not be read; make it readable or remove it.`, {
      cause: thrown,
    })
  }
  // A secret that the environment gives in one form is not contradicted by another form in the file.
  const siblings = (name: string) =>
    Object.entries(sources)
      .find(entry => entry.flat().includes(name))
      ?.flat() ?? [name]
  const kept = Object.entries(added).filter(([name]) => !siblings(name).some(one => environment[one]))
  return { ...environment, ...Object.fromEntries(kept) }
}

/** Drops empty variables, and reads each secret from the file that is named for it. */
function withFiles(environment: Environment, read: (path: string) => string, problems: string[]): Environment {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value?.trim()))
  for (const [name, files] of Object.entries(sources)) {
    const set = [name, ...files].filter(one => given[one] !== undefined)
    if (set.length > 1) problems.push(`${set.join(' and ')} are both set; keep one of them`)
    const [fileName] = set
    if (!fileName || fileName === name) continue
    try {
      given[name] = read(given[fileName] ?? '').trim()
    } catch {
      problems.push(`${fileName} names a file that can not be read; correct the path or its permissions`)
    }
    if (given[name] === '') problems.push(`${fileName} names an empty file; put the secret into it`)
  }
  return given
}

function readPrices(
  path: string | undefined,
  read: (path: string) => string,
  problems: string[],
): Settings['prices'] | undefined {
  if (!path) return undefined
  try {
    return { path, text: read(path) }
  } catch {
    problems.push('WATCHBILL_PRICES names a file that can not be read; correct the path or its permissions')
    return undefined
  }
}

function readOauth(given: Environment, problems: string[]): Settings['oauth'] {
  const { GITHUB_CLIENT_ID: clientId, GITHUB_CLIENT_SECRET: clientSecret } = given
  if (clientId && clientSecret) return { clientId, clientSecret }
  if (clientId || clientSecret)
    problems.push(
      `GITHUB_CLIENT_${clientId ? 'SECRET' : 'ID'} is not set, though its other half is; sign-in needs both or neither`,
    )
  return undefined
}

const ownNames = ['APP_ID', 'PRIVATE_KEY', 'WEBHOOK_SECRET']
const appNames = [...ownNames, 'WEBHOOK_SECRET_PREVIOUS']

const webUrlOf = ({ GHE_HOST, GHE_PROTOCOL = 'https' }: { GHE_HOST?: string; GHE_PROTOCOL?: string }) =>
  GHE_HOST ? `${GHE_PROTOCOL}://${GHE_HOST}` : 'https://github.com'

/** Subdomains of ghe.com are GitHub's cloud with data residency, whose API has a host of its own: https://docs.github.com/en/enterprise-cloud@latest/admin/data-residency/about-github-enterprise-cloud-with-data-residency#api-access */
function apiUrlOf({ GHE_HOST, GHE_PROTOCOL }: { GHE_HOST?: string | undefined; GHE_PROTOCOL: string }): string {
  if (!GHE_HOST) return 'https://api.github.com'
  const isCloud = /^[\w-]+\.ghe\.com$/i.test(GHE_HOST)
  return isCloud ? `${GHE_PROTOCOL}://api.${GHE_HOST}` : `${GHE_PROTOCOL}://${GHE_HOST}/api/v3`
}

/** With the App that set-up made, unless the environment has one: never a part of each. */
function withStored(
  given: Environment,
  dataDir: string,
  read: (path: string) => string,
  problems: string[],
): Environment {
  if (ownNames.some(name => isNamed(given, name))) return given
  const { variables, problem } = readStoredApp(dataDir, read, webUrlOf(given))
  if (problem) problems.push(problem)
  const { GITHUB_CLIENT_ID, GITHUB_CLIENT_SECRET, ...rest } = variables
  const signIn = ['GITHUB_CLIENT_ID', 'GITHUB_CLIENT_SECRET'].some(name => isNamed(given, name))
  return { ...rest, ...(signIn ? {} : { GITHUB_CLIENT_ID, GITHUB_CLIENT_SECRET }), ...given }
}

const isNamed = (given: Environment, name: string) =>
  [name, ...(sources[name] ?? [])].some(one => given[one] !== undefined)

/** Undefined when none of the app's variables is set. A secret file that was named counts as set, even when it could not be read. */
function readApp(given: Environment, problems: string[]): Settings['app'] {
  const named = (name: string) => isNamed(given, name)
  if (!appNames.some(named)) return undefined
  const though = 'though other settings of the GitHub App are'
  const { APP_ID: appId, PRIVATE_KEY, WEBHOOK_SECRET: secret, WEBHOOK_SECRET_PREVIOUS: previous } = given
  if (!appId) problems.push(`APP_ID is not set, ${though}; it stands at the top of the GitHub App's page`)
  if (!named('PRIVATE_KEY'))
    problems.push(
      `PRIVATE_KEY or PRIVATE_KEY_PATH is not set, ${though}; generate a key on the GitHub App's page and give the file's path`,
    )
  const privateKey = PRIVATE_KEY ? readKey(PRIVATE_KEY) : undefined
  if (PRIVATE_KEY && !privateKey)
    problems.push(
      "PRIVATE_KEY must be a private key in PEM form (as it is, with \\n for line ends, or in base64); generate one on the GitHub App's page",
    )
  if (!named('WEBHOOK_SECRET'))
    problems.push(
      'WEBHOOK_SECRET is not set, and without it anybody could send deliveries; make one with `openssl rand -hex 32` and set it in the GitHub App too',
    )
  for (const [name, value] of Object.entries({ WEBHOOK_SECRET: secret, WEBHOOK_SECRET_PREVIOUS: previous }))
    if (value && isGuessable(value))
      problems.push(
        `${name} is a well-known one or shorter than ${shortestSecret} characters; make one with \`openssl rand -hex 32\` and set it in the GitHub App too`,
      )
  if (!appId || !privateKey || !secret) return undefined
  return { appId, privateKey, webhookSecrets: [secret, previous].filter(one => one !== undefined) }
}

/** "development" is what Probot falls back to: https://probot.github.io/docs/configuration/ */
function isGuessable(secret: string): boolean {
  return secret === 'development' || secret.length < shortestSecret
}

/** A PEM as it is, with `\n` written out, or in base64; undefined when it is no RSA private key, which GitHub's are. */
function readKey(text: string): string | undefined {
  const candidates = [text, text.replaceAll('\\n', '\n'), Buffer.from(text, 'base64').toString('utf8')]
  return candidates.find(candidate => {
    try {
      return createPrivateKey(candidate).asymmetricKeyType === 'rsa'
    } catch {
      return false
    }
  })
}

/** For addresses without TLS git reads the small name alone, as curl does (https://curl.se/docs/manpage.html#ENVIRONMENT). */
function readProxy(given: Environment): Record<string, string> {
  const forGit: Environment = { http_proxy: given.HTTP_PROXY }
  const names = [...proxyNames, ...certificateNames]
  return Object.fromEntries(
    names.flatMap(name => {
      const value = given[name] ?? forGit[name]
      return value ? [[name, value]] : []
    }),
  )
}
