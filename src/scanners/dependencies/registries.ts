// Which addresses are the public registries; whatever lies elsewhere may have a name that is nobody else's business.
import type { Ecosystem } from './locked.ts'

const hosts: Record<Ecosystem, string[]> = {
  npm: ['registry.npmjs.org', 'registry.yarnpkg.com'],
  PyPI: ['pypi.org', 'pypi.python.org', 'files.pythonhosted.org'],
  Go: [],
  'crates.io': ['index.crates.io', 'static.crates.io'],
}

/** Undefined when the address is on the ecosystem's public registry; else what it is, as people call it. */
export function elsewhere(ecosystem: Ecosystem, address: string): string | undefined {
  const plain = address.replace(/^(registry|sparse)\+/, '')
  if (ecosystem === 'crates.io' && plain.replace(/\.git$/, '') === 'https://github.com/rust-lang/crates.io-index')
    return undefined
  if (/^(git[+:@]|git$|ssh:|github:|gitlab:|bitbucket:)|\.git(#|$)|\bcodeload\.github\.com\b/.test(address))
    return 'git'
  if (/^(file|link|portal|path|directory|workspace|\.{0,2}\/)/.test(address)) return 'a path'
  const url = URL.parse(plain)
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) return 'a place that is not understood'
  // Credentials in an address are for a registry that asks for them.
  const known = hosts[ecosystem].includes(url.hostname) && url.port === '' && url.username === ''
  return known ? undefined : 'another registry'
}

/** Of npm: what `.npmrc` and `.yarnrc.yml` say about packages whose lock file names no address. */
export function readRegistries(npmrc = '', yarnrc = ''): (name: string) => string | undefined {
  const set = new Map(
    npmrc.split('\n').flatMap(line => {
      const [, key, value] = /^\s*([^=;#\s]+)\s*=\s*["']?([^"'\s]+)/.exec(line) ?? []
      return key && value ? [[key, value] as const] : []
    }),
  )
  const server = /^npmRegistryServer:[ \t]*["']?([^"'\s]+)/m.exec(yarnrc)?.[1]
  const keys = yarnrc.split('\n').map(line => line.trim().replace(/["']/g, ''))
  const scopes = new Set(keys.includes('npmScopes:') ? keys : [])
  return name => {
    const scope = /^@([^/]+)\//.exec(name)?.[1]
    if (scope && scopes.has(`${scope}:`)) return 'another registry'
    const address = (scope && set.get(`@${scope}:registry`)) || set.get('registry') || server
    return address === undefined ? undefined : elsewhere('npm', address)
  }
}

// Modules of Go say nothing of their registry: the host is all there is to tell by.
const goHosts = new Set(
  `github.com gitlab.com bitbucket.org codeberg.org golang.org google.golang.org gopkg.in go.uber.org k8s.io sigs.k8s.io
  go.opentelemetry.io go.etcd.io cloud.google.com go.mongodb.org modernc.org go.opencensus.io helm.sh istio.io
  knative.dev oras.land dario.cat filippo.io gorm.io gonum.org honnef.co mvdan.cc nhooyr.io rsc.io tailscale.com
  software.sslmate.com vitess.io zombiezen.com cuelang.org cel.dev buf.build connectrpc.com entgo.io gocloud.dev
  gotest.tools howett.net go.starlark.net go.temporal.io go.step.sm go.mozilla.org code.gitea.io gitea.com dagger.io
  storj.io goa.design cosmossdk.io inet.af layeh.com lukechampine.com periph.io pgregory.net upper.io
  contrib.go.opencensus.io gioui.org git.sr.ht`
    .trim()
    .split(/\s+/),
)

/** `own`: the module that the lock file belongs to; its owner's other modules may be as private as it is. */
export function goElsewhere(module: string, own: string | undefined): string | undefined {
  const parts = module.split('/')
  const host = parts[0] ?? ''
  if (!goHosts.has(host)) return 'a host that is not known to be public'
  const owner = own?.split('/').slice(0, 2).join('/')
  const shared = owner?.includes('/')
  return shared && parts.slice(0, 2).join('/') === owner
    ? 'the same owner as this module, and perhaps private'
    : undefined
}
