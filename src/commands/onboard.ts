// `watchbill onboard`: a first settings file for a repository, and what routines would have done in the last month with it; nothing is executed, nothing written.
import { z } from 'zod'
import { readBuiltIns } from '../builtins.ts'
import type { Repository } from '../domain/event.ts'
import type { Host, RepositoryFile } from '../domain/host.ts'
import { dollars } from '../domain/money.ts'
import { plural } from '../domain/plural.ts'
import type { Replay } from '../domain/replay.ts'
import type { Configuration } from '../domain/routine.ts'
import type { Store } from '../domain/store.ts'
import { changeLink, editorLink, firstSettings, sayCut } from '../publish/index.ts'
import { automaticUpTo, loadConfiguration } from '../routines/index.ts'
import { firstWhere, pageOf } from '../runs/checks/welcome.ts'
import { readConfiguration } from '../runs/configuration/configuration.ts'
import { factsOfNow, replayPast } from '../runs/replay/past.ts'
import { findRepository, readInput } from './input.ts'
import { plain } from './print.ts'

export interface Onboarding {
  repository: string
  /** The text of `.github/watchbill.yml`. */
  file: string
  /** GitHub's editor with that file; absent where nobody can say which branch and server it is on. */
  link?: string
  /** Sentences: what the preview is drawn from, and what would have run. */
  preview: string[]
}

interface OnboardPorts {
  store: Store
  now: () => Date
  host?: Host
  builtIn?: RepositoryFile[]
}

const days = 30

/** Problem `not_found` for a repository that no delivery has told of. */
export async function onboard(ports: OnboardPorts, input: unknown): Promise<Onboarding> {
  const { repo } = readInput(z.object({ repo: z.string() }), input)
  const { store, host, now, builtIn = readBuiltIns() } = ports
  const repository = await findRepository(store, repo)
  const inForce = host
    ? await readConfiguration({ host, builtIn, now }, repository)
    : loadConfiguration({ builtIn, organisation: undefined, repository: [] })
  const known = host ? await factsOfNow(host, repository, inForce) : {}
  const automatic = inForce.settings.automatic ?? (known.installationSize ?? 0) <= automaticUpTo
  const file = firstSettings(firstWhere(inForce, automatic))
  const after = { ...inForce, settings: { ...inForce.settings, automatic: true } }
  const replay = await replayPast(ports, { repository, before: inForce, after, days, ...known })
  return {
    repository: `${repository.owner}/${repository.name}`,
    file,
    ...(host && { link: linkTo(pageOf(host, repository), repository.defaultBranch, inForce, file) }),
    preview: [
      ...(inForce.ownSettings ? [taken] : []),
      ...(replay.events > 0 || !host ? sayStored(replay, host) : await ofPulls(ports, host, repository, after, known)),
    ],
  }
}

const taken = 'There is one already, and nothing changes it: take over from this only what it lacks.'

function linkTo(page: string, branch: string, { ownSettings }: Configuration, file: string): string {
  return ownSettings ? changeLink(page, branch) : editorLink(page, branch, file)
}

function sayStored(replay: Replay, host: Host | undefined): string[] {
  const from = `From ${plural(replay.events, 'event')} that this server stored in the last ${days} days.${sayCut(replay)}`
  if (replay.events > 0) return [from, ...said(replay)]
  const why = host ? '' : ' GitHub is not asked from here, since no App is configured.'
  return [`${from}${why} What the clock starts is counted all the same.`, ...said(replay)]
}

/** Before any event was stored: the opening of each pull request that GitHub lists of the last month, a hundred at most. */
async function ofPulls(
  { store, now }: OnboardPorts,
  host: Host,
  repository: Repository,
  after: Configuration,
  known: Awaited<ReturnType<typeof factsOfNow>>,
): Promise<string[]> {
  const until = now()
  const opened = await host.openedSince(repository, new Date(until.getTime() - days * 86_400_000).toISOString())
  const events = opened.pulls.map(({ pull, at }) => ({
    event: {
      id: `opened ${pull.number}`,
      kind: 'pull_request' as const,
      action: 'opened',
      at,
      repository,
      actor: pull.author,
      number: pull.number,
      // As it was when it was opened, as far as GitHub still tells.
      pull: { ...pull, state: 'open' as const, merged: false },
      own: false,
    },
    facts: {},
  }))
  const past = { store: { events: { since: async () => events }, runs: store.runs }, now: () => until }
  const replay = await replayPast(past, { repository, before: after, after, days, ...known })
  const cut = opened.all ? '' : ' GitHub lists more; only the newest of them were asked for.'
  return [
    `From ${plural(opened.pulls.length, 'pull request')} opened in the last ${days} days, as GitHub lists them; each push to one is looked at too, and is not counted here.${cut}${sayCut(replay)}`,
    ...said(replay),
  ]
}

function said({ routines, after }: Replay): string[] {
  const fired = routines.filter(one => (one.after?.fired ?? 0) > 0)
  const lines = fired.map(
    ({ routine, after, basis }) =>
      `- ${routine}: ${plural(after!.fired, 'run')}, about ${dollars(after!.usd)} (${basis})`,
  )
  const unknown = routines.filter(one => (one.after?.unknown ?? 0) > 0)
  const untold = unknown.map(
    ({ routine, after }) =>
      `- ${routine}: ${plural(after!.unknown, 'time')} it can not be told, for a fact that was not kept`,
  )
  if (fired.length + unknown.length === 0) return ['Nothing would have run.']
  return [`With this file, about ${dollars(after.usd)} in all:`, ...lines, ...untold]
}

/** The file as it is, ready to be piped into one; the preview as comments before it. */
export function showOnboarding({ repository, file, link, preview }: Onboarding): string {
  const comments = [
    `A first .github/watchbill.yml for ${repository}.`,
    ...preview,
    ...(link ? [`In GitHub's editor: ${link}`] : []),
  ]
  return [...comments.map(line => `# ${plain(line)}`), '', file.trimEnd()].join('\n')
}
