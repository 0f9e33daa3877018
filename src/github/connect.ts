// Connects the App: Probot for its key and its webhooks' signatures, Octokit for everything asked of GitHub.
import { setTimeout as sleep } from 'node:timers/promises'
import { Probot, ProbotOctokit } from 'probot'
import type { Repository } from '../domain/event.ts'
import type { Heard } from '../domain/heard.ts'
import type { Host } from '../domain/host.ts'
import { Problem } from '../domain/problem.ts'
import { openCheck, readChecks, updateCheck } from './checks.ts'
import { type Log, openClient, repeatWhereSafe, silent } from './client.ts'
import { uploadSarif } from './code-scanning.ts'
import { getCommit } from './commits.ts'
import { getPushedPaths } from './compare.ts'
import { openConfiguration, readConfigurationAt } from './configuration.ts'
import { getContributors } from './contributors.ts'
import { answer, react, removeLabel } from './conversation.ts'
import { knowsEvent } from './event-names.ts'
import { type ReadCommand, readEvent } from './events.ts'
import { statusOf } from './failures.ts'
import { gather } from './gathering/index.ts'
import { openGranted } from './granted.ts'
import { deliverAgain, listAttempts, readOurselves } from './hook.ts'
import { type Identity, learnIdentity } from './identity.ts'
import { listInstallations, listRepositories, readHeld } from './installations.ts'
import { readNews } from './news.ts'
import { openOwners } from './owners.ts'
import { keepPace } from './pace.ts'
import { openPinned } from './pinned.ts'
import { withProblems } from './problems.ts'
import { publish } from './publish.ts'
import { getChangedPaths, getPermission, getPull, getRepository, listOpened, openRepository } from './pulls.ts'
import { countResults } from './search.ts'
import { sharing } from './sharing.ts'
import { verifySignature } from './signatures.ts'
import { keepSizes } from './sizes.ts'
import { readOurs, standingOf } from './standing.ts'
import { readStated } from './stated.ts'
import { readThreads } from './threads.ts'
import { readThumbs } from './thumbs.ts'
import { keepTokens } from './tokens.ts'
import { readTrustedFiles } from './trusted-files.ts'

export interface GitHubOptions {
  appId: number | string
  privateKey: string
  /** The current one first, then those still accepted while it is rotated. */
  webhookSecrets: string[]
  /** `https://HOST/api/v3` of a GitHub Enterprise Server. */
  apiUrl?: string
  /** `https://HOST`, for cloning. */
  webUrl?: string
  /** What people call the App at the start of a comment. */
  names?: string[]
  readCommand: ReadCommand
  log?: Log
  /** Told of each answer of GitHub. */
  heard?: Heard['github'] | undefined
  /** Milliseconds since 1970. */
  now?: () => number
  /** Below 1 every wait is shorter; for tests. */
  waitScale?: number
}

/** The port, and where the App is installed. */
export type InstalledHost = Host & { installationOf(owner: string, name: string): Promise<number> }

/** What decides which files hold. */
const placeOf = ({ installationId, owner, name, defaultBranch }: Repository) =>
  JSON.stringify([installationId, owner, name, defaultBranch])

/** Deliveries in which people call us by name. */
const spoken = ['issue_comment', 'pull_request_review_comment']

/** How long the start waits for GitHub to say who we are; it goes on without. */
const greeting = 2000

