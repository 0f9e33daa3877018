// How many repositories an installation holds: asked of GitHub once a minute, however many events come.
import type { Open } from './client.ts'
import { sharing } from './sharing.ts'

/** Milliseconds a count holds: it only says whether an installation is a large one. */
const kept = 60_000

export function keepSizes(open: Open, now = () => performance.now()): (installationId: number) => Promise<number> {
  const known = new Map<number, { size: number; until: number }>()
  return sharing(String, async installationId => {
    for (const [one, { until }] of known) if (until <= now()) known.delete(one)
    const held = known.get(installationId)
    if (held) return held.size
    const octokit = open({ installationId, permissions: { metadata: 'read' } })
    const { data } = await octokit.rest.apps.listReposAccessibleToInstallation({ per_page: 1 })
    known.set(installationId, { size: data.total_count, until: now() + kept })
    return data.total_count
  })
}
