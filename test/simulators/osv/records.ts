// Advisories in OSV's schema, and the rule by which one holds for a version: https://ossf.github.io/osv-schema/#evaluation

export interface Record {
  id: string
  modified: string
  aliases?: string[]
  summary?: string
  details?: string
  withdrawn?: string
  severity?: { type: string; score: string }[]
  affected?: {
    package: { ecosystem: string; name: string }
    ranges?: { type: string; events: { [event: string]: string }[] }[]
    versions?: string[]
    database_specific?: object
  }[]
  database_specific?: object
}

export function affects(record: Record, asked: { ecosystem: string; name: string; version: string }): boolean {
  if (record.withdrawn) return false
  return (record.affected ?? []).some(({ package: about, ranges = [], versions = [] }) => {
    if (about.ecosystem !== asked.ecosystem || about.name !== asked.name) return false
    if (versions.includes(asked.version)) return true
    return ranges.filter(({ type }) => type !== 'GIT').some(({ events }) => within(events, asked.version))
  })
}

/** Events in the order of their versions; the last one that is not above the version decides. */
function within(events: { [event: string]: string }[], version: string): boolean {
  let vulnerable = false
  for (const event of events) {
    if (event.introduced !== undefined && (event.introduced === '0' || rank(version) >= rank(event.introduced)))
      vulnerable = true
    if (event.fixed !== undefined && rank(version) >= rank(event.fixed)) vulnerable = false
    if (event.last_affected !== undefined && rank(version) > rank(event.last_affected)) vulnerable = false
  }
  return vulnerable
}

/** Of plain releases of three numbers, as the advisories of the tests have them. */
function rank(version: string): number {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number)
  return major * 1e8 + minor * 1e4 + patch
}

/** One with the usual parts: `made('GHSA-1', 'npm', 'lodash', { introduced: '0', fixed: '4.17.21', severity: 'HIGH' })`. */
export function made(
  id: string,
  ecosystem: string,
  name: string,
  about: {
    introduced?: string
    fixed?: string
    severity?: string
    cwe?: string
    summary?: string
    aliases?: string[]
    score?: string
  },
): Record {
  const events: { [event: string]: string }[] = [
    { introduced: about.introduced ?? '0' },
    ...(about.fixed ? [{ fixed: about.fixed }] : []),
  ]
  return {
    id,
    modified: '2026-01-02T03:04:05Z',
    ...(about.aliases && { aliases: about.aliases }),
    summary: about.summary ?? `Something is wrong in ${name}`,
    ...(about.score && { severity: [{ type: 'CVSS_V3', score: about.score }] }),
    affected: [{ package: { ecosystem, name }, ranges: [{ type: 'SEMVER', events }] }],
    database_specific: {
      ...(about.severity && { severity: about.severity }),
      ...(about.cwe && { cwe_ids: [about.cwe] }),
    },
  }
}
