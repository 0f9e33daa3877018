// One advisory as OSV publishes it, and what is read from it: how bad, which weakness, mended where. The one place where severities are mapped.
import { z } from 'zod'
import type { Severity } from '../../domain/severity.ts'
import type { Locked } from './locked.ts'

const text = (most: number) => z.string().transform(value => value.slice(0, most))
const maybe = <T extends z.ZodType>(schema: T) => schema.nullish().catch(undefined)
// What kind of score it is, its own beginning says: https://github.com/google/osv.dev/issues/2337
const rated = maybe(z.array(z.object({ score: z.string().max(300) })))

/** https://ossf.github.io/osv-schema/, of which only what is used here is asked for; the rest may be anything. */
export const advisorySchema = z.object({
  id: z.string().min(1).max(100),
  summary: maybe(text(300)),
  details: maybe(text(300)),
  aliases: maybe(z.array(z.string().max(100))),
  withdrawn: maybe(z.string()),
  severity: rated,
  affected: maybe(
    z.array(
      z.object({
        package: maybe(z.object({ ecosystem: z.string(), name: z.string() })),
        severity: rated,
        ranges: maybe(
          z.array(z.object({ type: z.string(), events: z.array(z.record(z.string(), z.string())).catch([]) })),
        ),
        database_specific: maybe(z.object({ severity: maybe(z.string()) })),
      }),
    ),
  ),
  database_specific: maybe(z.object({ severity: maybe(z.string()), cwe_ids: maybe(z.array(z.string().max(30))) })),
})
export type Advisory = z.infer<typeof advisorySchema>

const words: Record<string, Severity> = {
  CRITICAL: 'critical',
  HIGH: 'high',
  MODERATE: 'medium',
  MEDIUM: 'medium',
  LOW: 'low',
}

/** Undefined where nobody rated it in a way that is understood here. Malicious packages are rated by their kind: https://github.com/ossf/malicious-packages */
export function severityOf(advisory: Advisory, locked: Pick<Locked, 'ecosystem' | 'name'>): Severity | undefined {
  if (isMalicious(advisory)) return 'critical'
  const own = affectedOf(advisory, locked)
  const said = [advisory.database_specific?.severity, ...own.map(one => one.database_specific?.severity)]
  for (const word of said) {
    const known = words[word?.trim().toUpperCase() ?? '']
    if (known) return known
  }
  const scores = [...own.flatMap(one => one.severity ?? []), ...(advisory.severity ?? [])].flatMap(
    ({ score }) => baseScore(score) ?? [],
  )
  return scores.length > 0 ? bandOf(Math.max(...scores)) : undefined
}

export function isMalicious({ id }: Pick<Advisory, 'id'>): boolean {
  return id.startsWith('MAL-')
}

/** CWE-1395: a component that is vulnerable; CWE-506: code that is malicious. */
export function cweOf(advisory: Advisory): string {
  if (isMalicious(advisory)) return 'CWE-506'
  const named = advisory.database_specific?.cwe_ids?.find(id => /^CWE-\d{1,5}$/.test(id))
  return named ?? 'CWE-1395'
}

/** The lowest version above the locked one that mends it; undefined where none is published. */
export function fixedIn(
  advisory: Advisory,
  locked: Pick<Locked, 'ecosystem' | 'name' | 'version'>,
): string | undefined {
  return affectedOf(advisory, locked)
    .flatMap(one => one.ranges ?? [])
    .filter(({ type }) => type === 'SEMVER' || type === 'ECOSYSTEM')
    .flatMap(({ events }) => events.flatMap(event => event.fixed ?? []))
    .filter(version => /^[\w.+!~-]{1,100}$/.test(version) && compareVersions(version, locked.version) > 0)
    .sort(compareVersions)[0]
}

function affectedOf(advisory: Advisory, { ecosystem, name }: Pick<Locked, 'ecosystem' | 'name'>) {
  const bare = (one: string) => (ecosystem === 'PyPI' ? one.toLowerCase().replace(/[-_.]+/g, '-') : one)
  return (advisory.affected ?? []).filter(
    one => one.package?.ecosystem.split(':')[0] === ecosystem && bare(one.package.name) === bare(name),
  )
}

/** Numbers by size, the rest by letters; what has a suffix comes before what has none. Good enough to choose among published fixes. */
export function compareVersions(a: string, b: string): number {
  const [one, two] = [a, b].map(version => version.replace(/^v/, '').replace(/\+.*$/, '').split(/[.-]/))
  for (let at = 0; at < Math.max(one!.length, two!.length); at++) {
    const [left, right] = [one![at], two![at]]
    if (left === right) continue
    const [isLeft, isRight] = [left ?? '0', right ?? '0'].map(part => /^\d+$/.test(part))
    if (isLeft && isRight) {
      const by = Number(left ?? 0) - Number(right ?? 0)
      if (by !== 0) return by
    } else if (isLeft !== isRight) return isLeft ? 1 : -1
    else return left! < right! ? -1 : 1
  }
  return 0
}

/** https://www.first.org/cvss/v3.1/specification-document, sections 5 and 7.1 */
function bandOf(score: number): Severity {
  if (score >= 9) return 'critical'
  if (score >= 7) return 'high'
  return score >= 4 ? 'medium' : 'low'
}

const weights: Record<string, Record<string, number>> = {
  AV: { N: 0.85, A: 0.62, L: 0.55, P: 0.2 },
  AC: { L: 0.77, H: 0.44 },
  UI: { N: 0.85, R: 0.62 },
  C: { H: 0.56, L: 0.22, N: 0 },
  I: { H: 0.56, L: 0.22, N: 0 },
  A: { H: 0.56, L: 0.22, N: 0 },
}

/** Of a CVSS 3 vector; undefined for what is none. */
function baseScore(vector: string): number | undefined {
  const metrics = new Map(vector.split('/').map(part => part.split(':', 2) as [string, string]))
  if (!metrics.get('CVSS')?.startsWith('3')) return undefined
  const weight = (name: string) => weights[name]?.[metrics.get(name) ?? '']
  const scope = metrics.get('S')
  const privileges = { N: 0.85, L: scope === 'C' ? 0.68 : 0.62, H: scope === 'C' ? 0.5 : 0.27 }[metrics.get('PR') ?? '']
  const [av, ac, ui, c, i, a] = ['AV', 'AC', 'UI', 'C', 'I', 'A'].map(weight)
  const all = [av, ac, ui, c, i, a, privileges]
  if (all.some(one => one === undefined) || (scope !== 'U' && scope !== 'C')) return undefined
  const base = 1 - (1 - c!) * (1 - i!) * (1 - a!)
  const impact = scope === 'U' ? 6.42 * base : 7.52 * (base - 0.029) - 3.25 * (base - 0.02) ** 15
  if (impact <= 0) return 0
  const exploitability = 8.22 * av! * ac! * privileges! * ui!
  const score = Math.min((scope === 'U' ? 1 : 1.08) * (impact + exploitability), 10)
  // Rounded up to a tenth as the specification does it, in whole numbers.
  const whole = Math.round(score * 100_000)
  return whole % 10_000 === 0 ? whole / 100_000 : (Math.floor(whole / 10_000) + 1) / 10
}
