// Open security alerts of a repository: on dependencies, of code scanning, and of secrets.
import { type Call, type Handlers, page, repositoryOf, userOf } from '../call.ts'
import type { Alert } from '../changes/elsewhere.ts'
import { Refusal } from '../refusal.ts'
import { api, iso, repositoryPath, repositoryShape, webPath } from '../shapes.ts'
import type { Json } from '../world.ts'

export const alerts: Handlers = {
  'dependabot/list-alerts-for-repo': call => list(call, 'dependabot', dependabotShape),
  'code-scanning/list-alerts-for-repo': call => list(call, 'code-scanning', codeShape),
  'secret-scanning/list-alerts-for-repo': call => list(call, 'secret-scanning', secretShape),
}

/** Repositories on which a feature is off answer as GitHub does. */
const off: Record<Alert['kind'], [number, string]> = {
  dependabot: [403, 'Dependabot alerts are disabled for this repository.'],
  'code-scanning': [404, 'no analysis found'],
  'secret-scanning': [404, 'Secret scanning is disabled on this repository.'],
}

function list(call: Call, kind: Alert['kind'], shape: (call: Call, alert: Alert) => Json) {
  const repository = repositoryOf(call)
  if (repository.withoutAlerts.has(kind)) throw new Refusal(...off[kind])
  const { state } = call.query
  const found = repository.alerts.filter(one => one.kind === kind && (!state || one.state === state))
  return page(
    call,
    found.map(alert => shape(call, alert)),
  )
}

function common(call: Call, { number, kind, state, at }: Alert): Json {
  const repository = repositoryOf(call)
  return {
    number,
    state,
    url: api(call.world, `${repositoryPath(repository)}/${kind}/alerts/${number}`),
    html_url: `${call.world.url}${webPath(repository)}/security/${kind}/${number}`,
    created_at: iso(at),
    updated_at: iso(at),
    dismissed_at: null,
    dismissed_by: null,
    dismissed_reason: null,
    dismissed_comment: null,
    fixed_at: null,
  }
}

function dependabotShape(call: Call, alert: Alert): Json {
  const { about } = alert
  const named = { ecosystem: about.ecosystem ?? 'npm', name: about.package }
  const { severity = 'high', range = '< 2.0.0', patched = '2.0.0', ghsa = 'GHSA-aaaa-bbbb-cccc' } = about
  const weakness = {
    package: named,
    severity,
    vulnerable_version_range: range,
    first_patched_version: patched === null ? null : { identifier: patched },
  }
  return {
    ...common(call, alert),
    dependency: {
      package: named,
      manifest_path: about.manifest ?? 'package-lock.json',
      scope: about.scope ?? 'runtime',
    },
    security_advisory: {
      ghsa_id: ghsa,
      cve_id: null,
      summary: about.summary,
      description: about.description ?? about.summary,
      severity,
      vulnerabilities: [weakness],
      cvss: { score: 7.5, vector_string: null },
      cwes: [],
      identifiers: [{ type: 'GHSA', value: ghsa }],
      references: [],
      published_at: iso(alert.at),
      updated_at: iso(alert.at),
      withdrawn_at: null,
    },
    security_vulnerability: weakness,
  }
}

function codeShape(call: Call, alert: Alert): Json {
  const { about } = alert
  const shape = common(call, alert)
  return {
    ...shape,
    instances_url: `${shape.url}/instances`,
    rule: {
      id: about.rule ?? 'js/sql-injection',
      severity: 'error',
      security_severity_level: about.severity ?? 'high',
      description: about.summary,
    },
    tool: { name: 'CodeQL', guid: null, version: '2.20.0' },
    most_recent_instance: {
      ref: `refs/heads/${repositoryOf(call).defaultBranch}`,
      state: alert.state,
      location: { path: about.path, start_line: about.line ?? 1, end_line: about.line ?? 1 },
      message: { text: about.description ?? about.summary },
    },
  }
}

function secretShape(call: Call, alert: Alert): Json {
  const repository = repositoryOf(call)
  const {
    dismissed_at: _a,
    dismissed_by: _b,
    dismissed_reason: _c,
    dismissed_comment: _d,
    fixed_at: _e,
    ...shape
  } = common(call, alert)
  return {
    ...shape,
    secret_type: alert.about.type ?? 'npm_access_token',
    secret_type_display_name: alert.about.summary,
    ...(call.query.hide_secret === undefined && { secret: alert.about.secret }),
    validity: 'unknown',
    resolution: null,
    resolved_at: null,
    resolved_by: null,
    repository: repositoryShape(call.world, repository, userOf(call)),
  }
}
