// The environment, read once: every problem is reported at once, and no secret is ever printed.
import { createPrivateKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { z } from 'zod'
import { Problem } from './domain/problem.ts'
import type { ModelTier } from './domain/routine.ts'

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
  logLevel: string
  logFormat: 'json' | 'text'
  /** Proxy and CA variables, as children are given them. */
  proxy: Record<string, string>
}

export type Environment = Record<string, string | undefined>

const secrets = [
  'PRIVATE_KEY',
  'WEBHOOK_SECRET',
  'WEBHOOK_SECRET_PREVIOUS',
  'GITHUB_CLIENT_SECRET',
  'ANTHROPIC_API_KEY',
  'DATABASE_URL',
  'GITHUB_TOKEN',
]
const proxyNames = [
  'HTTPS_PROXY',
  'HTTP_PROXY',
  'NO_PROXY',
  'https_proxy',
  'http_proxy',
  'no_proxy',
  'NODE_EXTRA_CA_CERTS',
]
/** Below this a secret can be guessed; GitHub suggests a random string of high entropy. */
const shortestSecret = 16

const money = (fallback: number) =>
  z.coerce.number('must be a number of US dollars').positive('must be more than 0').default(fallback)
const url = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' })
const port = z.coerce
  .number('must be a port number')
  .int('must be a port number')
  .min(0, 'must be a port number')
  .max(65535, 'must be a port number')

const schema = z.object({
  APP_ID: z.string().regex(/^\d+$/, 'must be the number of the GitHub App').optional(),
  GITHUB_CLIENT_ID: z.string().optional(),
  GITHUB_CLIENT_SECRET: z.string().optional(),
  GHE_HOST: z
    .string()
    .regex(/^[\w.-]+(:\d+)?$/, 'must be a host name without a protocol')
    .optional(),
  GHE_PROTOCOL: z.enum(['https', 'http'], 'must be https or http').default('https'),
  ANTHROPIC_API_KEY: z.string().optional(),
  ANTHROPIC_BASE_URL: url.optional(),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must begin with postgres://')
    .optional(),
  WATCHBILL_DATA: z.string().default('.watchbill'),
  WATCHBILL_BUDGET_USD_RUN: money(5),
  WATCHBILL_BUDGET_USD_DAY: money(25),
  WATCHBILL_BUDGET_USD_MONTH: money(200),
  WATCHBILL_MODEL_FAST: z.string().default('claude-haiku-5-5'),
  WATCHBILL_MODEL_STANDARD: z.string().default('claude-sonnet-5-5'),
  WATCHBILL_MODEL_DEEP: z.string().default('claude-opus-5-5'),
  WATCHBILL_PRICES: z.string().optional(),
  WATCHBILL_ROLE: z.enum(['all', 'web', 'worker'], 'must be all, web or worker').default('all'),
  WATCHBILL_REHEARSED: z.enum(['true', 'false'], 'must be true or false').default('false'),
  WATCHBILL_QUIET_SECONDS: z.coerce
    .number('must be a number of seconds')
    .min(0, 'must be 0 or more')
    .max(600, 'must be 600 at most')
    .default(30),
  GITHUB_TOKEN: z.string().optional(),
  METRICS_PORT: port.optional(),
  OSV_URL: z.union([url, z.literal('off')], 'must be an http or https URL, or off').default('https://api.osv.dev'),
  PORT: port.default(3000),
  HOST: z.string().default('localhost'),
  PUBLIC_URL: url.optional(),
  LOG_LEVEL: z
    .enum(
      ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
      'must be trace, debug, info, warn, error, fatal or silent',
    )
    .default('info'),
  LOG_FORMAT: z.enum(['json', 'text'], 'must be json or text').optional(),
})

