// Facts about repositories, pulls and people, asked one at a time.
import type { Pull, Repository } from '../domain/event.ts'
import type { Host } from '../domain/host.ts'
import type { Permission } from '../domain/permission.ts'
import { Problem } from '../domain/problem.ts'
import type { Octokit, Open } from './client.ts'
import { statusOf } from './failures.ts'
import { readPull, readRepository } from './payloads.ts'
import type { Permissions } from './tokens.ts'

/** Octokit for one repository, and the two words that start every call about it. */
export function openRepository(
  open: Open,
  { installationId, id, owner, name }: Pick<Repository, 'installationId' | 'owner' | 'name'> & { id?: number },
  permissions: Permissions,
  signal?: AbortSignal,
): { octokit: Octokit; at: { owner: string; repo: string } } {
  const of = { installationId, repository: name, ...(id !== undefined && { repositoryId: id }) }
  return { octokit: open({ ...of, permissions }, signal), at: { owner, repo: name } }
}

export async function getRepository(
  open: Open,
  installationId: number,
  owner: string,
  name: string,
): Promise<Repository> {
  const octokit = open({ installationId, repository: name, fresh: true, permissions: { metadata: 'read' } })
  const { data } = await octokit.rest.repos.get({ owner, repo: name })
  return readRepository(data, installationId) ?? oddAnswer('repository')
}

export async function getPull(open: Open, repository: Repository, number: number): Promise<Pull> {
  const { octokit, at } = openRepository(open, repository, { pull_requests: 'read' })
  try {
    const { data } = await octokit.rest.pulls.get({ ...at, pull_number: number })
    return readPull(data) ?? oddAnswer('pull request')
  } catch (thrown) {
    if (statusOf(thrown) !== 404) throw thrown
    throw new Problem('not_found', `There is no pull request #${number} in ${repository.owner}/${repository.name}.`, {
      cause: thrown,
    })
  }
}

export async function listOpened(open: Open, repository: Repository, since: string): ReturnType<Host['openedSince']> {
  const { octokit, at } = openRepository(open, repository, { pull_requests: 'read' })
  const about = { state: 'all', sort: 'created', direction: 'desc', per_page: 100 } as const
  const { data } = await octokit.rest.pulls.list({ ...at, ...about })
  const recent = data.filter(one => Date.parse(one.created_at) >= Date.parse(since))
  const pulls = recent.flatMap(one => {
    const pull = readPull(one)
    return pull ? [{ pull, at: new Date(one.created_at).toISOString() }] : []
  })
  return { pulls: pulls.reverse(), all: recent.length < 100 }
}

/** Somebody GitHub does not know as a collaborator has none. Custom roles count as the base role they extend. */
export async function getPermission(open: Open, repository: Repository, login: string): Promise<Permission> {
  const { octokit, at } = openRepository(open, repository, { metadata: 'read' })
  try {
    const { data } = await octokit.rest.repos.getCollaboratorPermissionLevel({ ...at, username: login })
    const base = data.permission as Permission
    if (base === 'write' && data.role_name === 'maintain') return 'maintain'
    if (base === 'read' && data.role_name === 'triage') return 'triage'
    return base === 'admin' || base === 'write' || base === 'read' ? base : 'none'
  } catch (thrown) {
    if (statusOf(thrown) === 404) return 'none'
    throw thrown
  }
}

/** GitHub lists 3,000 files of a pull at most (https://docs.github.com/en/rest/pulls/pulls#list-pull-requests-files). */
const mostFiles = 3000

export async function getChangedPaths(
  open: Open,
  repository: Repository,
  number: number,
): Promise<string[] | undefined> {
  const { octokit, at } = openRepository(open, repository, { pull_requests: 'read' })
  const files = await octokit.paginate(octokit.rest.pulls.listFiles, { ...at, pull_number: number, per_page: 100 })
  if (files.length >= mostFiles) return undefined
  return files.flatMap(file => (file.previous_filename ? [file.previous_filename, file.filename] : [file.filename]))
}

function oddAnswer(what: string): never {
  throw new Problem(
    'unavailable',
    `GitHub's answer about the ${what} is not as documented; the work is tried again later.`,
  )
}
