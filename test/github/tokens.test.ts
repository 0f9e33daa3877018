// Tokens are minted for one repository and one need, kept for less than they live, and renewed once when they end early.
import { afterEach, expect, test } from 'vitest'
import { connectGitHub } from '../../src/github/index.ts'
import { readCommand } from './examples.ts'
import { openStage, type Stage } from './stage.ts'

let stage: Stage
afterEach(() => stage[Symbol.asyncDispose]())

const minted = () =>
  stage.github.requests.filter(({ operation }) => operation === 'apps/create-installation-access-token')

async function connectAt(clock: { now: number }) {
  const { app, url } = stage.github
  const log: unknown[] = []
  const options = {
    appId: String(app.id),
    privateKey: app.privateKey,
    webhookSecrets: ['s'],
    readCommand,
    waitScale: 0.001,
  }
  const host = await connectGitHub({
    ...options,
    apiUrl: `${url}/api/v3`,
    now: () => clock.now,
    log: line => log.push(line),
  })
  return { host, log }
}

test('each is scoped to the repository and the permission that the call needs', async () => {
  stage = await openStage()
  const { host, repository, number } = stage
  const from = minted().length
  await host.pull(repository, number)
  await host.configuration(repository)
  await host.permission(repository, 'octocat')
  await host.checks(repository, stage.head)
  const scopes = minted()
    .slice(from)
    .map(({ body }) => [(body.repository_ids ?? body.repositories)?.join(), body.permissions])
  const here = String(repository.id)
  expect(scopes).toEqual([
    [here, { pull_requests: 'read' }],
    [here, { contents: 'read' }],
    ['.github', { contents: 'read' }],
    [here, { metadata: 'read' }],
    [here, { checks: 'read' }],
  ])
})

test('a token is used for fifty minutes at most', async () => {
  stage = await openStage()
  const clock = { now: Date.now() }
  const { host } = await connectAt(clock)
  const first = await host.gitToken(stage.repository)
  clock.now += 49 * 60_000
  expect(await host.gitToken(stage.repository)).toBe(first)
  clock.now += 2 * 60_000
  expect(await host.gitToken(stage.repository)).not.toBe(first)
})

test('many who need the same token at once share one', async () => {
  stage = await openStage()
  const from = minted().length
  await Promise.all(Array.from({ length: 10 }, () => stage.host.gitToken(stage.repository)))
  expect(minted().length - from).toBe(1)
})

test('tokens that end early are renewed once, and no token is logged', async () => {
  stage = await openStage()
  const { host, log } = await connectAt({ now: Date.now() })
  await host.pull(stage.repository, stage.number)
  stage.github.revokeTokens()
  expect((await host.pull(stage.repository, stage.number)).number).toBe(stage.number)
  stage.github.faults.add({ kind: 'expired-token', match: { operation: 'pulls/get' }, times: Number.POSITIVE_INFINITY })
  await expect(host.pull(stage.repository, stage.number)).rejects.toMatchObject({ code: 'unauthorized' })
  expect(JSON.stringify(log)).not.toMatch(/ghs_|eyJ/)
})

test.each([
  ['suspended', 'forbidden', (login: string) => stage.github.suspend(login)],
  ['taken away', 'not_found', (login: string) => stage.github.uninstall(login)],
] as const)('an installation that is %s is said to be so', async (_, code, change) => {
  stage = await openStage()
  change('acme')
  const { host } = await connectAt({ now: Date.now() })
  await expect(host.pull(stage.repository, stage.number)).rejects.toMatchObject({ code })
})

test('a repository that the installation does not hold is not found', async () => {
  stage = await openStage()
  const { host, repository } = stage
  await expect(host.repository(repository.installationId, 'acme', 'elsewhere')).rejects.toMatchObject({
    code: 'not_found',
  })
})

test('a server that can not be reached does not keep the App from starting', async () => {
  stage = await openStage()
  const { privateKey } = stage.github.app
  const apiUrl = 'http://127.0.0.1:1/api/v3'
  const host = await connectGitHub({
    appId: 1,
    privateKey,
    webhookSecrets: ['s'],
    apiUrl,
    readCommand,
    waitScale: 0.001,
  })
  await expect(host.pull(stage.repository, 1)).rejects.toMatchObject({ code: 'unavailable' })
})