/** Problem `bad_configuration` when there is no secret. GitHub need not be reachable yet. */
export async function connectGitHub(options: GitHubOptions): Promise<InstalledHost> {
  const { apiUrl: baseUrl = 'https://api.github.com', log = () => {}, now = Date.now, names = ['watchbill'] } = options
  const webUrl = (
    options.webUrl ?? (options.apiUrl ? baseUrl.replace(/\/api\/v3\/?$/, '') : 'https://github.com')
  ).replace(/\/$/, '')
  const pace = keepPace(options.waitScale ?? 1)
  const probots = openProbots(options, baseUrl)
  const app = await (await probots[0]!.ready()).auth()
  repeatWhereSafe(app, { installation: 0, pace, log, now, heard: options.heard })
  const tokens = keepTokens(app, now)
  const open = openClient({ baseUrl, tokens, pace, log, now, heard: options.heard })
  const identity = learnIdentity(app, open, Number(options.appId))
  const ports = { open, identity, pace, log, appId: identity.appId }
  const reader = () => ({
    appId: identity.appId,
    botId: identity.knownBotId(),
    names: [...names, ...identity.knownSlug()],
    readCommand: options.readCommand,
  })
  const configuration = sharing(placeOf, openConfiguration(open))
  const sizes = keepSizes(open)
  await Promise.race([meetOurselves(app, identity, log), sleep(greeting, undefined, { ref: false })])
  return withProblems<InstalledHost>({
    verify: (raw, signature) => verifySignature(probots, raw, signature),
    readEvent: delivery => readEvent(delivery, reader()),
    readNews,
    async learnName(event) {
      if (spoken.includes(event) && identity.knownSlug().length === 0) await identity.slug()
    },
    knowsEvent,
    repository: (installationId, owner, name) => getRepository(open, installationId, owner, name),
    pull: (repository, number) => getPull(open, repository, number),
    openedSince: (repository, since) => listOpened(open, repository, since),
    gather: (repository, what, event) => gather(open, repository, what, event),
    commit: (repository, ref) => getCommit(open, repository, ref),
    contributors: (repository, pull) => getContributors(open, repository, pull),
    permission: (repository, login) => getPermission(open, repository, login),
    configuration: repository => configuration(repository),
    configurationAt: (repository, commit) => readConfigurationAt(open, repository, commit),
    ...openPinned(open),
    ownerStands: openOwners(open, now),
    stated: (repository, pull) => readStated(open, repository, pull),
    trustedFiles: (repository, baseRef, paths) => readTrustedFiles(open, repository, baseRef, paths),
    changedPaths: (repository, number) => getChangedPaths(open, repository, number),
    pushedPaths: (repository, push) => getPushedPaths(open, repository, push),
    search: (repository, query) => countResults(open, repository, query),
    installations: () => listInstallations(app),
    held: installationId => readHeld(app, open, installationId),
    repositories: installationId => listRepositories(open, installationId),
    installationSize: sizes,
    gitToken: ({ installationId, id, name }) =>
      tokens.of({ installationId, repository: name, repositoryId: id, permissions: { contents: 'read' } }),
    gitTokenOf: (run, repositories) =>
      tokens.of({
        installationId: repositories[0]?.installationId ?? 0,
        repositoryIds: repositories.map(repository => repository.id),
        run,
        permissions: { contents: 'read' },
      }),
    cloneUrl: ({ owner, name }) => `${webUrl}/${owner}/${name}.git`,
    async standing(repository, number) {
      const place = openRepository(open, repository, { pull_requests: 'read' })
      const ours = await readOurs(place, identity, repository, number)
      return standingOf(ours, ours.comments.length > 0 ? await readThreads(place, number, log) : new Map())
    },
    openCheck: (repository, check) => openCheck(ports, repository, check),
    updateCheck: (repository, checkId, check) => updateCheck(ports, repository, checkId, check),
    checks: (repository, head) => readChecks(ports, repository, head),
    publish: (repository, number, wanted, signal) => publish(ports, repository, number, wanted, signal),
    uploadSarif: (repository, results) => uploadSarif(open, repository, results),
    removeLabel: (repository, number, label, on) => removeLabel(ports, repository, number, label, on),
    react: (repository, comment, content, on) => react(ports, repository, comment, content, on),
    granted: openGranted(app, webUrl, now),
    attempts: (since, signal) => listAttempts(app, since, now, signal),
    deliverAgain: attempt => deliverAgain(app, attempt),
    ourselves: () => readOurselves(app, webUrl, now),
    thumbs: (repository, number, comments) => readThumbs(open, repository, number, comments),
    async installationOf(owner, repo) {
      return (await app.rest.apps.getRepoInstallation({ owner, repo })).data.id
    },
    comment: (repository, number, key, body, thread, on) => answer(ports, repository, number, key, body, thread, on),
  })
}

/** One Probot a secret, since each checks one. Retry and throttle are ours, Probot's are off; its log would show payloads and is silent. */
function openProbots({ appId, privateKey, webhookSecrets }: GitHubOptions, baseUrl: string): Probot[] {
  const secrets = webhookSecrets.filter(secret => secret !== '')
  // Without one Probot would take "development", which everybody knows.
  if (secrets.length === 0) throw new Problem('bad_configuration', 'There is no webhook secret; set WEBHOOK_SECRET.')
  const Octokit = ProbotOctokit.defaults((given: object) => ({
    ...given,
    throttle: { enabled: false },
    retry: { enabled: false },
    log: silent,
  }))
  const log = quietLogger()
  return secrets.map(secret => new Probot({ appId, privateKey, secret, baseUrl, Octokit, log }))
}

type Logger = NonNullable<NonNullable<ConstructorParameters<typeof Probot>[0]>['log']>

function quietLogger(): Logger {
  const quiet = { ...silent, trace() {}, fatal() {}, child: () => quiet }
  return quiet as unknown as Logger
}

/** Learns the App's name, for which no installation is needed, and the bot's id before the first delivery where possible, so that its own events are known by number from the start. */
async function meetOurselves(app: Awaited<ReturnType<Probot['auth']>>, identity: Identity, log: Log): Promise<void> {
  try {
    await identity.slug()
    const { data } = await app.rest.apps.listInstallations({ per_page: 1 })
    if (data[0]) await identity.botId(data[0].id)
  } catch (thrown) {
    const status = statusOf(thrown)
    // GitHub knows no App of that number (404), or the key is not its (401): https://docs.github.com/en/rest/apps/apps#get-the-authenticated-app
    if (status === 401 || status === 404)
      return log(
        { app: identity.appId, status },
        `GitHub knows no App ${identity.appId} with this private key, so nothing can be done: set APP_ID and PRIVATE_KEY as they stand on the App's page.`,
      )
    log({ app: identity.appId }, "GitHub does not say yet who the App's bot is; it is asked again at the first review")
  }
}
