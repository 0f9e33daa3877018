// Where the App is installed, and which repositories it was given there.
import type { Octokit } from '@octokit/rest'
import type { Repository } from '../domain/event.ts'
import type { Held } from '../domain/installed.ts'
import type { Open } from './client.ts'
import { statusOf } from './failures.ts'
import { readRepository } from './payloads.ts'

/** Those that are not suspended. */
export async function listInstallations(app: Pick<Octokit, 'rest' | 'paginate'>): Promise<number[]> {
  const installations = await app.paginate(app.rest.apps.listInstallations, { per_page: 100 })
  return installations.filter(({ suspended_at }) => !suspended_at).map(({ id }) => id)
}

/** Asked of GitHub as the App itself, so that one that is suspended or gone is told apart from one that can not be asked. */
export async function readHeld(app: Pick<Octokit, 'rest'>, open: Open, installationId: number): Promise<Held> {
  try {
    const { data } = await app.rest.apps.getInstallation({ installation_id: installationId })
    if (data.suspended_at) return 'suspended'
  } catch (thrown) {
    if (statusOf(thrown) === 404) return 'removed'
    throw thrown
  }
  return (await listGiven(open, installationId)).flatMap(data => readRepository(data, installationId) ?? [])
}

/** Without archived ones, in which nothing can be done. */
export async function listRepositories(
  open: Open,
  installationId: number,
): Promise<{ repository: Repository; pushedAt?: string }[]> {
  return (await listGiven(open, installationId)).flatMap(data => {
    const repository = data.archived || data.disabled ? undefined : readRepository(data, installationId)
    return repository ? [{ repository, ...(data.pushed_at && { pushedAt: data.pushed_at }) }] : []
  })
}

function listGiven(open: Open, installationId: number) {
  const octokit = open({ installationId, permissions: { metadata: 'read' } })
  return octokit.paginate(octokit.rest.apps.listReposAccessibleToInstallation, { per_page: 100 })
}
