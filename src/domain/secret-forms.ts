// The published forms of credentials: one list for what models are not shown, what is reported, and what leaves in no text of ours.

export interface SecretForm {
  /** As people call it: "A PyPI token". */
  kind: string
  /** Stands in every text that has one; looked for before the pattern is. */
  hint: string
  /** Global. Takes time in proportion to the text: nothing unbounded comes before something that can fail, unless it begins where a run does. */
  pattern: RegExp
  /** What the form alone can not tell. */
  holds?: (found: string) => boolean
  /** Ordinary code can have this form too: taken out of what is published, and neither hidden from models nor reported. */
  loose?: true
  /** Often meant to be seen, or soon over: no more than medium by itself. */
  mild?: true
}

/** Where a run of letters, digits, `-` and `_` begins, the escape before it in a string of code not counted. */
const begin = String.raw`(?:(?<![\w-])|(?<=\\[nrt]))`
const end = String.raw`(?![\w-])`

function form(kind: string, hint: string, source: string, more: Omit<SecretForm, 'kind' | 'hint' | 'pattern'> = {}) {
  return { kind, hint, pattern: new RegExp(source, 'g'), ...more } satisfies SecretForm
}

/** By their publishers' descriptions, and the examples in them; whoever adds one adds a sample to the tests of this file. */
export const secretForms: SecretForm[] = [
  // https://github.blog/engineering/behind-githubs-new-authentication-token-formats/
  form('A GitHub token', 'gh', 'gh[pousr]_[A-Za-z0-9]{36,255}'),
  form('A GitHub token', 'gh', String.raw`gh[pousr]_[\w.-]{20,}`, { loose: true }),
  form('A GitHub token', 'github_pat_', String.raw`github_pat_\w{82}`),
  form('A GitHub token', 'github_pat_', String.raw`github_pat_\w{20,}`, { loose: true }),
  // https://docs.gitlab.com/security/tokens/#token-prefixes
  form(
    'A GitLab token',
    'gl',
    `${begin}gl(?:pat|oas|dt|rt|rtr|cbt|ptt|ft|imt|agent|soat|ffct|wt)-(?=[\\w-]*\\d)[\\w-]{20,300}`,
  ),
  form('A GitLab token', 'glpat-', String.raw`glpat-[\w-]{20,}`, { loose: true }),
  // https://docs.npmjs.com/about-access-tokens
  form('An npm token', 'npm_', String.raw`npm_[A-Za-z0-9]{36}(?!\w)`),
  form('An npm token', 'npm_', 'npm_[A-Za-z0-9]{30,}', { loose: true }),
  // https://pypi.org/help/#apitoken: a macaroon in base64, whose first bytes say its version and where it holds.
  form('A PyPI token', 'pypi-AgE', String.raw`pypi-AgE[\w-]{50,1000}`),
  form('A RubyGems key', 'rubygems_', `rubygems_[a-f0-9]{48}${end}`),
  form('A crates.io token', 'cio', `${begin}cio[A-Za-z0-9]{32}${end}`, { holds: isMixed }),
  form('A NuGet key', 'oy2', `${begin}oy2[a-z0-9]{43}${end}`, { holds: hasDigits }),
  form('A Docker token', 'dckr_', String.raw`dckr_(?:pat|oat)_[\w-]{27,}`),

  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
  form('The id of an AWS access key', 'A', String.raw`(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b`, { mild: true }),
  form('An AWS Bedrock key', 'ABSK', `${begin}ABSK[A-Za-z0-9+/]{109,300}={0,2}`),
  // https://cloud.google.com/docs/authentication/api-keys; what a page in a browser uses is one too.
  form('A Google API key', 'AIza', `${begin}AIza[\\w-]{35}${end}`, { mild: true }),
  form('A Google OAuth secret', 'GOCSPX-', String.raw`GOCSPX-[\w-]{28}`),
  form('A Google access token', 'ya29.', `${begin}ya29\\.[\\w-]{30,2000}`, { mild: true }),
  // https://learn.microsoft.com/azure/storage/common/storage-configure-connection-string
  form('An Azure account key', 'Key=', '(?<=(?:Account|SharedAccess)Key=)[A-Za-z0-9+/]{43,88}={1,2}'),
  // https://learn.microsoft.com/rest/api/storageservices/create-service-sas
  form('A shared access signature of Azure', 'sig=', '(?<=[?&;]sig=)[A-Za-z0-9%+/]{42,80}(?:%3[Dd]|=)'),
  form('An Azure client secret', 'Q~', String.raw`(?:(?<![\w~.-])|(?<=\\[nrt]))[\w~.]{3}\dQ~[\w~.-]{31,34}(?![\w~.-])`),
  form('An Azure DevOps token', 'AZDO', `${begin}[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}${end}`),
  // https://docs.digitalocean.com/reference/api/create-personal-access-token/
  form('A DigitalOcean token', '_v1_', 'do[opr]_v1_[a-f0-9]{64}'),
  form('An Alibaba access key', 'LTAI', `${begin}LTAI[A-Za-z0-9]{20}${end}`, { holds: hasDigits, mild: true }),
  form('A Heroku key', 'HRKU-', String.raw`HRKU-AA[\w-]{58}`),
  form('A Fly.io token', 'fm', `${begin}fm[12][ar]?_[A-Za-z0-9+/]{100,3000}={0,3}`),
  form('A Netlify token', 'nfp_', 'nfp_[A-Za-z0-9]{36}'),
  form('A Supabase key', 'sb', `${begin}(?:sbp_[a-f0-9]{40}|sb_secret_[\\w-]{31,})${end}`),
  form('A PlanetScale credential', 'pscale_', String.raw`pscale_(?:tkn|oauth|pw)_[\w.-]{32,64}`),
  form('A Databricks token', 'dapi', `${begin}dapi[a-f0-9]{32}(?:-\\d)?${end}`),
  form('A Terraform Cloud token', '.atlasv1.', String.raw`${begin}[A-Za-z0-9]{14}\.atlasv1\.[\w-]{60,70}`),
  form('A Vault token', 'hv', String.raw`${begin}hv[sbr]\.[\w-]{90,300}`),
  form(
    'A Doppler token',
    'dp.',
    String.raw`${begin}dp\.(?:pt|ct|sa|scim|audit|st(?:\.[\w-]{1,35})?)\.[A-Za-z0-9]{40,44}`,
  ),
  form('A 1Password service account token', 'ops_eyJ', 'ops_eyJ[A-Za-z0-9+/=]{100,1500}'),
  form('An age key', 'AGE-SECRET-KEY-1', 'AGE-SECRET-KEY-1[A-Z0-9]{58}'),
  form('A Pulumi token', 'pul-', `${begin}pul-[a-f0-9]{40}${end}`),
  form('A Tailscale key', 'tskey-', String.raw`tskey-[a-z]{2,20}-\w{8,40}-\w{16,60}`),
  form('A Grafana token', 'gls', 'glsa_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}'),
  form('A Grafana token', 'glc_eyJ', 'glc_eyJ[A-Za-z0-9+/]{32,400}={0,2}'),
  form('A Sentry token', 'sntry', String.raw`sntry(?:u_[a-f0-9]{64}|s_eyJ[\w+/=-]{80,1000})`),
  form('A New Relic key', 'NRAK-', 'NRAK-[A-Z0-9]{27}'),
  form('A SonarQube token', 'sq', `${begin}sq[upa]_[a-f0-9]{40}${end}`),
  form('A Postman key', 'PMAK-', 'PMAK-[a-f0-9]{24}-[a-f0-9]{34}'),
  form('An Artifactory key', 'AKCp', `${begin}AKCp[A-Za-z0-9]{69}${end}`),

  // https://platform.openai.com/docs/api-reference/authentication
  form(
    'An OpenAI key',
    'sk-',
    String.raw`sk-(?:proj|svcacct|admin)-[\w-]{40,300}|sk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}`,
    {
      holds: isMixed,
    },
  ),
  form('An Anthropic key', 'sk-ant-', String.raw`sk-ant-[a-z]{3,10}\d\d-[\w-]{40,300}`),
  form('A model provider’s key', 'sk-', String.raw`\bsk-[\w-]{20,}`, { loose: true }),
  form('A Groq key', 'gsk_', 'gsk_[A-Za-z0-9]{52}'),
  form('An xAI key', 'xai-', `${begin}xai-[A-Za-z0-9]{80}${end}`),
  form('A Perplexity key', 'pplx-', `${begin}pplx-[A-Za-z0-9]{48}${end}`),
  form('A Replicate token', 'r8_', `${begin}r8_[A-Za-z0-9]{37}${end}`),
  // https://huggingface.co/docs/hub/security-tokens
  form('A Hugging Face token', 'hf_', `${begin}hf_[A-Za-z0-9]{34,40}${end}`, { holds: found => /[A-Z]/.test(found) }),

  // https://docs.slack.dev/authentication/tokens/
  form('A Slack token', 'xox', `${begin}xox[abeoprs](?:\\.xox[bp])?-(?=[A-Za-z0-9-]*\\d)[A-Za-z0-9-]{24,400}`),
  form('A Slack token', 'xox', 'xox[abeoprs]-[A-Za-z0-9-]{10,}', { loose: true }),
  form('A Slack token', 'xapp-', String.raw`xapp-\d-[A-Za-z0-9-]{10,}`),
  form(
    'A Slack webhook',
    'hooks.slack.com/',
    String.raw`(?<=hooks\.slack\.com/(?:services|workflows|triggers)/)[A-Z0-9]{3,}/[\w/-]{16,}`,
  ),
  form(
    'A Slack webhook',
    'hooks.slack.com/',
    String.raw`https://hooks\.slack\.com/(?:services|workflows|triggers)/[\w/-]+`,
    { loose: true },
  ),
  // https://discord.com/developers/docs/reference#authentication: the first part is the account's number in base64.
  form('A Discord bot token', '.', `${begin}[MNO][\\w-]{22,27}\\.[\\w-]{6}\\.[\\w-]{27,40}${end}`, {
    holds: found => /^\d{16,20}$/.test(decoded(found.split('.')[0]!)),
  }),
  form(
    'A Discord webhook',
    '/api/webhooks/',
    String.raw`(?<=discord(?:app)?\.com/api/webhooks/\d{16,20}/)[\w-]{60,90}`,
  ),
  // https://core.telegram.org/bots/api#authorizing-your-bot
  form('A Telegram bot token', ':A', String.raw`(?:(?<![\w-]|\d[.:])|(?<=\\[nrt]))\d{8,10}:A[\w-]{34}(?![\w-])`, {
    holds: isMixed,
  }),
  form(
    'A Teams webhook',
    'webhook.office.com/',
    String.raw`(?<=webhook\.office\.com/webhookb2/)[\w@-]{30,100}/[\w/-]{30,200}`,
  ),
  // https://www.twilio.com/docs/sendgrid/ui/account-and-settings/api-keys
  form('A SendGrid key', 'SG.', `${begin}SG\\.[\\w-]{20,24}\\.[\\w-]{39,50}${end}`),
  form('A Mailchimp key', '-us', `${begin}[0-9a-f]{32}-us\\d{1,2}${end}`),
  form('A Brevo key', 'xkeysib-', 'xkeysib-[a-f0-9]{64}-[A-Za-z0-9]{16}'),

  // https://docs.stripe.com/keys
  form('A Stripe key', 'k_', `${begin}[sr]k_(?:live|test|prod)_[A-Za-z0-9]{16,250}`),
  form('A Stripe key', 'k_', '[sr]k_(?:live|test)_[A-Za-z0-9]{16,}', { loose: true }),
  form('A webhook’s signing secret', 'whsec_', 'whsec_[A-Za-z0-9+/]{32,90}={0,2}'),
  form('A Square token', 'sq0', String.raw`${begin}sq0(?:atp-[\w-]{22}|csp-[\w-]{43})`),
  form('A Shopify key', 'shp', `${begin}shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}${end}`),
  form('A Shippo token', 'shippo_', 'shippo_(?:live|test)_[a-f0-9]{40}'),
  form('An EasyPost key', 'EZ', `${begin}EZ[AT]K[A-Za-z0-9]{54}${end}`),

  form('A Linear key', 'lin_', String.raw`lin_(?:api|oauth)_\w{32,128}`),
  form('A Notion token', 'ntn_', String.raw`ntn_\d{11}[A-Za-z0-9]{35}`),
  form('A Figma token', 'fig', String.raw`${begin}fig[dou]_[\w-]{40,200}`),
  form('An Airtable token', 'pat', `${begin}pat[A-Za-z0-9]{14}\\.[a-f0-9]{64}${end}`),
  form('An Atlassian token', 'AT', String.raw`${begin}AT(?:ATT3|CTT3|STT3)xFfG[\w=-]{100,300}`),
  form('A Bitbucket password', 'ATBB', `${begin}ATBB[A-Za-z0-9]{32}${end}`),
  form('A Contentful token', 'CFPAT-', String.raw`CFPAT-[\w-]{43}`),

  // https://www.rfc-editor.org/rfc/rfc7519: the header is JSON that names an algorithm.
  form('A JSON web token', 'eyJ', String.raw`${begin}eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*`, { holds: isJwt, mild: true }),
]

function isJwt(found: string): boolean {
  const [header = ''] = found.split('.')
  if (header.length > 4_000) return true
  try {
    return typeof (JSON.parse(decoded(header)) as { alg?: unknown }).alg === 'string'
  } catch {
    return false
  }
}

function decoded(base64: string): string {
  return Buffer.from(base64, 'base64url').toString()
}

function hasDigits(found: string): boolean {
  return /\d.*\d/.test(found)
}

function isMixed(found: string): boolean {
  return /\d/.test(found) && /[a-z]/.test(found) && /[A-Z]/.test(found)
}