/** Problem `bad_configuration`, one sentence a variable, when anything is wrong. Empty variables count as not set. */
export function readSettings(environment: Environment = process.env, cwd = process.cwd()): Settings {
  const problems: string[] = []
  const given = withFiles(environment, problems)
  const parsed = schema.safeParse(given)
  if (!parsed.success)
    for (const issue of parsed.error.issues) problems.push(`${issue.path.join('.')} ${issue.message}`)
  const app = readApp(given, problems)
  const prices = given.WATCHBILL_PRICES ? readPrices(resolve(cwd, given.WATCHBILL_PRICES), problems) : undefined
  if (!parsed.success || problems.length > 0)
    throw new Problem('bad_configuration', ['The settings have problems:', ...new Set(problems)].join('\n  '))
  const env = parsed.data
  const web = env.GHE_HOST ? `${env.GHE_PROTOCOL}://${env.GHE_HOST}` : 'https://github.com'
  return {
    ...(app ? { app } : {}),
    ...(env.GITHUB_CLIENT_ID && env.GITHUB_CLIENT_SECRET
      ? { oauth: { clientId: env.GITHUB_CLIENT_ID, clientSecret: env.GITHUB_CLIENT_SECRET } }
      : {}),
    github: {
      webUrl: web,
      apiUrl: env.GHE_HOST ? `${web}/api/v3` : 'https://api.github.com',
      ...(env.GITHUB_TOKEN ? { token: env.GITHUB_TOKEN } : {}),
    },
    anthropic: {
      ...(env.ANTHROPIC_API_KEY ? { apiKey: env.ANTHROPIC_API_KEY } : {}),
      ...(env.ANTHROPIC_BASE_URL ? { baseURL: env.ANTHROPIC_BASE_URL } : {}),
    },
    rehearsed: env.WATCHBILL_REHEARSED === 'true',
    ...(env.DATABASE_URL ? { databaseUrl: env.DATABASE_URL } : {}),
    dataDir: resolve(cwd, env.WATCHBILL_DATA),
    budget: {
      run: env.WATCHBILL_BUDGET_USD_RUN,
      day: env.WATCHBILL_BUDGET_USD_DAY,
      month: env.WATCHBILL_BUDGET_USD_MONTH,
    },
    models: { fast: env.WATCHBILL_MODEL_FAST, standard: env.WATCHBILL_MODEL_STANDARD, deep: env.WATCHBILL_MODEL_DEEP },
    ...(prices ? { prices } : {}),
    role: env.WATCHBILL_ROLE,
    port: env.PORT,
    host: env.HOST,
    ...(env.PUBLIC_URL ? { publicUrl: env.PUBLIC_URL.replace(/\/+$/, '') } : {}),
    ...(env.METRICS_PORT === undefined ? {} : { metricsPort: env.METRICS_PORT }),
    osvUrl: env.OSV_URL,
    quietSeconds: env.WATCHBILL_QUIET_SECONDS,
    logLevel: env.LOG_LEVEL,
    logFormat: env.LOG_FORMAT ?? (process.stdout.isTTY ? 'text' : 'json'),
    proxy: Object.fromEntries(proxyNames.flatMap(name => (given[name] ? [[name, given[name]]] : []))),
  }
}

/** The environment with what `.env` in `dir` adds to it; the environment wins. Only `serve` calls this: commands run inside repositories that may be hostile. */
export function loadDotEnv(dir: string, environment: Environment = process.env): Environment {
  try {
    return { ...parseEnv(readFileSync(join(dir, '.env'), 'utf8')), ...environment }
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return environment
    throw new Problem('bad_configuration', `The file .env in ${dir} can not be read; make it readable or remove it.`, {
      cause: thrown,
    })
  }
}

/** Drops empty variables and reads each secret's NAME_FILE. */
function withFiles(environment: Environment, problems: string[]): Environment {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  )
  const files = [...secrets.map(name => [name, `${name}_FILE`] as const), ['PRIVATE_KEY', 'PRIVATE_KEY_PATH'] as const]
  for (const [name, fileName] of files) {
    const file = given[fileName]
    if (file === undefined || given[name] !== undefined) continue
    try {
      given[name] = readFileSync(file, 'utf8').trim()
      if (given[name] === '') problems.push(`${fileName} names an empty file`)
    } catch {
      problems.push(`${fileName} names a file that can not be read`)
    }
  }
  return given
}

function readPrices(path: string, problems: string[]): Settings['prices'] {
  try {
    return { path, text: readFileSync(path, 'utf8') }
  } catch {
    problems.push('WATCHBILL_PRICES names a file that can not be read')
    return undefined
  }
}

function readApp(given: Environment, problems: string[]): Settings['app'] {
  const { APP_ID, PRIVATE_KEY, WEBHOOK_SECRET, WEBHOOK_SECRET_PREVIOUS } = given
  if (!APP_ID && !PRIVATE_KEY && !WEBHOOK_SECRET) return undefined
  if (!APP_ID) problems.push('APP_ID is not set, though other settings of the GitHub App are')
  const privateKey = PRIVATE_KEY ? readKey(PRIVATE_KEY) : undefined
  if (!PRIVATE_KEY)
    problems.push('PRIVATE_KEY or PRIVATE_KEY_PATH is not set, though other settings of the GitHub App are')
  else if (!privateKey)
    problems.push('PRIVATE_KEY is not a private key in PEM form; download one from the settings of the GitHub App')
  const webhookSecrets = [WEBHOOK_SECRET, WEBHOOK_SECRET_PREVIOUS].filter(secret => secret !== undefined)
  if (!WEBHOOK_SECRET)
    problems.push('WEBHOOK_SECRET is not set; without it anybody could send deliveries, so the server does not start')
  else if (WEBHOOK_SECRET === 'development' || WEBHOOK_SECRET.length < shortestSecret)
    problems.push(
      `WEBHOOK_SECRET is a well-known one or shorter than ${shortestSecret} characters; make one with \`openssl rand -hex 32\` and set it in the GitHub App too`,
    )
  return APP_ID && privateKey && WEBHOOK_SECRET ? { appId: APP_ID, privateKey, webhookSecrets } : undefined
}

/** A PEM as it is, with `\n` written out, or in base64; undefined when it is no private key. */
function readKey(text: string): string | undefined {
  const candidates = [text, text.replaceAll('\\n', '\n'), Buffer.from(text, 'base64').toString('utf8')]
  return candidates.find(candidate => {
    try {
      return Boolean(createPrivateKey(candidate))
    } catch {
      return false
    }
  })
}
