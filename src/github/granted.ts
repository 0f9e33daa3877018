// What the App holds where it is installed, and the pages on which people give it more.
import type { Octokit } from '@octokit/rest'
import type { Granted, Host } from '../domain/host.ts'
import { pageOf } from './hook.ts'
import { keepAnswers } from './kept.ts'

/** Milliseconds for which an answer is kept, and for how many installations: whoever has just granted something need not wait long. */
const kept = { ttl: 60_000, max: 1000 }

export function openGranted(app: Pick<Octokit, 'rest'>, webUrl: string, now: () => number): Host['granted'] {
  const known = keepAnswers<number, Promise<Granted>>(kept, now)
  return ({ installationId }) => {
    const before = known.get(installationId)
    if (before) return before
    const granted = ask(app, webUrl, installationId)
    known.set(installationId, granted)
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
