// The pull request and the reviewers that the review and cache benchmarks share: six agents of one model, three turns or more each.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { startServer } from '../src/main.ts'
import { readSettings } from '../src/settings.ts'
import { startGitHub } from '../test/simulators/github/index.ts'
import {
  call,
  type MessagesRequest,
  type ModelOptions,
  type ModelSimulator,
  type Reply,
  say,
  startModel,
} from '../test/simulators/model/index.ts'

const lenses = [
  'correctness',
  'contracts-and-callers',
  'concurrency-and-resources',
  'performance',
  'tests',
  'repository-rules',
]

/** A change of `lines` added lines over five files. */
function change(lines: number): Record<string, string> {
  const each = Math.ceil(lines / 5)
  return Object.fromEntries(
    Array.from({ length: 5 }, (_, file) => [
      `src/berths/part-${file}.ts`,
      Array.from(
        { length: each },
        (_, line) =>
          `export const berth${file}x${line} = (length: number, nights: number) => length * ${line + 7} * nights + ${file}\n`,
      ).join(''),
    ]),
  )
}

const routine = `---
description: Six lenses on one model
extends: code-review
model: standard
agents: [${lenses.map(name => `{ name: ${name}, model: standard }`).join(', ')}]
budget: { usd: 5, minutes: 12 }
---
Look at everything.
`

export function lensOf(request: MessagesRequest): string | undefined {
  return /Lens: ([a-z-]+)/.exec(JSON.stringify(request.messages[0]))?.[1]
}

/** Each finder reads two files, one reports one claim, and its verifier reads before it answers. */
const reviewers: Reply = request => {
  const turn = request.messages.filter(message => message.role === 'assistant').length
  const lens = lensOf(request)
  const quote = 'export const berth0x1 = (length: number, nights: number) => length * 8 * nights + 0'
  if (!lens) {
    if (turn === 0) return call('read', { path: 'src/berths/part-0.ts' })
    return turn === 1
      ? call('report_verdict', {
          verdict: 'VALID',
          because: 'The rate is eight.',
          cited: [{ path: 'src/berths/part-0.ts', line: 2, text: quote }],
        })
      : say('Done.')
  }
  if (turn < 2) return call('read', { path: `src/berths/part-${turn}.ts` })
  if (turn === 2 && lens === 'correctness')
    return call('report_finding', {
      file: 'src/berths/part-0.ts',
      quote,
      title: 'The rate is eight',
      claim: 'The rate of this berth is eight instead of seven, so guests pay too much.',
      severity: 'high',
      confidence: 'high',
      origin: 'introduced',
    })
  return say('Looked at all parts.')
}

/** Runs one review of the change through the whole product on the embedded database; milliseconds from the start of its run to its last check. */
export async function reviewOnce(options: {
  lines: number
  latency?: ModelOptions['latency']
}): Promise<{ milliseconds: number; model: ModelSimulator; comments: number }> {
  await using github = await startGitHub()
  const model = await startModel({ reply: reviewers, ...(options.latency && { latency: options.latency }) })
  const dataDir = await mkdtemp(join(tmpdir(), 'watchbill-bench-'))
  const environment = {
    ...github.environment(),
    ...model.environment(),
    WATCHBILL_DATA: dataDir,
    PORT: '0',
    HOST: '127.0.0.1',
    LOG_LEVEL: 'silent',
    LOG_FORMAT: 'text',
    WATCHBILL_REHEARSED: 'true',
  }
  const server = await startServer(readSettings(environment))
  github.deliverTo(`${server.url}/api/github/webhooks`)
  const files = {
    'README.md': 'Berths.\n',
    '.github/routines/code-review.md': routine,
    '.github/watchbill.yml': 'disable: [security-review]\n',
  }
  const repository = await github.createRepository({ owner: 'acme', name: 'marina', private: true, files })
  await repository.commit({ branch: 'rates', files: change(options.lines) })
  const { number } = await repository.openPull({ head: 'rates', title: 'Rates' })
  await github.waitFor(
    () => repository.checkRuns().some(check => check.name.endsWith('code-review') && check.status === 'completed'),
    240_000,
  )
  let [run] = await server.store.runs.list({ limit: 1 })
  // The check is completed a moment before the run's row says so.
  for (let look = 0; look < 100 && run?.status !== 'ended'; look++) {
    await after(20)
    ;[run] = await server.store.runs.list({ limit: 1 })
  }
  if (run?.end !== 'done' || model.refusals.length > 0)
    throw new Error(`the review ended as ${run?.end}: ${run?.because} ${model.refusals.join(' ')}`)
  const comments = repository.pull(number).reviewComments.length
  const milliseconds = Date.parse(run.endedAt!) - Date.parse(run.requestedAt)
  await server.stop(0)
  await model[Symbol.asyncDispose]()
  await rm(dataDir, { recursive: true, force: true })
  return { milliseconds, model, comments }
}
