// Who the simulated GitHub lets in, and to what: JWTs, tokens, permissions, people, and requests that keep to the schema.
import { createSign, generateKeyPairSync } from 'node:crypto'
import { Probot } from 'probot'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { asApp, asInstallation, asPerson, refusalOf, withToken } from './github/clients.ts'
import { type GitHubSimulator, type SimulatedRepository, startGitHub } from './github/index.ts'

let github: GitHubSimulator
let shop: SimulatedRepository
let other: SimulatedRepository
const at = { owner: 'acme', repo: 'shop' }

beforeAll(async () => {
  github = await startGitHub()
  shop = await github.createRepository({
    owner: 'acme',
    name: 'shop',
    collaborators: { alice: 'write', bob: 'read', carol: 'maintain' },
  })
  other = await github.createRepository({ owner: 'acme', name: 'other' })
  await shop.commit({ branch: 'feature', files: { 'a.txt': 'a\n' } })
  await shop.openPull({ head: 'feature' })
})

afterAll(() => github[Symbol.asyncDispose]())

test('the App signs in with its own key, for ten minutes at most', async () => {
  const get = (token: string) =>
    withToken(github, token).rest.apps.getAuthenticated({ headers: { authorization: `bearer ${token}` } })
  const now = Math.floor(Date.now() / 1000)
  const { privateKey: stranger } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  expect((await get(jwt({ iat: now - 30, exp: now + 300 }))).data?.slug).toBe('watchbill')
  expect(await refusalOf(get(jwt({ iat: now, exp: now + 3600 })))).toMatchObject({
    status: 401,
    message: expect.stringContaining('too far in the future'),
  })
  expect(await refusalOf(get(jwt({ iat: now - 700, exp: now - 100 })))).toMatchObject({
    status: 401,
    message: expect.stringContaining('exp'),
  })
  expect(await refusalOf(get(jwt({ iat: now + 900, exp: now + 1000 })))).toMatchObject({
    status: 401,
    message: expect.stringContaining('iat'),
  })
  expect(await refusalOf(get(jwt({ iat: now, exp: now + 300 }, stranger)))).toMatchObject({
    status: 401,
    message: 'A JSON web token could not be decoded',
  })
  expect(await refusalOf(get(jwt({ iat: now, exp: now + 300, iss: 99 })))).toMatchObject({
    status: 404,
    message: 'Integration not found',
  })
})

test('a token is scoped to the repositories and permissions it was asked for, and to no more than the App has', async () => {
  const mint = (more: object) =>
    asApp(github).rest.apps.createInstallationAccessToken({ installation_id: shop.installationId, ...more })
  const { data } = await mint({ repositories: ['shop'], permissions: { contents: 'read' } })
  const scoped = withToken(github, data.token).rest
  await scoped.repos.getContent({ ...at, path: 'README.md' })
  expect(await refusalOf(scoped.pulls.list(at))).toMatchObject({
    status: 403,
    message: 'Resource not accessible by integration',
  })
  expect(await refusalOf(scoped.repos.get({ owner: 'acme', repo: other.name }))).toMatchObject({
    status: 404,
    message: 'Not Found',
  })
  expect(await refusalOf(mint({ permissions: { contents: 'write' } }))).toMatchObject({ status: 422 })
  expect(await refusalOf(mint({ repositories: ['nowhere'] }))).toMatchObject({ status: 422 })
})

test('a token dies after sixty minutes of the simulated clock, or when it is revoked', async () => {
  const mint = async () =>
    (await asApp(github).rest.apps.createInstallationAccessToken({ installation_id: shop.installationId })).data.token
  const get = (token: string) => withToken(github, token).rest.repos.get(at)
  const token = await mint()
  await get(token)
  const real = github.now
  github.now = () => new Date(Date.now() + 59 * 60_000)
  await get(token)
  github.now = () => new Date(Date.now() + 61 * 60_000)
  expect(await refusalOf(get(token))).toEqual({ status: 401, message: 'Bad credentials' })
  github.now = real
  const second = await mint()
  github.revokeTokens()
  expect(await refusalOf(get(second))).toEqual({ status: 401, message: 'Bad credentials' })
})

test("what the App may not do is refused in GitHub's words, and noted", async () => {
  const rest = asInstallation(github, shop).rest
  const before = github.refusals.length
  const head = await rest.git.getRef({ ...at, ref: 'heads/main' })
  const write = rest.git.createRef({ ...at, ref: 'refs/heads/x', sha: head.data.object.sha })
  expect(await refusalOf(write)).toEqual({ status: 403, message: 'Resource not accessible by integration' })
  // on a pull the permission for pulls is enough to comment and label, on an issue it is not
  await rest.issues.createComment({ ...at, issue_number: 1, body: 'hello' })
  await rest.issues.addLabels({ ...at, issue_number: 1, labels: ['seen'] })
  const issue = await shop.openIssue({ title: 'A bug' })
  expect(
    await refusalOf(rest.issues.createComment({ ...at, issue_number: issue.number, body: 'hello' })),
  ).toMatchObject({ status: 403 })
  expect(github.refusals.slice(before)).toHaveLength(2)
})

