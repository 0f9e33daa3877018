// Installation tokens, each for one repository and the permissions one operation needs, kept in memory for at most 50 of their 60 minutes.
import type { Octokit } from '@octokit/rest'
import { Problem } from '../domain/problem.ts'
import { statusOf, wordsOf } from './failures.ts'

export interface Scope {
  installationId: number
  /** A repository's name; absent: all that the installation holds. */
  repository?: string
  /** Its number, where it is known: a token by name alone would be another repository's once that has the name. */
  repositoryId?: number
  /** Not one from before: whose the name is now is what is asked. */
  fresh?: true
  /** Several repositories by id, in place of one by name; the token is kept for this run alone. */
  repositoryIds?: number[]
  run?: string
  permissions: Permissions
}

export type Permissions = Partial<
  Record<
    | 'actions'
    | 'checks'
    | 'contents'
    | 'deployments'
    | 'issues'
    | 'members'
    | 'metadata'
    | 'pull_requests'
    | 'secret_scanning_alerts'
    | 'security_events'
    | 'vulnerability_alerts',
    'read' | 'write'
  >
>

export interface Tokens {
  /** Problem `forbidden` when the installation does not hold the permission or the repository. */
  of(scope: Scope): Promise<string>
  forget(scope: Scope): void
}

/** Tokens live an hour; one is never handed out in its last ten minutes. One by name is soon asked for anew: names are used again. */
const kept = { byId: 50 * 60_000, byName: 60_000 }

/** Minted by the REST call: Probot's own `auth({ type: 'installation' })` asks api.github.com even when the App lives on another server. */
export function keepTokens(app: Pick<Octokit, 'rest'>, now: () => number): Tokens {
  const tokens = new Map<string, { token: Promise<string>; until: number }>()
  return {
    of(scope) {
      if (scope.fresh) return mint(app, scope)
      const key = keyOf(scope)
      const known = tokens.get(key)
      if (known && known.until > now()) return known.token
      for (const [old, { until }] of tokens) if (until <= now()) tokens.delete(old)
      const token = mint(app, scope)
      const byName = scope.repository !== undefined && scope.repositoryId === undefined
      tokens.set(key, { token, until: now() + (byName ? kept.byName : kept.byId) })
      token.catch(() => tokens.delete(key))
      return token
    },
    forget(scope) {
      tokens.delete(keyOf(scope))
    },
  }
}

function keyOf({ installationId, repository, repositoryId, repositoryIds, run, permissions }: Scope): string {
  const of = repositoryId ?? repository
  return JSON.stringify([installationId, of, repositoryIds, run, Object.entries(permissions).sort()])
}

async function mint(app: Pick<Octokit, 'rest'>, scope: Scope): Promise<string> {
  try {
    const { data } = await app.rest.apps.createInstallationAccessToken({
      installation_id: scope.installationId,
      permissions: scope.permissions,
      ...namedBy(scope),
      ...(scope.repositoryIds === undefined ? {} : { repository_ids: scope.repositoryIds }),
    })
    return data.token
  } catch (thrown) {
    throw refusal(thrown, scope) ?? thrown
  }
}

function namedBy({ repository, repositoryId }: Scope) {
  if (repositoryId !== undefined) return { repository_ids: [repositoryId] }
  return repository === undefined ? {} : { repositories: [repository] }
}

function refusal(thrown: unknown, scope: Scope): Problem | undefined {
  const asked = Object.entries(scope.permissions)
    .map(([name, level]) => `${name}: ${level}`)
    .join(', ')
  const cause = { cause: thrown }
  switch (statusOf(thrown)) {
    case 401:
      return new Problem('unauthorized', "GitHub does not accept the App's key; check APP_ID and PRIVATE_KEY.", cause)
    case 403:
      return new Problem('forbidden', "The App's installation is suspended; its owner can resume it on GitHub.", cause)
    case 404:
      return new Problem('not_found', 'The App is no longer installed there; install it again to go on.', cause)
    case 422:
      // "There is at least one repository that does not exist or is not accessible to the parent installation."
      if (scope.repository !== undefined && /repositor/i.test(wordsOf(thrown)))
        return new Problem(
          'not_found',
          `The App's installation does not hold the repository ${scope.repository}.`,
          cause,
        )
      if (scope.repositoryIds !== undefined && /repositor/i.test(wordsOf(thrown)))
        return new Problem('not_found', "The App's installation does not hold all of these repositories.", cause)
      return new Problem(
        'forbidden',
        `The App's installation holds no ${asked}${scope.repository ? ` on ${scope.repository}` : ''}; its owner can grant it on the App's page.`,
        cause,
      )
    default:
      return undefined
  }
}
