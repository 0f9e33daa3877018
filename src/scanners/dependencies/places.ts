// Where a lock file has packages fetched from that is no registry, and whether the repository's own configuration names that place.
import { creditOf } from '../../domain/evidence.ts'
import type { Finding } from '../../domain/finding.ts'
import type { Checkout } from '../../domain/workspace.ts'
import type { Ecosystem, Locked } from './locked.ts'

/** A place that was in no lock file before. */
export interface Place {
  /** "npm.corp.example", or "github.com/acme/mine" of what many share. */
  name: string
  ecosystem: Ecosystem
  /** Lock files that name it, the first being the one that the quote stands in. */
  files: string[]
  quote: string
  line: number
  packages: Locked[]
  /** Fetched without encryption. */
  plain: boolean
}

/** Places whose line is looked up. */
const mostShown = 50

/** Adds the places that a lock file's packages come from to those that are known. `text`: all of it. */
export function gatherPlaces(places: Map<string, Place>, path: string, packages: Locked[], text = ''): void {
  const lines = text.split('\n')
  for (const one of packages) {
    const { ecosystem, from } = one
    const name = from === undefined ? undefined : placeOf(from)
    if (from === undefined || name === undefined) continue
    const key = `${ecosystem}\n${name}`
    const place: Place = places.get(key) ?? {
      name,
      ecosystem,
      files: [],
      packages: [],
      plain: false,
      ...whereNamed(one, from, places.size < mostShown ? lines : []),
    }
    places.set(key, place)
    place.packages.push(one)
    place.plain ||= from.startsWith('http:')
    if (!place.files.includes(path)) place.files.push(path)
  }
}

/** The line that holds the address, else where the package is pinned. */
function whereNamed({ quote, line = 1 }: Locked, address: string, lines: string[]): Pick<Place, 'quote' | 'line'> {
  const at = lines.findIndex(one => one.includes(address))
  return at < 0 ? { quote, line } : { quote: lines[at]!.slice(0, 1_000), line: at + 1 }
}

/** Undefined where an address is none, or lies within the repository. */
export function placeOf(address: string): string | undefined {
  const written = address.replace(/^(?:registry|sparse|git)\+/, '')
  const short = /^(github|gitlab|bitbucket):([\w.-]+\/[\w.-]+)/.exec(written)
  if (short) return shared(short[1] === 'bitbucket' ? 'bitbucket.org' : `${short[1]}.com`, short[2]!)
  const scp = /^(?:ssh:\/\/)?[\w.-]+@([\w.-]+)[:/](?!\d+\/)([^\s#?]*)/.exec(written)
  if (scp) return shared(scp[1]!, scp[2]!)
  const url = URL.parse(written)
  return url && /^(?:https?|ssh|git):$/.test(url.protocol) && url.host !== ''
    ? shared(url.host, url.pathname)
    : undefined
}

/** Where everybody can put things, a host alone says nothing. */
function shared(host: string, path: string): string {
  const name = host
    .toLowerCase()
    .replace(/:(?:22|443)$/, '')
    .replace(/^(?:codeload|raw|api)\.github\.com$|^raw\.githubusercontent\.com$/, 'github.com')
  if (!/^(?:github\.com|gitlab\.com|bitbucket\.org|codeberg\.org)$/.test(name)) return name
  const parts = path.toLowerCase().split('/').filter(Boolean).slice(0, 2)
  return [name, ...parts].join('/').replace(/\.git$/, '')
}

/** At the merge base a change can not have written it. */
export async function findStrangers(
  checkout: Checkout,
  places: Place[],
  { tree, changed }: { tree: boolean; changed: string[] },
): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const place of places) {
    const folder = place.files[0]!.slice(0, place.files[0]!.lastIndexOf('/') + 1)
    const here = new Set(configurations[place.ecosystem].flatMap(name => [name, folder + name]))
    if (await namedIn(checkout, place, [...here], tree ? undefined : checkout.mergeBase)) continue
    const beside = changed.filter(path =>
      configurations[place.ecosystem].includes(path.slice(path.lastIndexOf('/') + 1)),
    )
    const byItself = !tree && (await namedIn(checkout, place, [...here, ...beside], undefined))
    findings.push(findingOf(place, { tree, byItself }))
  }
  return findings
}

/** What people write, by contrast to what a tool writes for them. */
const configurations: Record<Ecosystem, string[]> = {
  npm: ['package.json', '.npmrc', '.yarnrc', '.yarnrc.yml', 'pnpm-workspace.yaml', 'bunfig.toml'],
  PyPI: ['pyproject.toml', 'Pipfile', 'poetry.toml', 'uv.toml', 'pip.conf', 'setup.cfg', 'setup.py', 'requirements.in'],
  'crates.io': ['Cargo.toml', '.cargo/config.toml', '.cargo/config'],
  Go: [],
}

async function namedIn(checkout: Checkout, { name }: Place, paths: string[], commit: string | undefined) {
  // Of what many share, how it is written differs: `acme/mine`, `github:acme/mine`, a whole address.
  const wanted = name.includes('/') ? name.slice(name.indexOf('/') + 1) : name
  const literal = wanted.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&')
  const pattern = new RegExp(`(?<![\\w.-])${literal}(?:\\.git)?(?![\\w.-])`, 'i')
  for (const path of paths) {
    const text = await checkout.file(path, commit, 1024 ** 2)
    if (text !== undefined && pattern.test(text)) return true
  }
  return false
}

const most = 5

function findingOf(place: Place, { tree, byItself }: { tree: boolean; byItself: boolean }): Finding {
  const { name, ecosystem, files, quote, line, packages, plain } = place
  const some = packages.slice(0, most).map(one => `${one.name} ${one.version}`.trim().slice(0, 120))
  const more = packages.length > most ? ` and ${packages.length - most} more` : ''
  const it = packages.length === 1 ? 'a package' : `${packages.length} packages`
  return {
    id: '',
    file: files[0]!,
    quote,
    line,
    title: `${files[0]!.slice(files[0]!.lastIndexOf('/') + 1)} has ${it} fetched from ${name}`.slice(0, 200),
    claim: [
      `${some.join(', ')}${more} (${ecosystem}) would be fetched from ${name}, which is no registry of ${ecosystem}.`,
      byItself
        ? 'The change that brings it names this place in the configuration as well, where nothing did before.'
        : 'No configuration of the repository names this place: lock files are written by tools, and a line that was put in by hand is easily passed over.',
      ...(plain ? ['It is fetched over http, so that whoever is on the way can exchange it.'] : []),
      ...(files.length > 1 ? [`Named in ${files.length} lock files.`] : []),
    ].join(' '),
    severity: byItself && !plain ? 'low' : 'high',
    confidence: 'high',
    origin: tree ? 'pre_existing' : 'introduced',
    category: 'dependencies',
    cwe: 'CWE-829',
    fix: byItself
      ? `Make sure that ${name} is meant.`
      : `Write the lock file anew by its tool, or name ${name} in the configuration of the package manager where it is meant.`,
    agents: [creditOf.dependencies],
    routines: [],
    security: true,
  }
}
