// The variables that the settings know: form, default, and what each is for. docs/configuration.md shows them.
import { z } from 'zod'
import { tierModels } from './models.ts'

/** Variables that hold a secret; each may be read from the file that NAME_FILE names. */
export const secretNames = [
  'PRIVATE_KEY',
  'WEBHOOK_SECRET',
  'WEBHOOK_SECRET_PREVIOUS',
  'GITHUB_CLIENT_SECRET',
  'ANTHROPIC_API_KEY',
  'DATABASE_URL',
  'GITHUB_TOKEN',
]

const text = () => z.string().optional()
const money = (fallback: number) =>
  z.coerce.number('must be a number of US dollars').positive('must be more than 0').default(fallback)
const url = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' })
const port = z.coerce
  .number('must be a port number')
  .int('must be a port number')
  .min(0, 'must be a port number')
  .max(65535, 'must be a port number')

/** What has no description has no effect yet. */
export const environmentSchema = z.object({
  APP_ID: z
    .string()
    .regex(/^\d+$/, 'must be the number of the GitHub App')
    .optional()
    .describe('Number of the GitHub App. Without an app the server starts in set-up mode.'),
  PRIVATE_KEY: text().describe("The app's private key: PEM, PEM with `\\n` for line ends, or PEM in base64."),
  PRIVATE_KEY_PATH: text().describe('The file that holds it; the same as `PRIVATE_KEY_FILE`.'),
  WEBHOOK_SECRET: text().describe(
    "The webhook's secret, 16 characters at least. No server starts with an app and without it.",
  ),
  WEBHOOK_SECRET_PREVIOUS: text().describe('Also accepted, while the secret is changed.'),
  GITHUB_CLIENT_ID: text(),
  GITHUB_CLIENT_SECRET: text(),
  GHE_HOST: z
    .string()
    .regex(/^[\w.-]+(:\d+)?$/, 'must be a host name without a protocol')
    .optional()
    .describe('Host of a GitHub Enterprise Server, or `SUBDOMAIN.ghe.com`, without protocol. Without it: github.com.'),
  GHE_PROTOCOL: z.enum(['https', 'http'], 'must be https or http').default('https').describe("That server's protocol."),
  GITHUB_TOKEN: text().describe("For `watchbill review` of a pull request's URL."),
  ANTHROPIC_API_KEY: z
    .string()
    .trim()
    // As a header takes it: anything else would look like a network that fails.
    .regex(/^[!-~]+$/, 'has a space or another character that no key has; paste the whole key, in place of any example')
    .optional()
    .describe("The model's key. Without it every run ends saying so."),
  ANTHROPIC_BASE_URL: url
    .optional()
    .describe('A gateway that speaks the Anthropic Messages API. Without it: `https://api.anthropic.com`.'),
  WATCHBILL_MODEL_FAST: z.string().default(tierModels.fast).describe('Model of the tier *fast*.'),
  WATCHBILL_MODEL_STANDARD: z.string().default(tierModels.standard).describe('Model of the tier *standard*.'),
  WATCHBILL_MODEL_DEEP: z.string().default(tierModels.deep).describe('Model of the tier *deep*.'),
  WATCHBILL_PRICES: text().describe(
    'A JSON file with [prices of other models](cost.md#other-models). A model without a price is refused.',
  ),
  WATCHBILL_BUDGET_USD_RUN: money(5).describe('Most that a run may cost, on the whole server.'),
  WATCHBILL_BUDGET_USD_DAY: money(25).describe('Most that a day (UTC) may cost.'),
  WATCHBILL_BUDGET_USD_MONTH: money(200).describe('Most that a month (UTC) may cost.'),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must begin with postgres://')
    .optional()
    .describe('A PostgreSQL database. Without it: an embedded one under `WATCHBILL_DATA`.'),
  WATCHBILL_DATA: z
    .string()
    .default('.watchbill')
    .describe('Directory of the embedded database, git mirrors and checkouts.'),
  WATCHBILL_ROLE: z
    .enum(['all', 'web', 'worker'], 'must be all, web or worker')
    .default('all')
    .describe('`web` answers and dispatches, `worker` runs. More than one process needs PostgreSQL.'),
  WATCHBILL_QUIET_SECONDS: z.coerce
    .number('must be a number of seconds')
    .min(0, 'must be 0 or more')
    .max(600, 'must be 600 at most')
    .default(30)
    .describe('Seconds of quiet after a push before its review starts.'),
  WATCHBILL_DRAIN_SECONDS: z.coerce
    .number('must be a number of seconds')
    .min(0, 'must be 0 or more')
    .max(60, 'must be 60 at most')
    .default(0)
    .describe(
      'Seconds for which a server that is stopped goes on taking deliveries while `/readyz` says 503: as long as your proxy takes to see that.',
    ),
  WATCHBILL_MIN_INTERVAL_MINUTES: z.coerce
    .number('must be a number of minutes')
    .int('must be a whole number of minutes')
    .min(1, 'must be 1 or more')
    .max(1440, 'must be 1440 at most')
    .default(5)
    .describe('Least minutes between two starts of a routine by a schedule.'),
  PORT: port.default(3000).describe('Where it listens.'),
  HOST: z
    .string()
    .default('localhost')
    .describe('On which address. Containers, and proxies on other machines, need `0.0.0.0`.'),
  PUBLIC_URL: url
    .optional()
    .describe("Where GitHub reaches it. Set-up gives GitHub the webhook's address there, and keeps it with the App."),
  METRICS_PORT: port.optional().describe('Where `/metrics` answers, for Prometheus. Without it: nowhere.'),
  OSV_URL: z
    .union([url, z.literal('off')], 'must be an http or https URL, or off')
    .default('https://api.osv.dev')
    .describe('Where advisories about dependencies are asked for; `off`: nobody is asked.'),
  LOG_LEVEL: z
    .enum(
      ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
      'must be trace, debug, info, warn, error, fatal or silent',
    )
    .default('info')
    .describe('What is logged.'),
  LOG_FORMAT: z
    .enum(['json', 'text'], 'must be json or text')
    .optional()
    .describe('Form of the log. Without it: `text` on a terminal, else `json`.'),
  WATCHBILL_REHEARSED: z
    .enum(['true', 'false'], 'must be true or false')
    .default('false')
    .describe('`true` says on every text that the model behind the API is a rehearsed one; the demo sets it.'),
})
