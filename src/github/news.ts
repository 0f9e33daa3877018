// Deliveries that tell where the App may be: installed, suspended, removed; repositories added, taken away, renamed, deleted.
import type { InstallationNews } from '../domain/installed.ts'
import { fields, id, list, name, readRepository } from './payloads.ts'

/** undefined for what tells nothing of it, and for what lacks a field it should have. Never throws. */
export function readNews(delivery: { name: string; payload: unknown }): InstallationNews | undefined {
  const payload = fields(delivery.payload)
  const installation = fields(payload?.installation)
  const installationId = id(installation?.id)
  const action = name(payload?.action)
  if (!payload || !installationId || !action) return undefined
  const account = name(fields(installation?.account)?.login)
  const about = { installationId, action, ...(account !== undefined && { account }) }
  switch (delivery.name) {
    case 'installation':
      return { ...about, kind: 'installation', whole: action === 'suspend' || action === 'deleted', taken: [] }
    case 'installation_repositories':
      return { ...about, kind: 'installation', whole: false, taken: idsOf(payload.repositories_removed) }
    case 'repository': {
      const repository = readRepository(payload.repository, installationId)
      return repository && { ...about, kind: 'repository', repository, deleted: action === 'deleted' }
    }
    default:
      return undefined
  }
}

function idsOf(repositories: unknown): number[] {
  return list(repositories).flatMap(one => id(fields(one)?.id) ?? [])
}
