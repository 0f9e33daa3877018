// Every published form of a credential: hidden from models, reported and published by one list, however it is written, and nothing else taken for one.
import { createHash, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { secretForms } from '../../src/domain/secret-forms.ts'
import { findForms } from '../../src/domain/secrets.ts'
import { withoutSecrets } from '../../src/publish/index.ts'
import { scrub } from '../../src/publish/scrub.ts'
import { hideSecrets } from '../../src/scanners/index.ts'
import { lookWith } from '../scanners/range.ts'

// Put together here, so that no scanner of anybody's takes this repository for one that leaks.
const any = (length: number) => 'aB3dE6gH9jK2mN5pQ8sT1vW4xY7zA0bC'.repeat(12).slice(0, length)
const hex = (length: number) => createHash('sha512').update('x').digest('hex').repeat(2).slice(0, length)
const json = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
const of = (...parts: string[]) => parts.join('')

const samples: [kind: string, secret: string][] = [
  ['A GitHub token', of('ghp_', any(36))],
  ['A GitHub token', of('github_pat_', any(22), '_', any(59))],
  ['A GitLab token', of('glpat-', any(20))],
  ['A GitLab token', of('glrt-', any(20))],
  ['An npm token', of('npm_', any(36))],
  ['A PyPI token', of('pypi-', 'AgEIcHlwaS5vcmc', any(120))],
  ['A PyPI token', of('pypi-', 'AgENdGVzdC5weXBpLm9yZw', any(120))],
  ['A RubyGems key', of('rubygems_', hex(48))],
  ['A crates.io token', of('cio', any(32))],
  ['A NuGet key', of('oy2', any(43).toLowerCase())],
  ['A Docker token', of('dckr_pat_', any(27))],
  ['The id of an AWS access key', of('AKIA', any(16).toUpperCase())],
  ['An AWS Bedrock key', of('ABSK', any(120), '==')],
  ['A Google API key', of('AIza', any(35))],
  ['A Google OAuth secret', of('GOCSPX-', any(28))],
  ['A Google access token', of('ya29.', any(120))],
  ['An Azure account key', of('AccountName=a;AccountKey=', any(86), '==')],
  ['An Azure account key', of('Endpoint=sb://a.servicebus.windows.net/;SharedAccessKey=', any(43), '=')],
  ['A shared access signature of Azure', of('https://a.blob.core.windows.net/b?sv=2024-01-01&sig=', any(43), '%3D')],
  ['An Azure client secret', of('aB3', '8Q~', any(34))],
  ['An Azure DevOps token', of(any(76), 'AZDO', any(4))],
  ['A DigitalOcean token', of('dop_v1_', hex(64))],
  ['An Alibaba access key', of('LTAI', any(20))],
  ['A Heroku key', of('HRKU-AA', any(58))],
  ['A Fly.io token', of('fm2_', any(120), '==')],
  ['A Netlify token', of('nfp_', any(36))],
  ['A Supabase key', of('sb_secret_', any(31))],
  ['A PlanetScale credential', of('pscale_tkn_', any(43))],
  ['A Databricks token', of('dapi', hex(32))],
  ['A Terraform Cloud token', of(any(14), '.atlasv1.', any(67))],
  ['A Vault token', of('hvs.', any(95))],
  ['A Doppler token', of('dp.pt.', any(43))],
  ['A 1Password service account token', of('ops_eyJ', any(250))],
  ['An age key', of('AGE-SECRET-KEY-1', any(58).toUpperCase())],
  ['A Pulumi token', of('pul-', hex(40))],
  ['A Tailscale key', of('tskey-auth-', any(12), '-', any(32))],
  ['A Grafana token', of('glsa_', any(32), '_', hex(8))],
  ['A Grafana token', of('glc_eyJ', any(90))],
  ['A Sentry token', of('sntryu_', hex(64))],
  ['A New Relic key', of('NRAK-', any(27).toUpperCase())],
  ['A SonarQube token', of('sqp_', hex(40))],
  ['A Postman key', of('PMAK-', hex(24), '-', hex(34))],
  ['An Artifactory key', of('AKCp', any(69))],
  ['An OpenAI key', of('sk-', 'proj-', any(74), 'T3BlbkFJ', any(74))],
  ['An Anthropic key', of('sk-', 'ant-api03-', any(93), 'AA')],
  ['A Groq key', of('gsk_', any(52))],
  ['An xAI key', of('xai-', any(80))],
  ['A Perplexity key', of('pplx-', any(48))],
  ['A Replicate token', of('r8_', any(37))],
  ['A Hugging Face token', of('hf_', any(34).replace(/\d/g, 'q'))],
  ['A Slack token', of('xoxb-', '1234598760', '-', '1234598760', '-', any(24))],
  ['A Slack token', of('xapp-1-', 'A0123', '-', '123459876', '-', hex(64))],
  ['A Slack webhook', of('https://hooks.slack', '.com/services/', 'T01ABCDEF/B02ABCDEF/', any(24))],
  ['A Discord bot token', of(Buffer.from('112233445566778899').toString('base64url'), '.', any(6), '.', any(38))],
  ['A Discord webhook', of('https://discord.com/api', '/webhooks/', '112233445566778899/', any(68))],
  ['A Telegram bot token', of('1234598760', ':AA', any(33))],
  [
    'A Teams webhook',
    of('https://a.webhook.office.com/', 'webhookb2/', any(40), '@', any(36), '/IncomingWebhook/', hex(32)),
  ],
  ['A SendGrid key', of('SG', '.', any(22), '.', any(43))],
  ['A Mailchimp key', of(hex(32), '-us', '12')],
  ['A Brevo key', of('xkeysib-', hex(64), '-', any(16))],
  ['A Stripe key', of('sk_', 'live_', any(24))],
  ['A webhook’s signing secret', of('whsec_', any(32))],
  ['A Square token', of('sq0', 'atp-', any(22))],
  ['A Shopify key', of('shpat_', hex(32))],
  ['A Shippo token', of('shippo_live_', hex(40))],
  ['An EasyPost key', of('EZAK', any(54))],
  ['A Linear key', of('lin_api_', any(40))],
  ['A Notion token', of('ntn_', '12345987601', any(35))],
  ['A Figma token', of('figd_', any(40))],
  ['An Airtable token', of('pat', any(14), '.', hex(64))],
  ['An Atlassian token', of('ATATT3', 'xFfG', any(180))],
  ['A Bitbucket password', of('ATBB', any(32))],
  ['A Contentful token', of('CFPAT-', any(43))],
  ['A JSON web token', of(json({ typ: 'JWT', alg: 'HS256' }), '.', json({ sub: '7' }), '.', any(43))],
]

/** The characters that only who has the secret knows: the last of it. */
const heart = (secret: string) => secret.slice(-8)

describe('a credential in a known form', () => {
  test('has a sample here for each form', () => {
    const sampled = new Set(samples.map(([kind]) => kind))
    expect(secretForms.filter(one => !one.loose && !sampled.has(one.kind)).map(one => one.kind)).toEqual([])
    const unmatched = secretForms.filter(
      one => !one.loose && !samples.some(([, secret]) => findForms(secret).some(found => found.form === one)),
    )
    expect(unmatched.map(one => one.pattern.source)).toEqual([])
  })

  test.each(samples)('%s is shown to no model, and leaves in no text of ours', async (kind, secret) => {
    expect(findForms(secret).map(found => found.form.kind)).toContain(kind)
    for (const text of [`const it = '${secret}'; go()`, `{"log":"first\\n${secret}"}`, `\n+x: ${secret}\n+y`]) {
      const hidden = await hideSecrets(text)
      expect(hidden).not.toContain(heart(secret))
      expect(hidden.split('\n')).toHaveLength(text.split('\n').length)
      for (const out of [withoutSecrets(text), scrub(text)]) expect(out).not.toContain(heart(secret))
    }
    expect(await hideSecrets(`go('${secret}'); stop()`)).toMatch(/^go\('.*'\); stop\(\)$/)
  })

  test('is none the less one for characters that nobody sees, or for references of HTML in it', async () => {
    for (const [, secret] of samples) {
      const middle = secret.length - 6
      const last = secret.charCodeAt(middle)
      const ways = [
        `${secret.slice(0, middle)}\u200b${secret.slice(middle)}`,
        [...secret].join('\u2060'),
        `${secret.slice(0, middle)}&ZeroWidthSpace;&#8203;${secret.slice(middle)}`,
        `${secret.slice(0, middle)}&#${last};${secret.slice(middle + 1)}`,
        `${secret.slice(0, middle)}&#x${last.toString(16)};${secret.slice(middle + 1)}`,
        secret.replaceAll('_', '&lowbar;').replaceAll('.', '&period;').replaceAll('=', '&equals;'),
      ]
      for (const written of ways) {
        const text = `a ${written} b\nnext &lt;line&gt; \u200bstays`
        for (const out of [await hideSecrets(text), withoutSecrets(text)]) {
          expect(out.replaceAll(/[\u200b\u2060]/g, '')).not.toContain(secret.slice(-5))
          expect(out).toContain('[secret removed]')
          expect(out).toMatch(/^a .* b\nnext &lt;line&gt; \u200bstays$/)
        }
      }
    }
  })

  test('is reported when a change adds it, by its kind and without its value', async () => {
    const said = (name: string) => samples.find(([kind]) => kind === name)![1]
    const text = ['A SendGrid key', 'A PyPI token', 'A JSON web token', 'A Telegram bot token'].map(said).join('\n')
    const { findings } = await lookWith('secrets', { 'a.txt': 'x\n' }, { 'a.txt': `x\n${text}\n` })
    expect(findings.map(one => [one.line, one.title, one.severity]).sort()).toEqual([
      [2, 'A SendGrid key stands in the code', 'high'],
      [3, 'A PyPI token stands in the code', 'high'],
      [4, 'A JSON web token stands in the code', 'medium'],
      [5, 'A Telegram bot token stands in the code', 'high'],
    ])
    expect(JSON.stringify(findings)).not.toContain(any(12))
  })
})

describe('no credential', () => {
  const root = join(import.meta.dirname, '../..')
  const hashes = (length: number) => Array.from({ length: 3_000 }, (_, at) => hash(at).slice(0, length)).join('\n')
  const hash = (at: number) => createHash('sha512').update(String(at)).digest('base64')
  test.each<[string, () => string]>([
    ['the hashes of a lock file', () => readFileSync(join(root, 'package-lock.json'), 'utf8')],
    [
      'checksums of Go and Cargo',
      () => Array.from({ length: 3_000 }, (_, at) => `h1:${hash(at).slice(0, 43)}=`).join('\n'),
    ],
    ['base64 of any length', () => hashes(88) + hashes(40) + hashes(64)],
    ['the ids of commits', () => Array.from({ length: 3_000 }, (_, at) => hexOf(at).slice(0, 40)).join(' ')],
    ['UUIDs', () => Array.from({ length: 3_000 }, () => randomUUID()).join(',')],
    ['minified code', () => readFileSync(join(root, 'node_modules/typescript/package.json'), 'utf8') + minified()],
    [
      'classes and names with dashes',
      () => 'sk-circle-fade-dot-number-twelve hf_some_name npm_config_user_agent_and_more glpat-or-not',
    ],
    ['a version and a time', () => '12:34:56.789 127.0.0.1:8080 1234567890:abc a.b.c MTExMTEx.abcdef.ghijkl'],
    ['JSON in base64 with dots after it', () => `${json({ version: 3, sources: [] })}.${any(20)}.${any(20)}`],
  ])('is %s', async (_, text) => {
    const written = text()
    expect(findForms(written).map(found => written.slice(found.start, found.end))).toEqual([])
  })
  const hexOf = (at: number) => createHash('sha256').update(String(at)).digest('hex')

  /** As bundlers write it. */
  function minified(): string {
    const source = readFileSync(join(root, 'node_modules/zod/v4/core/schemas.js'), 'utf8')
    return source.replaceAll(/\s*\n\s*/g, '').replaceAll(' = ', '=')
  }
})

test('what is written against the forms is looked through in linear time', () => {
  const parts = [
    ...samples.flatMap(([, secret]) => [
      secret.slice(0, -1),
      secret.slice(0, secret.length / 2),
      `${secret.slice(0, 4)}.`,
    ]),
    ...['&#', '&amp;', 'a&#8203;', 'a.', 'a://', '-----BEGIN PRIVATE KEY-----', 'token ', 'secret: ', 'eyJ', 'eyJa.'],
  ]
  // A quarter of them, another one each day. In quadratic time this would not end before the test's time is over.
  const today = Math.floor(Date.now() / 86_400_000)
  const some = process.env.WATCHBILL_TEST_LONG === '1' ? parts : parts.filter((_, n) => (n + today) % 4 === 0)
  for (const part of some) {
    const text = part.repeat(Math.ceil(120_000 / part.length))
    expect(withoutSecrets(text).length).toBeLessThanOrEqual(text.length * 4)
  }
})
