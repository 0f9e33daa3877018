// git over HTTP at the simulated GitHub: clone, fetch and push with real git, and what follows from a push.
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { asApp } from './github/clients.ts'
import { type GitHubSimulator, type SimulatedRepository, startGitHub } from './github/index.ts'

const run = promisify(execFile)
let github: GitHubSimulator
let repository: SimulatedRepository
let directory: string

beforeAll(async () => {
  github = await startGitHub({
    permissions: { metadata: 'read', contents: 'write', pull_requests: 'write', checks: 'write' },
  })
  directory = await mkdtemp(join(tmpdir(), 'github-git-'))
})

beforeEach(async () => {
  repository = await github.createRepository({
    owner: 'acme',
    name: `shop-${github.deliveries.length}`,
    protectedBranches: ['main'],
    files: { 'a.txt': 'a\n', 'big.bin': Buffer.alloc(10_000, 7) },
  })
})

afterAll(async () => {
  await github[Symbol.asyncDispose]()
  await rm(directory, { recursive: true, force: true })
})

test('a fresh repository is quickly made', async () => {
  const times = []
  for (let number = 0; number < 5; number += 1) {
    const begun = performance.now()
    await github.createRepository({ owner: 'acme', name: `quick-${number}` })
    times.push(performance.now() - begun)
  }
  expect(Math.min(...times)).toBeLessThan(100)
})

test('git clones with a token that reads, without the blobs if it wants, and not without a token', async () => {
  const clone = await cloned(await token({ contents: 'read' }), '--filter=blob:none', '--no-checkout')
  expect((await git(clone, 'rev-list', '--objects', '--missing=print', 'HEAD')).match(/^\?/gm)).toHaveLength(2)
  await git(clone, 'checkout', '-q')
  expect(await readFile(join(clone, 'a.txt'), 'utf8')).toBe('a\n')
  await expect(run('git', ['ls-remote', address()], options)).rejects.toThrow(
    /could not read Username|Authentication failed/,
  )
  await expect(cloned(await token({ checks: 'write' }))).rejects.toThrow(/403/)
  await expect(cloned('ghs_invented')).rejects.toThrow(/Authentication failed|could not read/)
  expect(github.requests.some(({ operation, status }) => operation === 'git-upload-pack' && status === 200)).toBe(true)
})

test("a pull's head is fetched by its reference and by its bare commit id, also from a fork", async () => {
  const fork = await github.createRepository({
    owner: 'mallory',
    ownerType: 'User',
    name: `fork-of-${repository.name}`,
    fork: repository,
  })
  const sha = await fork.commit({ branch: 'evil', files: { 'b.txt': 'b\n' }, author: 'mallory' })
  const pull = await repository.openPull({ head: 'evil', fork, author: 'mallory' })
  const clone = await cloned(await token({ contents: 'read' }))
  await git(clone, 'fetch', '-q', 'origin', `refs/pull/${pull.number}/head:refs/heads/pull`)
  expect(await git(clone, 'rev-parse', 'pull')).toBe(sha)
  const next = await fork.commit({ branch: 'evil', files: { 'b.txt': 'c\n' }, author: 'mallory' })
  await git(clone, 'fetch', '-q', 'origin', next)
  expect(github.deliveries.at(-1)).toMatchObject({
    event: 'pull_request',
    action: 'synchronize',
    payload: { before: sha, after: next },
  })
  const { head, base } = github.deliveries.at(-1)!.payload.pull_request
  expect([head.repo.full_name, base.repo.full_name]).toEqual([`mallory/${fork.name}`, `acme/${repository.name}`])
})

test('a push moves the branch and its pull, and is delivered', async () => {
  const clone = await cloned(await token({ contents: 'write' }))
  await repository.commit({ branch: 'work', files: { 'w.txt': '1\n' } })
  const pull = await repository.openPull({ head: 'work' })
  await git(clone, 'fetch', '-q', 'origin', 'work')
  await git(clone, 'checkout', '-q', '-b', 'work', 'FETCH_HEAD')
  await committed(clone, 'w.txt', '2\n')
  await git(clone, 'push', '-q', 'origin', 'work')
  const sha = await git(clone, 'rev-parse', 'HEAD')
  expect([repository.sha('work'), pull.head.sha]).toEqual([sha, sha])
  expect(github.deliveries.slice(-3).map(({ event, action }) => [event, action])).toEqual([
    ['push', undefined],
    ['check_suite', 'requested'],
    ['pull_request', 'synchronize'],
  ])
  expect(github.deliveries.at(-3)!.payload.commits).toMatchObject([{ id: sha, modified: ['w.txt'] }])
})

test('a push is refused without the permission to write, to a protected branch, and to refs/pull', async () => {
  const reader = await cloned(await token({ contents: 'read' }))
  await committed(reader, 'x.txt', 'x\n')
  await expect(git(reader, 'push', 'origin', 'HEAD:refs/heads/new')).rejects.toThrow(/403/)
  const writer = await cloned(await token({ contents: 'write' }))
  await committed(writer, 'x.txt', 'x\n')
  await expect(git(writer, 'push', 'origin', 'HEAD:main')).rejects.toThrow(/GH006/)
  await expect(git(writer, 'push', 'origin', 'HEAD:refs/pull/1/head')).rejects.toThrow(/deny updating a hidden ref/)
  await git(writer, 'push', '-q', 'origin', 'HEAD:refs/heads/new')
})

test('a branch of a local repository is taken over with its history', async () => {
  const local = join(directory, `local-${repository.id}`)
  await mkdir(local)
  await git(local, 'init', '-q', '-b', 'main')
  await committed(local, 'one.txt', '1\n')
  await committed(local, 'two.txt', '2\n')
  const sha = await repository.importBranch(local, 'main', 'taken')
  expect(sha).toBe(await git(local, 'rev-parse', 'HEAD'))
  expect(await git(repository.gitDir, 'rev-list', '--count', 'taken')).toBe('2')
})

test('symbolic links, modes and submodules are stored as such', async () => {
  const modes = { link: '120000', 'run.sh': '100755', lib: '160000' } as const
  const files = { link: '/etc/passwd', 'run.sh': '#!/bin/sh\n', lib: repository.sha() }
  await repository.commit({ branch: 'odd', files, modes })
  expect(await git(repository.gitDir, 'ls-tree', 'odd', 'link', 'run.sh', 'lib')).toMatch(
    /160000 commit .*\tlib\n120000 blob .*\tlink\n100755 blob .*\trun.sh/,
  )
})

const options = {
  env: { PATH: process.env.PATH, GIT_TERMINAL_PROMPT: '0', GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' },
}

async function git(cwd: string, ...args: string[]): Promise<string> {
  return (await run('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { ...options, cwd })).stdout.trim()
}

async function committed(clone: string, name: string, content: string): Promise<void> {
  await writeFile(join(clone, name), content)
  await git(clone, 'add', name)
  await git(clone, 'commit', '-q', '-m', `write ${name}`)
}

function address(credential = ''): string {
  return `http://${credential && `x-access-token:${credential}@`}${github.host}/acme/${repository.name}.git`
}

async function cloned(credential: string, ...more: string[]): Promise<string> {
  const target = await mkdtemp(join(directory, 'clone-'))
  await run('git', ['clone', '-q', ...more, address(credential), target], options)
  return target
}

async function token(permissions: Record<string, 'read' | 'write'>): Promise<string> {
  const { rest } = asApp(github)
  return (await rest.apps.createInstallationAccessToken({ installation_id: repository.installationId, permissions }))
    .data.token
}
