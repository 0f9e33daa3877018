// Credentials in a text, by secretlint's rules and by the forms of our own: the characters to hide, never more than these, and what kind each is.
import { lintSource } from '@secretlint/core'
import { rules } from '@secretlint/secretlint-rule-preset-recommend'
import { legible } from '../domain/legible.ts'
import { findAsWritten, findForms, type Span } from '../domain/secrets.ts'

/** All on one line or, of a key, on several. */
export interface Secret extends Span {
  /** "A GitHub token" */
  kind: string
  /** Half of a pair, often meant to be seen, or soon over: it opens no door by itself. */
  mild: boolean
}

/** Rules that some kinds of files alone have are asked for by these names; no name of a repository's reaches a rule, for one of them opens files. */
export type LookAs = 'text' | 'package.json' | '.npmrc'

/** Also where zero-width characters or HTML's references part it; the same one can be found twice. */
export async function findSecrets(text: string, as: LookAs = 'text'): Promise<Secret[]> {
  const read = legible(text)
  const ruled = await findByRules(text, as)
  if (read)
    for (const found of await findByRules(read.text, as))
      ruled.push({ ...found, ...read.range(found.start, found.end) })
  const formed = findAsWritten(text, findForms).map(({ form, start, end }) => {
    return { start, end, kind: form.kind, mild: form.mild === true }
  })
  return [...ruled, ...formed]
}

async function findByRules(text: string, as: LookAs): Promise<Secret[]> {
  const { messages } = await lintSource({
    source: {
      content: text,
      filePath: `/nowhere/${as}`,
      ext: as === 'package.json' ? '.json' : '',
      contentType: 'text',
    },
    options: { noPhysicFilePath: true, config: { rules: chosen } },
  })
  return messages.flatMap(({ ruleId, messageId, range, data }) => {
    if (messageId === 'AWSAccountID') return []
    const found = secretIn(text, range[0], range[1], data)
    const rule = ruleId.replace(/^.*secretlint-rule-/, '')
    return [{ ...found, kind: kindOf(rule, messageId), mild: messageId === 'AWSAccessKeyID' }]
  })
}

// The rule left out takes orders from comments in the code: https://github.com/secretlint/secretlint/tree/master/packages/%40secretlint/secretlint-rule-filter-comments
const chosen = rules
  .filter(rule => !rule.meta.id.endsWith('filter-comments'))
  .map(rule => ({ id: rule.meta.id, rule, options: {} }))

/**
 * Some rules report more than the secret (a whole address, the rest of a line), some from the beginning of a match: of what they name
 * only a run of characters that a credential can have is taken, so that no code is hidden with it.
 */
function secretIn(text: string, from: number, to: number, data: unknown): { start: number; end: number } {
  const named = Object.values((data ?? {}) as Record<string, unknown>).find(
    value => typeof value === 'string' && value.length > 3 && text.startsWith(value, text.indexOf(value, from)),
  )
  const value = typeof named === 'string' && text.includes(named, from) ? named : text.slice(from, to)
  const start = Math.max(from, text.indexOf(value, from))
  const key = /^(-----BEGIN[^-]*-----)([\s\S]*)-----END/.exec(value)
  if (key?.[1] && key[2]) return within(start + key[1].length, key[2])
  const address = /^[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:([^\s/@]+)@/i.exec(value)
  if (address?.[1] && address[1] !== 'x-oauth-basic')
    return within(start + address[0].length - 1 - address[1].length, address[1])
  const run = /[^\s"'`;,()<>{}\\]+/.exec(value)
  return within(start + (run?.index ?? 0), run?.[0] ?? value)
}

function within(start: number, value: string): { start: number; end: number } {
  return { start, end: start + value.length }
}

function kindOf(rule: string, messageId: string): string {
  if (messageId === 'AWSAccessKeyID') return 'The id of an AWS access key'
  return kinds[rule] ?? `A credential (${rule})`
}

const kinds: Record<string, string> = {
  aws: 'An AWS secret access key',
  gcp: 'A Google Cloud service account key',
  privatekey: 'A private key',
  npm: 'An npm token',
  basicauth: 'A password in an address',
  slack: 'A Slack token or webhook',
  sendgrid: 'A SendGrid key',
  shopify: 'A Shopify key',
  stripe: 'A Stripe key',
  github: 'A GitHub token',
  gitlab: 'A GitLab token',
  grafana: 'A Grafana token',
  openai: 'An OpenAI key',
  anthropic: 'An Anthropic key',
  groq: 'A Groq key',
  huggingface: 'A Hugging Face token',
  linear: 'A Linear key',
  notion: 'A Notion token',
  '1password': 'A 1Password service account token',
  'database-connection-string': 'A password in the address of a database',
  'hashicorp-vault': 'A Vault token',
  vercel: 'A Vercel token',
  databricks: 'A Databricks token',
  docker: 'A Docker token',
  figma: 'A Figma token',
  cloudflare: 'A Cloudflare token',
  tailscale: 'A Tailscale key',
}
