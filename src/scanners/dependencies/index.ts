// The dependency scanner: what a change locks newly in npm, PyPI, Go and Cargo, and what OSV publishes about it.
import type { Evidence, ScanInput, Scanner, ToolRun } from '../../domain/evidence.ts'
import type { Finding } from '../../domain/finding.ts'
import { plural } from '../../domain/plural.ts'
import { bySeverity } from '../../domain/severity.ts'
import { type Changed, compareLocks, type Difference, type Lock } from './difference.ts'
import { isOtherLock, readerOf } from './files.ts'
import { findingOf } from './finding.ts'
import { keyOf } from './locked.ts'
import { type Answers, type Asked, connectOsv, type Osv } from './osv.ts'
import { findStrangers } from './places.ts'

export interface DependencyOptions {
  /** Where OSV answers, or `off`. */
  osvUrl: string
  now: () => number
  /** Milliseconds before a request that failed is sent once more. */
  retryMs?: number
}

/** Remembers answers for a day: make one for the process. */
export function scanDependencies(options: DependencyOptions): Scanner {
  const osv = options.osvUrl === 'off' ? undefined : connectOsv({ ...options, url: options.osvUrl })
  return { tool: 'dependencies', scan: input => scan(osv, input) }
}

const mostAsked = 5_000

async function scan(osv: Osv | undefined, input: ScanInput): Promise<Evidence> {
  const { checkout, signal, tree = false } = input
  const { locks, others } = lockFilesOf(input)
  if (locks.length === 0)
    return nothing('skipped', sayOthers(others) || `No lock file ${tree ? 'is there' : 'changed'}.`)
  const difference = await compareLocks(checkout, locks)
  const changed = input.change.files.filter(file => file.status !== 'deleted').map(file => file.path)
  const strangers = await findStrangers(checkout, difference.places.slice(0, mostPlaces), { tree, changed })
  if (!osv) {
    const because = `OSV_URL is off: nobody was asked about ${plural(locks.length, 'lock file')}. ${sayPlaces(difference)}`
    return { ...nothing('skipped', because.trim()), findings: numbered(strangers) }
  }
  const asked = difference.changed.filter(one => one.elsewhere === undefined).slice(0, mostAsked)
  const answers = await osv.ask(withEarlier(asked), signal)
  const findings = numbered([...advised(asked, answers, tree), ...strangers])
  return { findings, tools: [told(difference, asked, answers, others)] }
}

/** What is published about those that were asked about. */
function advised(asked: Changed[], { ids, advisories }: Answers, tree: boolean): Finding[] {
  return asked.flatMap(locked => {
    const own = ids.get(keyOf(locked)) ?? []
    const finding = findingOf({
      locked,
      advisories: own.flatMap(id => advisories.get(id) ?? []),
      before: new Set(locked.before.flatMap(version => ids.get(keyOf({ ...locked, version })) ?? [])),
      unread: own.filter(id => !advisories.has(id)),
      tree,
    })
    return finding ? [finding] : []
  })
}

/** Whose configuration is looked through: a lock file with more is none that anybody reads. */
const mostPlaces = 20

function sayPlaces({ places }: Difference): string {
  const over = places.length - mostPlaces
  return over > 0 ? `${over} more places that packages come from were not held against the configuration.` : ''
}

function numbered(findings: Finding[]): Finding[] {
  return findings.sort(bySeverity).map((finding, index) => ({ ...finding, id: `dependency-check-${index + 1}` }))
}

/** Of a change, the lock files that are new or differ; of a whole repository, all of them. */
function lockFilesOf({ change, paths, tree }: ScanInput): { locks: Lock[]; others: string[] } {
  const given = new Set(paths)
  const here: Lock[] = tree
    ? paths.map(path => ({ path }))
    : change.files
        .filter(file => given.has(file.path) && file.status !== 'deleted')
        .map(({ path, oldPath, status }) => (status === 'added' ? { path } : { path, before: oldPath ?? path }))
  return {
    locks: here.filter(({ path }) => readerOf(path)),
    others: here.map(({ path }) => path).filter(isOtherLock),
  }
}

/** The versions from before as well: what held for them too is not brought in by this change. */
function withEarlier(asked: Changed[]): Asked[] {
  const all = new Map<string, Asked>()
  for (const { ecosystem, name, version, before } of asked)
    for (const one of [version, ...before])
      all.set(keyOf({ ecosystem, name, version: one }), { ecosystem, name, version: one })
  return [...all.values()]
}

function told(difference: Difference, asked: Changed[], answers: Answers, others: string[]): ToolRun {
  const { changed, files, unread } = difference
  const unknown = asked.filter(one => !answers.ids.has(keyOf(one))).length
  const over = changed.filter(one => one.elsewhere === undefined).length - asked.length
  const some = unknown > 0 ? `${unknown} of them` : 'some of them'
  const sentences = [
    changed.length === 0
      ? `${plural(files, 'lock file')} read: no package that was not locked before.`
      : `OSV was asked about ${asked.length - unknown} of ${plural(changed.length, 'package')} that ${plural(files, 'lock file')} newly lock.`,
    answers.because.length > 0
      ? `What is published about ${some} is unknown: ${answers.because.slice(0, 3).join(' ')}`
      : '',
    sayElsewhere(changed),
    over > 0 ? `${over} were not asked about: ${mostAsked} a review are.` : '',
    unread.length > 0 ? `${plural(unread.length, 'lock file')} could not be read.` : '',
    sayOthers(others),
    sayPlaces(difference),
  ]
  const failed = unknown + over + unread.length + answers.because.length > 0
  return {
    tool: 'dependencies',
    state: failed ? 'failed' : 'ran',
    files,
    because: sentences.filter(Boolean).join(' '),
    ...(unread.length > 0 && { left: unread }),
  }
}

function sayElsewhere(changed: Changed[]): string {
  const places = new Map<string, number>()
  for (const { elsewhere } of changed) if (elsewhere) places.set(elsewhere, (places.get(elsewhere) ?? 0) + 1)
  if (places.size === 0) return ''
  const list = [...places].map(([place, number]) => `${number} from ${place}`)
  return `Not asked about, since no public registry is named for them: ${list.join(', ')}.`
}

function sayOthers(others: string[]): string {
  if (others.length === 0) return ''
  const names = others.slice(0, 5)
  return `Of another tool than npm, PyPI, Go or Cargo, and not read: ${names.join(', ')}${others.length > 5 ? ` and ${others.length - 5} more` : ''}.`
}

function nothing(state: ToolRun['state'], because: string): Evidence {
  return { findings: [], tools: [{ tool: 'dependencies', state, files: 0, because }] }
}
