// Failures of the simulated GitHub on demand: limits, outages, and answers that are lost after the deed was done.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { asApp, refusalOf, withToken } from './github/clients.ts'
import { type GitHubSimulator, type SimulatedRepository, startGitHub } from './github/index.ts'

let github: GitHubSimulator
let repository: SimulatedRepository
let rest: ReturnType<typeof withToken>['rest']
const at = { owner: 'acme', repo: 'shop' }

beforeEach(async () => {
  github = await startGitHub()
  repository = await github.createRepository({ owner: 'acme', name: 'shop' })
  await repository.commit({ branch: 'feature', files: { 'a.txt': 'a\n' } })
  await repository.openPull({ head: 'feature' })
  // Octokit's own authentication asks again for a while after a 401, so these tests bring their token
  const { data } = await asApp(github).rest.apps.createInstallationAccessToken({
    installation_id: repository.installationId,
  })
  rest = withToken(github, data.token).rest
})

afterEach(() => github[Symbol.asyncDispose]())

const comment = () => rest.issues.createComment({ ...at, issue_number: 1, body: 'hello' })
const comments = () => repository.pull(1).issueComments.length

test('a lost answer leaves the deed done, a lost request leaves it undone', async () => {
  github.faults.add({ match: { operation: 'issues/create-comment' }, kind: 'cut' })
  expect(await refusalOf(comment())).toMatchObject({ status: 500 })
  expect(comments()).toBe(0)
  github.faults.add({ match: { operation: 'issues/create-comment' }, kind: 'cut-after' })
  expect(await refusalOf(comment())).toMatchObject({ status: 500 })
  expect(comments()).toBe(1)
})

test.each([
  ['500', 500, 'Server Error'],
  ['502', 502, 'Server Error'],
  ['503', 503, expect.anything()],
  ['secondary', 403, expect.stringContaining('secondary rate limit')],
  ['secondary-429', 429, expect.stringContaining('secondary rate limit')],
  ['primary', 403, expect.stringContaining('API rate limit exceeded')],
  ['abuse-422', 422, 'Validation Failed'],
  ['expired-token', 401, 'Bad credentials'],
  ['404', 404, 'Not Found'],
] as const)('%s is answered with %i, once, and nothing is done', async (kind, status, message) => {
  github.faults.add({ match: { method: 'POST', path: /comments$/ }, kind })
  const refusal = await refusalOf(comment())
  expect(refusal.status).toBe(status)
  if (kind !== '503') expect(refusal.message).toEqual(message)
  expect(comments()).toBe(0)
  await comment()
  expect(comments()).toBe(1)
})

test('a limit says when to come back', async () => {
  github.faults.add({ match: { operation: 'repos/get' }, kind: 'secondary', retryAfter: 7 })
  const error = (await rest.repos.get(at).catch(refused => refused)) as {
    response: { headers: Record<string, string> }
  }
  expect(error.response.headers['retry-after']).toBe('7')
})

test('a fault can pass some requests, last, and be taken away', async () => {
  const fault = github.faults.add({
    match: { operation: 'issues/create-comment' },
    after: 1,
    times: Number.POSITIVE_INFINITY,
    kind: '500',
  })
  await comment()
  await refusalOf(comment())
  await refusalOf(comment())
  fault.remove()
  await comment()
  expect(comments()).toBe(2)
})

test('a slow answer comes late', async () => {
  github.faults.add({ match: { operation: 'repos/get' }, kind: 'slow', ms: 80 })
  const begun = performance.now()
  await rest.repos.get(at)
  expect(performance.now() - begun).toBeGreaterThan(75)
})
