// Open security alerts: vulnerable dependencies, code scanning, and secrets by their kind and place, never by their text.
import { block, cut, type Source } from './source.ts'

const open = { state: 'open', per_page: 100 } as const

export const dependencyAlerts: Source = {
  called: 'Alerts on dependencies',
  needs: () => ({ vulnerability_alerts: 'read' }),
  async gather({ octokit, at }) {
    const { data } = await octokit.rest.dependabot.listAlertsForRepo({ ...at, ...open })
    const entries = data.map(
      ({ number, dependency, security_advisory: about, security_vulnerability: weakness, created_at }) =>
        [
          `#${number} ${about.severity}: ${cut(about.summary, 300)}`,
          `${dependency.package?.ecosystem} ${dependency.package?.name} in ${dependency.manifest_path} (${dependency.scope ?? 'scope unknown'}), ${weakness.vulnerable_version_range}, mended in ${weakness.first_patched_version?.identifier ?? 'no version yet'}, ${about.ghsa_id}${about.cve_id ? `, ${about.cve_id}` : ''}, since ${created_at}`,
          cut(about.description, 600),
        ].join('\n'),
    )
    return block('dependency alerts', entries)
  },
}

export const codeAlerts: Source = {
  called: 'Code scanning alerts',
  needs: () => ({ security_events: 'read' }),
  async gather({ octokit, at }) {
    const { data } = await octokit.rest.codeScanning.listAlertsForRepo({ ...at, ...open })
    const entries = data.map(({ number, rule, tool, most_recent_instance: here, created_at }) => {
      const { path, start_line: line } = here.location ?? {}
      return [
        `#${number} ${rule.security_severity_level ?? rule.severity ?? 'unrated'}: ${cut(rule.description, 300)}`,
        `${rule.id ?? 'a rule'} of ${tool.name}, at ${path ?? 'an unknown place'}${line === undefined ? '' : `:${line}`}, since ${created_at}`,
        cut(here.message?.text, 600),
      ].join('\n')
    })
    return block('code scanning alerts', entries)
  },
}

export const secretAlerts: Source = {
  called: 'Secret scanning alerts',
  needs: () => ({ secret_scanning_alerts: 'read' }),
  async gather({ octokit, at }) {
    const { data } = await octokit.rest.secretScanning.listAlertsForRepo({ ...at, ...open, hide_secret: true })
    const entries = data.map(
      alert =>
        `#${alert.number} ${alert.secret_type_display_name ?? alert.secret_type}, validity ${alert.validity ?? 'unknown'}, since ${alert.created_at}`,
    )
    return block('secret scanning alerts', entries)
  },
}
