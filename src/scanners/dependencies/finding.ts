// What is known about one package as a finding: its advisories joined, the worst first, and the version that mends them all.
import { creditOf } from '../../domain/evidence.ts'
import type { Finding } from '../../domain/finding.ts'
import { bySeverity, type Severity } from '../../domain/severity.ts'
import { type Advisory, compareVersions, cweOf, fixedIn, isMalicious, severityOf } from './advisory.ts'
import type { Changed } from './difference.ts'

export interface KnownAbout {
  locked: Changed
  advisories: Advisory[]
  /** Ids that held for a version that was locked before as well. */
  before: Set<string>
  /** Ids whose text could not be had. */
  unread: string[]
  /** The whole repository is looked at: it stood there before. */
  tree: boolean
}

/** Without an id: who lists it gives one. */
export function findingOf({ locked, advisories, before, unread, tree }: KnownAbout): Finding | undefined {
  const groups = joinAliases(advisories.filter(one => !one.withdrawn)).map(group => rate(group, locked))
  if (groups.length === 0 && unread.length === 0) return undefined
  const fresh = groups.filter(group => !group.ids.some(id => before.has(id)))
  const introduced = !tree && (fresh.length > 0 || unread.some(id => !before.has(id)))
  const said = (introduced && fresh.length > 0 ? fresh : groups).sort(bySeverity)
  const worst = said[0]
  const all = groups.sort(bySeverity)
  const name = `${locked.name} ${locked.version}`
  return {
    id: '',
    file: locked.files[0]!,
    quote: locked.quote === '' ? name : locked.quote,
    ...(locked.line && { line: locked.line }),
    title: titleOf(name, all, unread).slice(0, 200),
    claim: claimOf(locked, all, { before, unread, tree }).slice(0, 4_000),
    severity: worst?.severity ?? 'medium',
    confidence: 'high',
    origin: introduced ? 'introduced' : 'pre_existing',
    category: 'dependencies',
    cwe: worst?.cwe ?? 'CWE-1395',
    ...(all.length > 0 && { fix: fixOf(locked, all) }),
    agents: [creditOf.dependencies],
    routines: [],
    security: true,
  }
}

interface Rated {
  ids: string[]
  severity: Severity
  rated: boolean
  cwe: string
  fixed: string | undefined
  summary: string
  malicious: boolean
}

function rate(group: Advisory[], locked: Changed): Rated {
  const rated = group
    .flatMap(one => severityOf(one, locked) ?? [])
    .sort((a, b) => bySeverity({ severity: a }, { severity: b }))
  const cwes = group.map(cweOf)
  const fixes = group.flatMap(one => fixedIn(one, locked) ?? []).sort(compareVersions)
  return {
    ids: [...new Set(group.flatMap(one => [one.id, ...(one.aliases ?? [])]))],
    severity: rated[0] ?? 'medium',
    rated: rated.length > 0,
    cwe: cwes.find(cwe => cwe !== 'CWE-1395') ?? 'CWE-1395',
    fixed: fixes.at(-1),
    summary: oneLine(group.find(one => one.summary)?.summary ?? group.find(one => one.details)?.details ?? ''),
    malicious: group.some(isMalicious),
  }
}

/** The same weakness is published by several: each names the others among its aliases. */
function joinAliases(advisories: Advisory[]): Advisory[][] {
  const groups: { names: Set<string>; group: Advisory[] }[] = []
  for (const advisory of [...advisories].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    const names = [advisory.id, ...(advisory.aliases ?? [])]
    const same = groups.filter(one => names.some(name => one.names.has(name)))
    const joined = { names: new Set(names), group: [advisory] }
    for (const one of same) {
      for (const name of one.names) joined.names.add(name)
      joined.group.unshift(...one.group)
      groups.splice(groups.indexOf(one), 1)
    }
    groups.push(joined)
  }
  return groups.map(one => one.group)
}

function titleOf(name: string, all: Rated[], unread: string[]): string {
  const [worst] = all
  if (!worst) return `${name}: ${unread.length} known advisories`
  if (worst.malicious) return `${name} is known to be malicious`
  if (all.length === 1 && unread.length === 0) return `${name}: ${worst.summary || worst.ids[0]}`
  return `${name} has ${all.length + unread.length} known advisories, the worst ${worst.severity}`
}

const most = 8

function claimOf(
  locked: Changed,
  all: Rated[],
  { before, unread, tree }: Pick<KnownAbout, 'before' | 'unread' | 'tree'>,
): string {
  const was = tree
    ? ''
    : locked.before.length > 0
      ? ` (${locked.before.slice(0, 3).join(', ')} before)`
      : ', which is new here,'
  const also = locked.files.length > 1 ? ` Pinned in ${locked.files.length} lock files.` : ''
  const lines = all.slice(0, most).map(({ ids, severity, rated, summary, fixed, ...one }) => {
    const stood = ids.some(id => before.has(id)) ? '; it held for the version before too' : ''
    const mended = fixed ? `mended in ${fixed}` : 'no version that mends it is published'
    const how = rated ? severity : 'not rated by its publisher, taken for medium'
    return `- ${ids.slice(0, 3).join(', ')}: ${one.malicious ? 'malicious code' : summary || 'no summary'} (${how}; ${mended}${stood}).`
  })
  return [
    `This ${tree ? 'repository' : 'change'} locks the ${locked.ecosystem} package ${locked.name}${was} to ${locked.version}, about which OSV publishes:${also}`,
    ...lines,
    ...(all.length > most ? [`- and ${all.length - most} more.`] : []),
    ...(unread.length > 0 ? [`- ${unread.slice(0, 10).join(', ')}: what it says could not be looked up.`] : []),
    'Whether the code here reaches what is vulnerable was not looked at.',
  ].join('\n')
}

function fixOf(locked: Changed, all: Rated[]): string {
  if (all.some(one => one.malicious)) return `Remove ${locked.name}, and treat what ran it as compromised.`
  const fixes = all.flatMap(one => one.fixed ?? []).sort(compareVersions)
  const last = fixes.at(-1)
  if (last === undefined)
    return `No version of ${locked.name} mends it yet: replace it, or do without what is vulnerable.`
  const rest = all.length - fixes.length
  return `Lock ${locked.name} to ${last} or later${rest > 0 ? `; ${rest} of the advisories are not mended by any version yet` : ''}.`
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim().slice(0, 160)
}
