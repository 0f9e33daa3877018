// The real clients that tests ask a simulated GitHub with: Octokit as the App, as an installation and as a person.
import { createAppAuth } from '@octokit/auth-app'
import { Octokit } from '@octokit/rest'
import type { GitHubSimulator } from './index.ts'

const silent = { debug() {}, info() {}, warn() {}, error() {} }

export function asApp(github: GitHubSimulator): Octokit {
  const { id: appId, privateKey } = github.app
  return new Octokit({ ...connection(github), authStrategy: createAppAuth, auth: { appId, privateKey } })
}

export function asInstallation(github: GitHubSimulator, { installationId }: { installationId: number }): Octokit {
  const { id: appId, privateKey } = github.app
  return new Octokit({
    ...connection(github),
    authStrategy: createAppAuth,
    auth: { appId, privateKey, installationId },
  })
}

export function asPerson(github: GitHubSimulator, login: string): Octokit {
  return withToken(github, github.userToken(login))
}

export function withToken(github: GitHubSimulator, token: string | undefined): Octokit {
  return new Octokit({ ...connection(github), ...(token && { auth: token }) })
}

function connection(github: GitHubSimulator) {
  return { baseUrl: `${github.url}/api/v3`, log: silent }
}

/** The body of the answer that refused a request, with its status. */
export async function refusalOf(
  request: Promise<unknown>,
): Promise<{ status: number; message: string; errors?: unknown }> {
  const error = (await request.then(
    () => {
      throw new Error('it was not refused')
    },
    (refused: unknown) => refused,
  )) as { status: number; response?: { data: { message: string; errors?: unknown } }; message: string }
  const { message, errors } = error.response?.data ?? { message: error.message }
  return { status: error.status, message, ...(errors !== undefined && { errors }) }
}
