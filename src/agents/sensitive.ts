// Which paths make a change risky whatever its size: authentication, cryptography, money, migrations, workflows, infrastructure, lock files.

/** What makes `path` sensitive, in words; undefined when nothing does. */
export function sensitivity(path: string): string | undefined {
  if (isLockFile(path)) return 'a lock file'
  for (const [pattern, what] of places) if (pattern.test(path)) return what
  if (/\.(md|mdx|rst|txt|adoc)$/i.test(path)) return undefined
  for (const word of wordsOf(path)) {
    const what = words.get(word)
    if (what) return what
  }
  return undefined
}

export function isLockFile(path: string): boolean {
  return lockFiles.has(path.slice(path.lastIndexOf('/') + 1).toLowerCase())
}

export function isMigration(path: string): boolean {
  return /(^|\/)(db\/migrate|migrations?|alembic\/versions|flyway|liquibase)(\/|$)/i.test(path)
}

const lockFiles = new Set([
  'package-lock.json',
  'npm-shrinkwrap.json',
  'yarn.lock',
  'pnpm-lock.yaml',
  'bun.lock',
  'bun.lockb',
  'deno.lock',
  'cargo.lock',
  'gemfile.lock',
  'poetry.lock',
  'pipfile.lock',
  'uv.lock',
  'pdm.lock',
  'composer.lock',
  'go.sum',
  'flake.lock',
  'mix.lock',
  'pubspec.lock',
  'podfile.lock',
  'packages.lock.json',
  'gradle.lockfile',
  'cartfile.resolved',
  'package.resolved',
])

const places: [RegExp, string][] = [
  [/(^|\/)(db\/migrate|migrations?|alembic\/versions|flyway|liquibase)(\/|$)/i, 'a migration'],
  [/(^|\/)\.github\/(workflows|actions)\//i, 'a workflow'],
  [
    /(^|\/)(\.gitlab-ci\.ya?ml|jenkinsfile|azure-pipelines\.ya?ml|\.circleci\/|\.buildkite\/|\.travis\.yml)/i,
    'a workflow',
  ],
  [
    /(^|\/)((docker|container)file([._-][^/]*)?|[^/]*\.dockerfile|(docker-)?compose[^/]*\.ya?ml)$/i,
    'a container definition',
  ],
  [/\.(tf|tfvars|hcl|bicep)$/i, 'infrastructure'],
  [
    /(^|\/)(terraform|helm|charts|k8s|kubernetes|ansible|pulumi|cloudformation|infra|infrastructure)\//i,
    'infrastructure',
  ],
]

const words = new Map<string, string>()
const topics: Record<string, string> = {
  authentication:
    'auth authn authz authentication authorization authorisation authenticate authorize login signin signup session sessions password passwords oauth oauth2 oidc saml sso jwt token tokens permission permissions acl rbac csrf cors mfa totp webauthn',
  cryptography:
    'crypto cryptography cipher ciphers encrypt encryption decrypt decryption hmac signature signatures tls ssl certificate certificates secret secrets keystore vault',
  money:
    'payment payments billing invoice invoices checkout refund refunds wallet wallets money payout payouts ledger stripe subscription subscriptions',
}
for (const [what, list] of Object.entries(topics)) for (const word of list.split(' ')) words.set(word, what)

function wordsOf(path: string): string[] {
  return path
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
}
