// Where the App is installed, and which repositories it was given there.
import type { Octokit } from '@octokit/rest'
import type { Repository } from '../domain/event.ts'
import type { Open } from './client.ts'
import { readRepository } from './payloads.ts'

/** Those that are not suspended. */
export async function listInstallations(app: Pick<Octokit, 'rest' | 'paginate'>): Promise<number[]> {
  const installations = await app.paginate(app.rest.apps.listInstallations, { per_page: 100 })
  return installations.filter(({ suspended_at }) => !suspended_at).map(({ id }) => id)
}

/** Without archived ones, in which nothing can be done. */
export async function listRepositories(
  open: Open,
  installationId: number,
): Promise<{ repository: Repository; pushedAt?: string }[]> {
  const octokit = open({ installationId, permissions: { metadata: 'read' } })
  const listed = await octokit.paginate(octokit.rest.apps.listReposAccessibleToInstallation, { per_page: 100 })
  return listed.flatMap(data => {
    const repository = data.archived || data.disabled ? undefined : readRepository(data, installationId)
    return repository ? [{ repository, ...(data.pushed_at && { pushedAt: data.pushed_at }) }] : []
  })
}
