// A pull request on the simulated GitHub with a Host connected to it, every wait a thousandth of its length.
import type { Repository } from '../../src/domain/event.ts'
import type { Host, WantedComment, WantedReview } from '../../src/domain/host.ts'
import { connectGitHub } from '../../src/github/index.ts'
import {
  type GitHubOptions,
  type GitHubSimulator,
  type Review,
  type ReviewComment,
  type SimulatedRepository,
  startGitHub,
} from '../simulators/github/index.ts'
import { readCommand } from './examples.ts'

export interface Stage extends AsyncDisposable {
  github: GitHubSimulator
  host: Host
  repo: SimulatedRepository
  repository: Repository
  number: number
  head: string
  /** What the host logged: waits, with their length before scaling. */
  log: { line: Record<string, unknown>; sentence: string }[]
  /** Another process: the same App, nothing in memory. */
  again(): Promise<Host>
  comments(number?: number): ReviewComment[]
  reviews(number?: number): Review[]
}

const lines = (word: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${word} ${index + 1}\n`).join('')

/** `src/new.ts` is added with 60 lines; line 50 of `src/old.ts` is changed, so that its lines 47 to 53 take comments. */
export async function openStage(options: GitHubOptions & { waitScale?: number } = {}): Promise<Stage> {
  const github = await startGitHub(options)
  const log: Stage['log'] = []
  const connect = () =>
    connectGitHub({
      appId: github.app.id,
      privateKey: github.app.privateKey,
      webhookSecrets: [github.app.webhookSecret],
      apiUrl: `${github.url}/api/v3`,
      webUrl: github.url,
      names: ['watchbill'],
      readCommand,
      log: (line, sentence) => log.push({ line: line as Record<string, unknown>, sentence }),
      waitScale: options.waitScale ?? 0.001,
    })
  const old = lines('old', 100)
  const repo = await github.createRepository({
    owner: 'acme',
    name: 'app',
    files: { 'src/old.ts': old, 'README.md': 'hello\n' },
    collaborators: { octocat: 'write', mia: 'maintain', tom: 'triage', rita: 'read' },
  })
  const head = await repo.commit({
    branch: 'feature',
    files: { 'src/new.ts': lines('new', 60), 'src/old.ts': old.replace('old 50\n', 'changed 50\n') },
  })
  const { number } = await repo.openPull({ head: 'feature', title: 'A feature' })
  const host = await connect()
  const repository = await host.repository(repo.installationId, 'acme', 'app')
  return {
    github,
    host,
    repo,
    repository,
    number,
    head,
    log,
    again: connect,
    comments: (of = number) => repo.pull(of).reviewComments,
    reviews: (of = number) => repo.pull(of).reviews,
    [Symbol.asyncDispose]: () => github[Symbol.asyncDispose](),
  }
}

export function wantedComment(key: string, at: Partial<WantedComment> = {}): WantedComment {
  const body = `**${key}** breaks.`
  return { key, severity: 'high', path: 'src/new.ts', side: 'RIGHT', body, fallback: `In the body: ${key}.`, ...at }
}

export function wantedReview(head: string, comments: WantedComment[], more: Partial<WantedReview> = {}): WantedReview {
  return { key: 'run-1', head, body: 'Found something.', comments, edits: [], resolve: [], ...more }
}

/** How often a finding stands on the pull, in whatever place. */
export function timesStanding(stage: Stage, key: string, number = stage.number): number {
  const mark = `key=${key} -->`
  const bodies = [...stage.comments(number), ...stage.reviews(number).filter(review => review.state !== 'PENDING')].map(
    ({ body }) => body,
  )
  return bodies.reduce((times, body) => times + body.split(mark).length - 1, 0)
}

export const never = new AbortController().signal
