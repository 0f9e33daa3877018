// Whether who looks after something is still there: a person by login, a team where the App may read the members.
import type { Host } from '../domain/host.ts'
import { Problem } from '../domain/problem.ts'
import type { Open } from './client.ts'
import { statusOf } from './failures.ts'
import { keepAnswers } from './kept.ts'
import { getPermission, openRepository } from './pulls.ts'

type Standing = Awaited<ReturnType<Host['ownerStands']>>

/** Milliseconds for which an answer is kept, and how many are. */
const kept = { ttl: 3_600_000, max: 1000 }

export function openOwners(open: Open, now: () => number): Host['ownerStands'] {
  const known = keepAnswers<string, Standing>(kept, now)
  return async (repository, owner) => {
    const name = owner.replace(/^@/, '')
    const key = `${repository.id} ${name}`.toLowerCase()
    const before = known.get(key)
    if (before) return before
    const standing = name.includes('/')
      ? await teamStands(open, repository, name)
      : await personStands(open, repository, name)
    known.set(key, standing)
    return standing
  }
}

type About = Parameters<Host['ownerStands']>[0]

/** Of an account that is there, its permission says whether it still has to do with the repository. */
async function personStands(open: Open, repository: About, username: string): Promise<Standing> {
  const { octokit } = openRepository(open, repository, { metadata: 'read' })
  try {
    await octokit.rest.users.getByUsername({ username })
  } catch (thrown) {
    if (statusOf(thrown) !== 404) throw thrown
    return { stands: false, because: `there is no ${username} on GitHub any more` }
  }
  const permission = await getPermission(open, repository, username)
  return permission === 'none'
    ? { stands: false, because: `${username} has no access to ${repository.owner}/${repository.name} any more` }
    : { stands: true, because: `${username} has the permission "${permission}"` }
}

/** https://docs.github.com/en/rest/teams/teams#get-a-team-by-name asks for members: read, which the App holds only where its owner granted it. */
async function teamStands(open: Open, repository: About, name: string): Promise<Standing> {
  const [org = '', team_slug = ''] = name.split('/')
  const octokit = open({ installationId: repository.installationId, permissions: { members: 'read' } })
  try {
    await octokit.rest.teams.getByName({ org, team_slug })
    return { stands: true, because: `${name} is there` }
  } catch (thrown) {
    const refused = thrown instanceof Problem && thrown.code === 'forbidden'
    if (refused || statusOf(thrown) === 403)
      return {
        stands: undefined,
        because: `whether the team ${name} is still there can not be checked without the permission members: read`,
      }
    if (statusOf(thrown) !== 404) throw thrown
    return { stands: false, because: `there is no team ${name} any more` }
  }
}
