// Answer to a delivery: p99 against a bare Probot with an empty handler in the same run; nothing lost, none over a second.
import { spawn } from 'node:child_process'
import { createHmac, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { openStore } from '../src/store/index.ts'
import { startService } from '../test/e2e/program.ts'
import { type GitHubSimulator, type SimulatedRepository, startGitHub } from '../test/simulators/github/index.ts'
import { type Figure, ms, quantile } from './figure.ts'
import { startPostgres } from './postgres.ts'

const seconds = 10
const slowest = 1_000

export async function benchIntake(): Promise<Figure[]> {
  await using github = await startGitHub()
  await using postgres = await startPostgres()
  // The App has to be where deliveries come from, else they are dispatched to nothing.
  const marina = await github.createRepository({ owner: 'acme', name: 'marina', private: true, files: {} })
  const stage = { github, marina }
  return [...(await against(stage, 'PGlite', 50)), ...(await against(stage, 'PostgreSQL', 200, postgres.url))]
}

interface Stage {
  github: GitHubSimulator
  marina: SimulatedRepository
}

async function against(stage: Stage, name: string, rate: number, databaseUrl?: string): Promise<Figure[]> {
  const { github } = stage
  const peer = await barely(github)
  const bare = await load(peer.url, stage, rate)
  peer.child.kill()
  const dataDir = await mkdtemp(join(tmpdir(), 'watchbill-bench-'))
  const service = await startService({
    github,
    dataDir,
    ...(databaseUrl && { databaseUrl }),
    environment: { LOG_LEVEL: 'silent' },
  })
  const ours = await load(service.url, stage, rate)
  await service.stop()
  const store = await openStore({ dataDir, ...(databaseUrl && { databaseUrl }) })
  const stored = new Map((await store.deliveries.list(rate * seconds * 2)).map(delivery => [delivery.id, delivery]))
  await store[Symbol.asyncDispose]()
  await rm(dataDir, { recursive: true, force: true })
  const lost = ours.ids.filter(id => !stored.has(id)).length
  const dispatched = ours.ids.filter(id => stored.get(id)?.because === 'The comment gives no command.').length
  const worst = Math.max(...ours.times)
  return [
    {
      what: `intake: ${rate} deliveries a second, ${name}: p99 ÷ that of a bare Probot`,
      value: `${(quantile(ours.times, 0.99) / quantile(bare.times, 0.99)).toFixed(2)} ×`,
      limit: `0 lost, none over ${ms(slowest)}`,
      met: lost === 0 && worst <= slowest && ours.refused === 0,
      beside: [
        `Watchbill ${answers(ours)}; ${ours.ids.length} answered, ${ours.refused} refused, ${lost} lost`,
        `each a comment on a pull, verified, and stored with its job before the answer; ${dispatched} were dispatched meanwhile (read, repository noted, no command found, marked)`,
        `bare Probot ${answers(bare)} (the same deliveries verified, nothing kept)`,
      ],
    },
  ]
}

const answers = ({ times }: { times: number[] }) =>
  `p50 ${ms(quantile(times, 0.5))}, p99 ${ms(quantile(times, 0.99))}, worst ${ms(Math.max(...times))}`

async function barely(github: GitHubSimulator) {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'probot.ts')], {
    env: { PATH: process.env.PATH, PRIVATE_KEY: github.app.privateKey, WEBHOOK_SECRET: github.app.webhookSecret },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  return { child, url: /answers at (\S+)/.exec(line.toString())![1]! }
}

/** `rate` signed deliveries a second, each sent on time whatever became of the ones before it. */
async function load(
  url: string,
  stage: Stage,
  rate: number,
): Promise<{ times: number[]; ids: string[]; refused: number }> {
  const agent = new Agent({ keepAlive: true, maxSockets: 100 })
  const times: number[] = []
  const ids: string[] = []
  let refused = 0
  for (let warm = 0; warm < 20; warm++) await send(url, stage, agent)
  const started = performance.now()
  const sent: Promise<void>[] = []
  for (let n = 0; n < rate * seconds; n++) {
    const wait = started + (n * 1000) / rate - performance.now()
    if (wait > 1) await after(wait)
    sent.push(
      send(url, stage, agent).then(({ id, status, time }) => {
        times.push(time)
        if (status === 202) ids.push(id)
        else refused++
      }),
    )
  }
  await Promise.all(sent)
  agent.destroy()
  return { times, ids, refused }
}

function send(
  url: string,
  { github, marina }: Stage,
  agent: Agent,
): Promise<{ id: string; status: number; time: number }> {
  const id = randomUUID()
  const ada = { id: 1, login: 'ada', type: 'User' }
  const body = JSON.stringify({
    action: 'created',
    issue: { number: 1, id: 1, title: id, body: 'x'.repeat(8_000), user: ada, pull_request: { url: 'https://x.test' } },
    comment: { id: 1, body: 'Looks good to me.', user: ada },
    repository: {
      id: marina.id,
      name: 'marina',
      full_name: 'acme/marina',
      owner: { id: 2, login: 'acme', type: 'Organization' },
      private: false,
      default_branch: 'main',
    },
    installation: { id: marina.installationId },
    sender: ada,
  })
  const signature = `sha256=${createHmac('sha256', github.app.webhookSecret).update(body).digest('hex')}`
  const started = performance.now()
  return new Promise(resolve => {
    const answered = (status: number) => resolve({ id, status, time: performance.now() - started })
    const sending = request(
      `${url}/api/github/webhooks`,
      {
        method: 'POST',
        agent,
        headers: {
          'content-type': 'application/json',
          'x-github-event': 'issue_comment',
          'x-github-delivery': id,
          'x-hub-signature-256': signature,
        },
      },
      answer => {
        answer.resume()
        answer.on('end', () => answered(answer.statusCode ?? 0))
      },
    )
    // Cut off counts as refused.
    sending.on('error', () => answered(0))
    sending.end(body)
  })
}
