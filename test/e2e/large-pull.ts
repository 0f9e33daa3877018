// Pull requests of thousands of files and of a hundred thousand lines, and what became of them.
import { readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Coverage } from '../../src/runs/reading/unfinished.ts'
import { type GitHubSimulator, type SimulatedRepository, startGitHub } from '../simulators/github/index.ts'
import {
  call,
  type MessagesRequest,
  type RecordedRequest,
  type Reply,
  say,
  startModel,
} from '../simulators/model/index.ts'
import { watchMemory } from './memory-watch.ts'
import { runCommand, startService } from './program.ts'

/** `files` new files in folders of fifty, of so many lines each; each imports its neighbour, and has a test in every tenth folder. */
function filesOf(files: number, lines: number): Record<string, string> {
  const of = (at: number) => `src/part${Math.floor(at / 50)}/file${at}.ts`
  return Object.fromEntries(
    Array.from({ length: files }, (_, at) => [
      of(at),
      [
        `import { value${at + 1}x1 } from './file${at + 1}.ts'`,
        ...Array.from({ length: lines - 1 }, (_, line) => `export const value${at}x${line} = ${at} + ${line}`),
        '',
      ].join('\n'),
    ]),
  )
}

/** What an agent was told to cover, of which it names some hundreds at most. */
function toCover(request: MessagesRequest): string[] {
  const told = JSON.stringify(request.messages[0]).split('## Files to cover')[1] ?? ''
  return [...told.matchAll(/\\n- (src\/[^\\"]+)/g)].map(([, path]) => path!)
}

/** Every finder opens the first of its files and finds nothing. */
export const looksOnce: Reply = request =>
  request.messages.some(message => message.role === 'assistant')
    ? say('Looked.')
    : call('read', { path: toCover(request)[0] ?? 'README.md' })

/** By lens, how often each file was given to it, in the first request of each conversation. */
export function givenTo(requests: RecordedRequest[], lens: string): Map<string, number> {
  const given = new Map<string, number>()
  for (const { body } of requests) {
    const first = body.messages.length === 1 && JSON.stringify(body.messages[0]).includes(`Lens: ${lens}\\n`)
    if (first) for (const path of toCover(body)) given.set(path, (given.get(path) ?? 0) + 1)
  }
  return given
}

export const plenty = {
  WATCHBILL_BUDGET_USD_RUN: '500',
  WATCHBILL_BUDGET_USD_DAY: '2000',
  WATCHBILL_BUDGET_USD_MONTH: '2000',
}

export const budgetOf = (usd: number) => ({
  '.github/watchbill.yml': `budget: { run: ${usd}, pull: 2000, day: 2000 }\n`,
})

export async function openLarge(
  github: GitHubSimulator,
  { name, files, lines, usd }: { name: string; files: number; lines: number; usd: number },
): Promise<{ repository: SimulatedRepository; number: number; head: string }> {
  const readme = { 'README.md': 'Large.\n', ...budgetOf(usd) }
  const repository = await github.createRepository({ owner: 'acme', name, private: true, files: readme })
  const head = await repository.commit({ branch: 'large', files: filesOf(files, lines) })
  const { number } = await repository.openPull({ head: 'large', title: 'Large' })
  return { repository, number, head }
}

/** One line for people: how much of it was looked at, and how the checks say it. */
export function became({ manifest, remaining }: Pick<Coverage, 'manifest' | 'remaining'>): {
  full: number
  partial: number
  skipped: number
  notYet: number
  remaining: number
} {
  const count = (coverage: string) => manifest.filter(entry => entry.coverage === coverage).length
  return {
    full: count('full') + count('reviewed'),
    partial: count('partial'),
    skipped: count('skipped'),
    notYet: count('not yet'),
    remaining: remaining.length,
  }
}

export interface Measured {
  run: { end: string; usd: number; because: string }
  /** From the request of the run to its end, with a model that answers at once. */
  milliseconds: number
  /** MB: most that the program held since it was ready, as the kernel tells it; that it and its children held at one moment; and its children. */
  peakMb: number
  allMb: number
  childrenMb: number
  /** Most that it held until then: V8 compiles the embedded database. */
  startMb: number
  became: ReturnType<typeof became>
  /** Longest text and summary of its checks, in bytes. */
  checkBytes: number
  conclusions: (string | null)[]
  calls: number
}

/** Reviews one large pull with the real program in a process of its own. */
export async function reviewLarge(size: {
  name: string
  files: number
  lines: number
  usd: number
}): Promise<Measured> {
  await using github = await startGitHub()
  await using model = await startModel({ reply: looksOnce })
  const dataDir = await mkdtemp(join(tmpdir(), 'watchbill-large-'))
  const environment = { ...plenty, OSV_URL: 'off', WATCHBILL_REHEARSED: 'true' }
  const options = { github, model, dataDir, environment }
  const service = await startService(options)
  const pid = service.child.pid!
  const startMb = highWater(pid)
  // Sets the high water mark back: https://docs.kernel.org/filesystems/proc.html (clear_refs)
  writeFileSync(`/proc/${pid}/clear_refs`, '5')
  const memory = watchMemory(pid)
  try {
    const { repository, head } = await openLarge(github, size)
    const finished = () => {
      const checks = repository.checkRuns(head)
      return checks.length > 1 && checks.every(check => check.status === 'completed')
    }
    await github.waitFor(finished, 15 * 60_000)
    const peakMb = highWater(pid)
    const { allMb, childrenMb } = await memory.stop()
    const [listed] = JSON.parse(await runCommand(options, 'runs', '--json'))
    const told = JSON.parse(await runCommand(options, 'explain', listed.id, '--json'))
    const { run, coverage, spent } = told.runs[0]
    const checks = repository.checkRuns(head)
    return {
      run,
      milliseconds: Date.parse(run.endedAt ?? new Date().toISOString()) - Date.parse(run.requestedAt),
      peakMb,
      allMb,
      childrenMb,
      startMb,
      became: became(coverage),
      checkBytes: Math.max(
        ...checks.flatMap(({ output }) => [output.text, output.summary].map(text => Buffer.byteLength(text ?? ''))),
      ),
      conclusions: checks.map(check => check.conclusion),
      calls: spent.calls,
    }
  } finally {
    await service.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}

function highWater(pid: number): number {
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
}
