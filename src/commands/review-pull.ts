// `watchbill review <PR URL>`: the same pipeline on a pull request; prints, and posts only when told to.
import { readBuiltIns } from '../builtins.ts'
import type { HandHost } from '../domain/host.ts'
import { Problem } from '../domain/problem.ts'
import { connectByHand } from '../github/index.ts'
import { withhold } from '../judge/index.ts'
import { planPublication } from '../publish/index.ts'
import { readCommand } from '../routines/index.ts'
import { readConfiguration } from '../runs/configuration/configuration.ts'
import { readRules } from '../runs/reading/rules.ts'
import type { Settings } from '../settings.ts'
import { openWorkspaces } from '../workspace/index.ts'
import { readOnRecord } from './on-record.ts'
import { type HandResult, type HandReview, lookOver, openClaude } from './review.ts'

/** `https://HOST/OWNER/NAME/pull/NUMBER` of the GitHub that the settings name; undefined for what is no URL; `bad_input` for another one, and for OWNER/NAME#NUMBER. */
export function readPullUrl(text: string, webUrl: string): { owner: string; name: string; number: number } | undefined {
  const [, short, of] = /^([\w.-]+\/[\w.-]+)#(\d+)$/.exec(text) ?? []
  if (short) throw new Problem('bad_input', `A pull request is named by its address: ${webUrl}/${short}/pull/${of}.`)
  if (!/^https?:\/\//.test(text)) return undefined
  const [, host, owner, name, number] =
    /^(https?:\/\/[^/]+)\/([\w.-]+)\/([\w.-]+)\/pull\/(\d+)(?:[/?#].*)?$/.exec(text) ?? []
  if (!host || !owner || !name)
    throw new Problem(
      'bad_input',
      `${text} is not the URL of a pull request; it looks like ${webUrl}/OWNER/NAME/pull/NUMBER.`,
    )
  if (host.toLowerCase() !== webUrl.toLowerCase())
    throw new Problem(
      'bad_input',
      `The pull request is on ${host}, the settings name ${webUrl}; set GHE_HOST (and GHE_PROTOCOL) for another GitHub.`,
    )
  return { owner, name, number: Number(number) }
}

/** Problems: `unauthorized` without GITHUB_TOKEN and app; what is wrong with pull, key or configuration. With `post` the review is made to stand on the pull, once, as often as this is run for the same head. */
export async function reviewPull(
  settings: Settings,
  request: HandReview & { owner: string; name: string; number: number; post: boolean },
): Promise<HandResult> {
  // What nobody verified is not made to stand.
  const claude = openClaude(settings, !request.post)
  const host = await connect(settings)
  const repository = await host.find(request.owner, request.name)
  const pull = await host.pull(repository, request.number)
  const configuration = await readConfiguration({ host, builtIn: readBuiltIns() }, repository)
  const workspaces = openWorkspaces({ dataDir: settings.dataDir, environment: settings.proxy })
  request.progress(`Fetching ${request.owner}/${request.name}#${request.number} at ${pull.head.sha.slice(0, 7)}`)
  await using checkout = await workspaces.openPull({
    repository,
    cloneUrl: host.cloneUrl(repository),
    number: request.number,
    base: pull.base.sha,
    head: pull.head.sha,
    token: () => host.gitToken(repository),
    progress: request.progress,
    signal: request.signal,
  })
  // Who only prints need not be able to say who they are: a job's own token can not.
  const stood = await host
    .standing(repository, request.number)
    .catch(thrown => (request.post ? Promise.reject(thrown) : { reviews: [], comments: [] }))
  const { earlier, unsaid } = await readOnRecord(settings, repository, request.number, stood, request.progress)
  const rules = await readRules(host, repository, pull.base.ref, await checkout.change())
  const result = await lookOver(settings, claude, request, {
    checkout,
    confine: workspaces.confine,
    configuration,
    ...rules,
    stated: () => host.stated(repository, pull),
    earlier,
  })
  if (!request.post) return result
  const wanted = planPublication({
    ...result,
    judged: unsaid(repository.private ? result.judged : withhold(result.judged)),
    standing: await host.standing(repository, request.number),
    run: { id: `by-hand-${pull.head.sha}`, head: pull.head.sha, asked: true },
  })
  return { ...result, posted: await host.publish(repository, request.number, wanted, request.signal) }
}

function connect({ app, github }: Settings): Promise<HandHost> {
  if (github.token) return connectByHand({ ...github, token: github.token })
  if (app) return connectByHand({ ...app, apiUrl: github.apiUrl, webUrl: github.webUrl, readCommand })
  throw new Problem(
    'unauthorized',
    'A pull request is read with GITHUB_TOKEN or as the app (APP_ID, PRIVATE_KEY, WEBHOOK_SECRET); neither is set.',
  )
}
