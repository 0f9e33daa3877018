// What a change touches that a security review reads first: entry points, trust boundaries, sinks, secrets, dependencies, workflows, infrastructure.
import type { Change, ChangedFile } from '../domain/change.ts'
import type { Touched } from '../domain/evidence.ts'
import { showPath } from '../domain/untrusted.ts'
import { fill, type Words } from '../domain/words.ts'
import { sensitivity } from './sensitive.ts'

/** Entries that are kept; what is more is counted. */
const most = 80

/** Pure: by paths and by changed lines, removed ones too. It shows where to begin, and is no claim that the rest is safe. */
export function takeInventory(change: Change): { inventory: Touched[]; more: number } {
  const all = change.files.flatMap(file => [...byPath(file), ...byLines(file)])
  const once = [...new Map(all.map(one => [`${one.kind}\n${one.path}`, one])).values()]
  const sorted = once.sort((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind))
  return { inventory: sorted.slice(0, most), more: Math.max(0, sorted.length - most) }
}

/** The part of a security agent's brief; empty when nothing was found. */
export function sayInventory({ inventory, more }: ReturnType<typeof takeInventory>, words: Words): string {
  if (inventory.length === 0) return ''
  const lines = inventory.map(one => `- ${one.kind}: ${showPath(one.path)} (${one.because})`)
  if (more > 0) lines.push(`- and ${more} more`)
  return fill(words.inventory, { inventory: lines.join('\n') }).trim()
}

const kinds = [
  'entry point',
  'trust boundary',
  'sink',
  'secrets and cryptography',
  'dependencies',
  'workflow',
  'infrastructure',
  'data',
]

const kindOfPlace: Record<string, string> = {
  'a lock file': 'dependencies',
  'a workflow': 'workflow',
  'a container definition': 'infrastructure',
  infrastructure: 'infrastructure',
  'a migration': 'data',
  money: 'data',
  authentication: 'trust boundary',
  cryptography: 'secrets and cryptography',
}

const manifests =
  /(^|\/)(package\.json|pyproject\.toml|requirements[^/]*\.txt|setup\.(py|cfg)|go\.mod|cargo\.toml|pom\.xml|build\.gradle(\.kts)?|gemfile|composer\.json|\.npmrc|\.pypirc)$/i
const keyFiles = /(^|\/)(\.env(\.[^/]*)?|id_(rsa|dsa|ecdsa|ed25519)|[^/]*\.(pem|key|p12|pfx|jks|keystore))$/i

function byPath({ path, oldPath }: ChangedFile): Touched[] {
  const found: Touched[] = []
  for (const name of [path, ...(oldPath && oldPath !== path ? [oldPath] : [])]) {
    const what = sensitivity(name)
    const kind = what && kindOfPlace[what]
    if (kind) found.push({ path, kind, because: `by its path: ${what}` })
    if (manifests.test(name)) found.push({ path, kind: 'dependencies', because: 'by its path: names packages' })
    if (keyFiles.test(name))
      found.push({ path, kind: 'secrets and cryptography', because: 'by its path: holds keys or settings' })
  }
  return found
}

interface Sign {
  kind: string
  what: string
  pattern: RegExp
}

