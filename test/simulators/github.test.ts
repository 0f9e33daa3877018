// The simulated GitHub, asked by the real clients: Octokit with the App's own authentication, and git.
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createAppAuth } from '@octokit/auth-app'
import { Octokit } from '@octokit/rest'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type GitHubSimulator, type SimulatedRepository, startGitHub } from './github/index.ts'

const run = promisify(execFile)
let github: GitHubSimulator
let repository: SimulatedRepository
let octokit: Octokit

beforeAll(async () => {
  github = await startGitHub()
  repository = await github.createRepository({
    owner: 'acme',
    name: 'shop',
    files: { 'src/a.ts': lines(40), 'README.md': '# Shop\n' },
  })
  octokit = installed(github, repository)
})

afterAll(async () => {
  await github[Symbol.asyncDispose]()
})

test('a repository is there within 100 ms', async () => {
  const begun = performance.now()
  await github.createRepository({ owner: 'acme', name: 'quick' })
  expect(performance.now() - begun).toBeLessThan(100)
})

test('a review with inline comments stands on the lines of the diff', async () => {
  await repository.commit({
    branch: 'feature',
    files: { 'src/a.ts': lines(40, { 20: 'changed' }), 'src/new.ts': 'one\ntwo\nthree\n' },
  })
  const pull = await repository.openPull({ head: 'feature', title: 'Change a line', author: 'alice' })
  const at = { ...where(pull.number) }
  const { data } = await octokit.rest.pulls.createReview({
    ...at,
    commit_id: pull.head.sha,
    event: 'COMMENT',
    body: 'Looked at it.',
    comments: [
      { path: 'src/a.ts', line: 20, side: 'RIGHT', body: 'here' },
      { path: 'src/new.ts', start_line: 1, start_side: 'RIGHT', line: 3, side: 'RIGHT', body: 'all of it' },
    ],
  })
  expect(data.state).toBe('COMMENTED')
  const comments = await octokit.paginate(octokit.rest.pulls.listReviewComments, at)
  expect(comments.map(({ path, line, start_line }) => ({ path, line, start_line }))).toEqual([
    { path: 'src/a.ts', line: 20, start_line: null },
    { path: 'src/new.ts', line: 3, start_line: 1 },
  ])
  expect(github.refusals).toEqual([])
})

test('git clones and fetches with an installation token, and not without', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'clone-'))
  const { token } = (await octokit.auth({ type: 'installation' })) as { token: string }
  const address = `http://x-access-token:${token}@${github.host}/acme/shop.git`
  await run('git', ['clone', '-q', '--filter=blob:none', address, directory], { env })
  expect(await readFile(join(directory, 'README.md'), 'utf8')).toBe('# Shop\n')
  await run('git', ['-C', directory, 'fetch', '-q', 'origin', 'refs/pull/1/head:refs/heads/pull-1'], { env })
  await expect(run('git', ['ls-remote', `http://${github.host}/acme/shop.git`], { env })).rejects.toThrow(
    /could not read Username|Authentication/,
  )
  await writeFile(join(directory, 'x'), 'x')
  await rm(directory, { recursive: true })
})

const env = {
  PATH: process.env.PATH,
  GIT_TERMINAL_PROMPT: '0',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
}

function where(pull_number: number) {
  return { owner: 'acme', repo: 'shop', pull_number }
}

function installed(simulator: GitHubSimulator, { installationId }: SimulatedRepository): Octokit {
  const { id: appId, privateKey } = simulator.app
  return new Octokit({
    baseUrl: `${simulator.url}/api/v3`,
    authStrategy: createAppAuth,
    auth: { appId, privateKey, installationId },
  })
}

function lines(count: number, changes: Record<number, string> = {}): string {
  return Array.from({ length: count }, (_, index) => `${changes[index + 1] ?? `line ${index + 1}`}\n`).join('')
}
