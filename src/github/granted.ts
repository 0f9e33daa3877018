// What the App holds where it is installed, and the pages on which people give it more.
import type { Octokit } from '@octokit/rest'
import type { Granted, Host } from '../domain/host.ts'
import { pageOf } from './hook.ts'

/** Milliseconds for which an answer is kept, and for how many installations: whoever has just granted something need not wait long. */
const kept = { for: 60_000, most: 1000 }

export function openGranted(app: Pick<Octokit, 'rest'>, webUrl: string, now: () => number): Host['granted'] {
  const known = new Map<number, { granted: Promise<Granted>; until: number }>()
  return ({ installationId }) => {
    const before = known.get(installationId)
    if (before && before.until > now()) return before.granted
    const granted = ask(app, webUrl, installationId)
    known.delete(installationId)
    for (const oldest of known.keys()) if (known.size >= kept.most) known.delete(oldest)
    known.set(installationId, { granted, until: now() + kept.for })
    granted.catch(() => known.delete(installationId))
    return granted
  }
}

async function ask(app: Pick<Octokit, 'rest'>, webUrl: string, installation_id: number): Promise<Granted> {
  const { data: installation } = await app.rest.apps.getInstallation({ installation_id })
  const { data: own } = await app.rest.apps.getAuthenticated()
  return {
    permissions: { ...installation.permissions },
    events: installation.events,
    pages: { add: `${pageOf(own, webUrl)}/permissions`, accept: installation.html_url },
  }
}