const signs: Sign[] = [
  {
    kind: 'entry point',
    what: 'a route or handler',
    pattern:
      /\b(?:app|router|server|api|routes?|mux|r)\.(?:get|post|put|patch|delete|all|use|route|handle|handlefunc)\s*\(|@(?:\w+\.)?(?:route|get|post|put|delete|patch)\(|@(?:Get|Post|Put|Delete|Patch|Request)Mapping\b|\bhttp\.Handle(?:Func)?\(|\bfunction\s+(?:GET|POST|PUT|PATCH|DELETE)\b|\bexports\.handler\b|\bdef lambda_handler\b|\bextends HttpServlet\b/i,
  },
  {
    kind: 'entry point',
    what: 'input from a command line',
    pattern: /\bprocess\.argv\b|\bsys\.argv\b|\bargparse\b|\bos\.Args\b|\bflag\.Parse\(/,
  },
  {
    kind: 'trust boundary',
    what: 'input of a request',
    pattern:
      /\b(?:req|request|ctx)\.(?:body|query|params|headers|cookies|args|form|json|files|GET|POST)\b|\br\.(?:FormValue|PostFormValue|URL\.Query|PathValue)\b|\bgetParameter\(|@Request(?:Body|Param|Header)\b|@PathVariable\b/,
  },
  {
    kind: 'trust boundary',
    what: 'who may do this, or who this is',
    pattern:
      /\b(?:authori[sz]|authenticat|permission|isAdmin|is_admin|hasRole|has_role|requireAuth|login_required|canActivate|csrf|cors|jwt|oauth|session)\w*/i,
  },
  {
    kind: 'sink',
    what: 'starts programs or runs text as code',
    pattern:
      /\b(?:exec|execSync|execFile|spawn|spawnSync|eval|popen|system|runInNewContext)\s*\(|\bsubprocess\.|\bexec\.Command|\bProcessBuilder\b|\bgetRuntime\(\)|\bnew Function\(/,
  },
  {
    kind: 'sink',
    what: 'asks a database',
    pattern: /\.(?:query|execute|executeQuery|executeUpdate|raw|queryRow|QueryContext|createQuery)\s*\(/i,
  },
  {
    kind: 'sink',
    what: 'writes markup',
    pattern:
      /innerHTML|outerHTML|dangerouslySetInnerHTML|document\.write|v-html|mark_safe|template\.HTML|insertAdjacentHTML/,
  },
  {
    kind: 'sink',
    what: 'makes objects of bytes',
    pattern:
      /\bpickle\b|\byaml\.load|ObjectInputStream|\bunserialize\b|Marshal\.load|\bmarshal\.loads?\b|XMLDecoder|DocumentBuilderFactory/,
  },
  {
    kind: 'sink',
    what: 'opens or writes files',
    pattern:
      /\b(?:readFile|writeFile|appendFile|createReadStream|createWriteStream|unlink|sendFile|extractall|unpack_archive)\w*\s*\(|\bos\.(?:Open|Create|Remove|ReadFile|WriteFile)\w*\(|\bopen\s*\(|\bnew File(?:Input|Output)?(?:Stream)?\(/,
  },
  {
    kind: 'sink',
    what: 'asks other servers',
    pattern:
      /\bfetch\s*\(|\baxios\b|\brequests\.(?:get|post|put|request)\(|\bhttp\.(?:Get|Post|request)\(|\burlopen\(|\bHttpClient\b/,
  },
  {
    kind: 'secrets and cryptography',
    what: 'speaks of secrets',
    pattern: /(?:secret|passw(?:or)?d|passphrase|api_?key|private_?key|access_?key|credential|\btoken)/i,
  },
  {
    kind: 'secrets and cryptography',
    what: 'uses cryptography',
    pattern:
      /\bcrypto\b|cipher|\bhmac\b|createHash|hashlib|MessageDigest|bcrypt|scrypt|InsecureSkipVerify|rejectUnauthorized|\bverify\s*=\s*False/i,
  },
]

/** Of a line that is longer the rest is not looked at: this is where to begin, not all there is. */
const longest = 1_000

function byLines(file: ChangedFile): Touched[] {
  if (
    /\.(md|mdx|rst|txt|adoc|lock|sum|svg)$/i.test(file.path) ||
    /(^|\/)[^/]*lock[^/]*\.(json|ya?ml)$/i.test(file.path)
  )
    return []
  const seen = new Map<Sign, { first: string; lines: number }>()
  for (const line of file.hunks.flatMap(hunk => hunk.lines)) {
    if (line.kind === 'context') continue
    const text = line.text.slice(0, longest)
    for (const sign of signs) {
      if (!sign.pattern.test(text)) continue
      const known = seen.get(sign)
      if (known) known.lines++
      else seen.set(sign, { first: line.newLine === undefined ? 'a removed line' : `line ${line.newLine}`, lines: 1 })
    }
  }
  const byKind = Map.groupBy([...seen], ([sign]) => sign.kind)
  return [...byKind].map(([kind, found]) => ({
    path: file.path,
    kind,
    because: found
      .map(([{ what }, { first, lines }]) => `${what}: ${first}${lines > 1 ? ` and ${lines - 1} more` : ''}`)
      .join('; '),
  }))
}
