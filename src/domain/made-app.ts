// A GitHub App as set-up made it, and what it asks GitHub for.
import { createPrivateKey } from 'node:crypto'
import { z } from 'zod'

export interface MadeApp {
  id: number
  /** As people read it. */
  name: string
  /** Where its public page is, from which it is installed. */
  page: string
  privateKey: string
  webhookSecret: string
  clientId: string
  clientSecret: string
}

/** What the settings take at the next start, and pages link to; each on one line, as variables of the environment. */
const answer = z.object({
  id: z.int().positive(),
  name: z.string().min(1).max(200),
  html_url: z.url({ protocol: /^https?$/ }),
  pem: z.string().refine(isKey),
  webhook_secret: z.string().regex(/^[^\r\n]{16,}$/),
  client_id: z.string().regex(/^\S+$/),
  client_secret: z.string().regex(/^\S+$/),
})

/** GitHub's answer to the code of a manifest; undefined when that is no App which could be worked with. */
export function readMadeApp(data: unknown): MadeApp | undefined {
  const parsed = answer.safeParse(data)
  if (!parsed.success) return undefined
  const { id, name, html_url: page, pem: privateKey, ...secrets } = parsed.data
  const { webhook_secret: webhookSecret, client_id: clientId, client_secret: clientSecret } = secrets
  return { id, name, page, privateKey, webhookSecret, clientId, clientSecret }
}

function isKey(pem: string): boolean {
  try {
    return createPrivateKey(pem).asymmetricKeyType === 'rsa'
  } catch {
    return false
  }
}

/** Where deliveries go, below the public address. */
export const webhookPath = '/api/github/webhooks'

/** What an App asks for, as `app.yml` has it. */
export interface AppFile {
  description: string
  url: string
  default_permissions: Record<string, string>
  default_events: string[]
}

/** Longest name GitHub takes: https://docs.github.com/en/apps/creating-github-apps/registering-a-github-app/registering-a-github-app */
const longestName = 34

/**
 * What is sent to GitHub for it to make the App; `publicUrl` is where GitHub reaches the server, `back` where it sends the browser to.
 * Its form: https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
 */
export function manifestOf(file: AppFile, publicUrl: string, back: string) {
  return {
    // Names are taken once on all of GitHub; the person can change it there.
    name: `Watchbill ${new URL(publicUrl).hostname}`.slice(0, longestName),
    description: file.description,
    url: file.url,
    public: false,
    hook_attributes: { url: `${publicUrl}${webhookPath}`, active: true },
    redirect_url: back,
    setup_url: `${publicUrl}/installed`,
    default_permissions: file.default_permissions,
    default_events: file.default_events,
  }
}

/** The same as variables of the environment; the key in base64, so that each is a line. */
export function asEnvironment(app: MadeApp, publicUrl: string): Record<string, string> {
  return {
    APP_ID: String(app.id),
    PRIVATE_KEY: Buffer.from(app.privateKey).toString('base64'),
    WEBHOOK_SECRET: app.webhookSecret,
    GITHUB_CLIENT_ID: app.clientId,
    GITHUB_CLIENT_SECRET: app.clientSecret,
    PUBLIC_URL: publicUrl,
  }
}
