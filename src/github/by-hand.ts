// GitHub for a review run by hand: with a person's token, or as the App where it is installed on the repository.
import type { Repository } from '../domain/event.ts'
import type { HandHost } from '../domain/host.ts'
import { Problem } from '../domain/problem.ts'
import { type Open, openClient } from './client.ts'
import { getCommit } from './commits.ts'
import { openConfiguration } from './configuration.ts'
import { connectGitHub, type GitHubOptions } from './connect.ts'
import { statusOf } from './failures.ts'
import type { Identity } from './identity.ts'
import { keepPace } from './pace.ts'
import { openPinned } from './pinned.ts'
import { withProblems } from './problems.ts'
import { publish } from './publish.ts'
import { getPull, getRepository } from './pulls.ts'
import { readOurs, standingOf } from './standing.ts'
import { readStated } from './stated.ts'
import { readThreads } from './threads.ts'
import { readTrustedFiles } from './trusted-files.ts'

export type HandOptions = { token: string; apiUrl: string; webUrl: string; waitScale?: number } | GitHubOptions

/** A person acts under no installation; the number is never sent to GitHub. */
const noInstallation = 1

export async function connectByHand(options: HandOptions): Promise<HandHost> {
  return 'token' in options ? connectPersonally(options) : connectInstalled(options)
}

/** As the App: the installation is asked for by the repository's name. */
async function connectInstalled(options: GitHubOptions): Promise<HandHost> {
  const host = await connectGitHub(options)
  return { ...host, find: async (owner, name) => host.repository(await host.installationOf(owner, name), owner, name) }
}

/** As a person: one token for everything, and "ours" is what this person posted with our marks. */
function connectPersonally(options: Extract<HandOptions, { token: string }>): HandHost {
  const pace = keepPace(options.waitScale ?? 1)
  const log = () => {}
  const tokens = { of: async () => options.token, forget() {} }
  const open = openClient({ baseUrl: options.apiUrl, tokens, pace, log, now: Date.now })
  const identity = personOf(open)
  const ports = { open, identity, pace, log }
  return withProblems<HandHost>({
    find: (owner, name) => getRepository(open, noInstallation, owner, name),
    pull: (repository, number) => getPull(open, repository, number),
    configuration: openConfiguration(open),
    repository: (_, owner, name) => seen(open, owner, name),
    commit: (repository, ref) => getCommit(open, repository, ref),
    ...openPinned(open),
    stated: (repository, pull) => readStated(open, repository, pull),
    trustedFiles: (repository, baseRef, paths) => readTrustedFiles(open, repository, baseRef, paths),
    gitToken: tokens.of,
    cloneUrl: ({ owner, name }) => `${options.webUrl}/${owner}/${name}.git`,
    async standing(repository, number) {
      const place = {
        octokit: open({ installationId: noInstallation, permissions: {} }),
        at: { owner: repository.owner, repo: repository.name },
      }
      const ours = await readOurs(place, identity, repository, number)
      return standingOf(ours, ours.comments.length > 0 ? await readThreads(place, number, log) : new Map())
    },
    publish: (repository, number, wanted, signal) => publish(ports, repository, number, wanted, signal),
  })
}

/** Another one than the pull's, which a routine starts from. */
async function seen(open: Open, owner: string, name: string): Promise<Repository> {
  try {
    return await getRepository(open, noInstallation, owner, name)
  } catch (thrown) {
    if (![403, 404].includes(statusOf(thrown) ?? 0)) throw thrown
    throw new Problem('not_found', `the token at hand may not see ${owner}/${name}, or there is no such repository.`, {
      cause: thrown,
    })
  }
}

function personOf(open: ReturnType<typeof openClient>): Identity {
  let id: number | undefined
  return {
    // No app: nothing is ours by an app's id.
    appId: 0,
    knownBotId: () => id,
    knownSlug: () => [],
    slug: async () => '',
    async botId() {
      const { data } = await open({ installationId: noInstallation, permissions: {} }).rest.users.getAuthenticated()
      id = data.id
      return id
    },
  }
}
