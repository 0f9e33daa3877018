// Checkout of the second review of a repository ÷ the first clone of it, for a repository of 10,000 commits.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { connectGitHub } from '../src/github/index.ts'
import { openWorkspaces } from '../src/workspace/index.ts'
import { startGitHub } from '../test/simulators/github/index.ts'
import { type Figure, ms, percent } from './figure.ts'

const commits = 10_000
const limit = 0.1

export async function benchCheckout(): Promise<Figure[]> {
  await using github = await startGitHub()
  const dataDir = await mkdtemp(join(tmpdir(), 'watchbill-bench-'))
  const repository = await github.createRepository({
    owner: 'acme',
    name: 'large',
    private: true,
    files: { 'README.md': 'Large.\n' },
  })
  const history = join(dataDir, 'history.git')
  await makeHistory(history)
  const main = await repository.importBranch(history, 'refs/heads/main', 'main')
  await repository.commit({ branch: 'feature', from: main, files: { 'src/one.ts': 'export const one = 1\n' } })
  const { number } = await repository.openPull({ head: 'feature', title: 'One' })

  const host = await connectGitHub({
    appId: github.app.id,
    privateKey: github.app.privateKey,
    webhookSecrets: [github.app.webhookSecret],
    apiUrl: `${github.url}/api/v3`,
    webUrl: github.url,
    readCommand: () => undefined,
  })
  const workspaces = openWorkspaces({ dataDir })
  const known = await host.repository(repository.installationId, 'acme', 'large')
  async function open(): Promise<number> {
    const pull = await host.pull(known, number)
    const started = performance.now()
    await using checkout = await workspaces.openPull({
      repository: known,
      cloneUrl: host.cloneUrl(known),
      number,
      base: pull.base.sha,
      head: pull.head.sha,
      token: () => host.gitToken(known),
      signal: AbortSignal.timeout(300_000),
    })
    await checkout.change()
    return performance.now() - started
  }
  const first = await open()
  const second: number[] = []
  for (let push = 0; push < 5; push++) {
    await repository.commit({ branch: 'feature', files: { 'src/one.ts': `export const one = ${push}\n` } })
    second.push(await open())
  }
  await rm(dataDir, { recursive: true, force: true })
  const typical = second.toSorted((a, b) => a - b)[2]!
  return [
    {
      what: `checkout: second review ÷ first clone (${commits.toLocaleString('en')} commits)`,
      value: percent(typical / first),
      limit: `≤ ${percent(limit)}`,
      met: typical / first <= limit,
      beside: [`first ${ms(first)}, later ones ${second.map(ms).join(', ')} (the middle one counts)`],
    },
  ]
}

/** Written as it is made: what this process still held of it would make each start of git slower than a server's are. */
async function makeHistory(directory: string): Promise<void> {
  spawnSync('git', ['init', '-q', '--bare', directory])
  const git = spawn('git', ['-C', directory, 'fast-import', '--quiet'], { stdio: ['pipe', 'ignore', 'inherit'] })
  const [[code]] = await Promise.all([once(git, 'exit'), pipeline(Readable.from(grown()), git.stdin)])
  if (code !== 0) throw new Error(`git fast-import ended with ${code}`)
}

/** A fast-import stream such as a team leaves behind: 2,000 files of a hundred lines, each commit changing three of them. */
function* grown(): Generator<string> {
  for (let n = 0; n < commits; n++) {
    const message = `Change ${n}`
    yield `commit refs/heads/main\ncommitter Ada <ada@example.com> ${1_700_000_000 + n} +0000\ndata ${message.length}\n${message}\n`
    for (let file = 0; file < 3; file++) {
      const at = (n * 3 + file) % 2000
      const text = Array.from(
        { length: 100 },
        (_, line) => `export const value${line} = '${((n + 1) * (line + 7) * 2_654_435_761) % 4_294_967_291}'\n`,
      ).join('')
      yield `M 100644 inline src/area-${at % 40}/file-${at}.ts\ndata ${text.length}\n${text}\n`
    }
  }
}