test('a misspelt key and an unknown operation are refused, and noted', async () => {
  const octokit = asInstallation(github, shop)
  const before = github.refusals.length
  const misspelt = octokit.rest.issues.createComment({ ...at, issue_number: 1, body: 'x', bdy: 'y' } as never)
  expect(await refusalOf(misspelt)).toMatchObject({ status: 422 })
  expect(await refusalOf(octokit.rest.pulls.list({ ...at, stat: 'open' } as never))).toMatchObject({ status: 422 })
  expect(await refusalOf(octokit.request('GET /repos/{owner}/{repo}/traffic/views', at))).toMatchObject({ status: 404 })
  expect(github.refusals.slice(before)).toEqual([
    expect.stringContaining('additional properties: bdy'),
    expect.stringContaining('unknown query parameter stat'),
    expect.stringContaining('no such operation'),
  ])
})

test('people have roles, and the old field knows four of them', async () => {
  const rest = asInstallation(github, shop).rest
  const role = async (username: string) => {
    const { data } = await rest.repos.getCollaboratorPermissionLevel({ ...at, username })
    return [data.permission, data.role_name]
  }
  github.createUser('mallory')
  expect(await Promise.all(['alice', 'bob', 'carol', 'mallory'].map(role))).toEqual([
    ['write', 'write'],
    ['read', 'read'],
    ['write', 'maintain'],
    ['none', 'none'],
  ])
  const bob = asPerson(github, 'bob').rest
  await bob.repos.get(at)
  expect(await refusalOf(bob.checks.create({ ...at, name: 'x', head_sha: shop.sha() }))).toMatchObject({
    message: 'You must authenticate via a GitHub App.',
  })
  expect(await refusalOf(asPerson(github, 'mallory').rest.repos.get(at))).toMatchObject({ status: 404 })
})

test('someone signs in with GitHub, and an App is made from a manifest', async () => {
  const authorize = await fetch(
    `${github.url}/login/oauth/authorize?client_id=x&state=s&login=alice&redirect_uri=http://127.0.0.1:9/back`,
    { redirect: 'manual' },
  )
  const back = new URL(authorize.headers.get('location')!)
  expect(back.searchParams.get('state')).toBe('s')
  const { clientId: client_id, clientSecret: client_secret } = github.app
  const body = JSON.stringify({ client_id, client_secret, code: back.searchParams.get('code') })
  const headers = { 'content-type': 'application/json', accept: 'application/json' }
  const answer = await fetch(`${github.url}/login/oauth/access_token`, { method: 'POST', headers, body })
  const { access_token } = (await answer.json()) as { access_token: string }
  expect((await withToken(github, access_token).rest.users.getAuthenticated()).data.login).toBe('alice')
  const manifest = JSON.stringify({ url: 'https://example.com', redirect_url: 'http://127.0.0.1:9/made' })
  const made = await fetch(`${github.url}/settings/apps/new?state=t`, {
    method: 'POST',
    body: new URLSearchParams({ manifest }),
    redirect: 'manual',
  })
  const code = new URL(made.headers.get('location')!).searchParams.get('code')!
  const { apps } = withToken(github, access_token).rest
  expect((await apps.createFromManifest({ code })).data).toMatchObject({
    id: github.app.id,
    pem: github.app.privateKey,
  })
  // each code is good once
  expect(await refusalOf(apps.createFromManifest({ code }))).toMatchObject({ status: 404 })
})

test('Probot works with it as with a GitHub Enterprise Server', async () => {
  const { id: appId, privateKey } = github.app
  const probot = new Probot({ appId, privateKey, baseUrl: `${github.url}/api/v3`, logLevel: 'fatal' })
  const octokit = await probot.auth(shop.installationId)
  expect((await octokit.rest.pulls.get({ ...at, pull_number: 1 })).data.state).toBe('open')
  await octokit.rest.pulls.createReview({ ...at, pull_number: 1, event: 'COMMENT', body: 'by Probot' })
  expect(shop.pull(1).reviews.at(-1)).toMatchObject({ body: 'by Probot', user: { login: 'watchbill[bot]' } })
})

test('a renamed repository is found under its old name until another takes it', async () => {
  const before = await github.createRepository({ owner: 'acme', name: 'old' })
  before.rename('new')
  const { rest } = asInstallation(github, before)
  const asked = () => rest.repos.get({ owner: 'acme', repo: 'old' })
  expect((await asked()).data).toMatchObject({ id: before.id, name: 'new' })
  const taker = await github.createRepository({ owner: 'acme', name: 'old' })
  expect((await asked()).data.id).toBe(taker.id)
})

test('long lists come in pages, with links to the others', async () => {
  for (let number = 0; number < 5; number += 1) shop.comment(1, `comment ${number}`, 'alice')
  const octokit = asInstallation(github, shop)
  const first = await octokit.rest.issues.listComments({ ...at, issue_number: 1, per_page: 2 })
  expect(first.headers.link).toContain('rel="next"')
  const all = await octokit.paginate(octokit.rest.issues.listComments, { ...at, issue_number: 1, per_page: 2 })
  expect(all).toHaveLength(shop.pull(1).issueComments.length)
})

function jwt(
  claims: object,
  key: Parameters<ReturnType<typeof createSign>['sign']>[0] = github.app.privateKey,
): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const signed = `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ iss: github.app.id, ...claims })}`
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(key, 'base64url')}`
}
