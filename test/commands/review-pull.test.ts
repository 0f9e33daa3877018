// `watchbill review <PR URL>`: reads a pull request with a person's token or as the app, and posts only when told to.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readPullUrl } from '../../src/commands/review-pull.ts'
import { type GitHubSimulator, type SimulatedRepository, startGitHub } from '../simulators/github/index.ts'
import { call, type ModelSimulator, type Reply, say, startModel } from '../simulators/model/index.ts'
import { watchbill } from './cli.ts'
import { after, before, finding } from './price.ts'

const dir = mkdtempSync(join(tmpdir(), 'watchbill-review-pull-'))
let github: GitHubSimulator
let model: ModelSimulator
let repository: SimulatedRepository
let url: string
let reply: Reply = finding('high')

beforeAll(async () => {
  github = await startGitHub()
  model = await startModel({ reply: (request, context) => reply(request, context) })
  repository = await github.createRepository({
    owner: 'acme',
    name: 'shop',
    files: {
      'price.ts': before,
    },
    collaborators: { ada: 'write' },
  })
  await repository.commit({
    branch: 'feature',
    files: { 'price.ts': after },
  })
  const { number } = await repository.openPull({ head: 'feature', title: 'Floor' })
  url = `${github.url}/acme/shop/pull/${number}`
})
beforeEach(() => {
  reply = finding('high')
})
afterAll(async () => {
  await github[Symbol.asyncDispose]()
  await model[Symbol.asyncDispose]()
  rmSync(dir, { recursive: true, force: true })
})

const where = () => ({ GHE_HOST: github.host, GHE_PROTOCOL: 'http', WATCHBILL_DATA: dir, ...model.environment() })
const review = (environment: Record<string, string>, ...args: string[]) =>
  watchbill(['review', url, ...args], { environment: { ...where(), ...environment } })

/** Another pull with the same defect, and what reviews it as ada does. */
async function openPull(branch: string) {
  await repository.commit({ branch, files: { 'price.ts': after } })
  const { number } = await repository.openPull({ head: branch, title: 'Floor' })
  const environment = { ...where(), GITHUB_TOKEN: github.userToken('ada') }
  const again = (...args: string[]) =>
    watchbill(['review', `${github.url}/acme/shop/pull/${number}`, ...args], { environment })
  return { number, again }
}

/** Finds nothing, and holds no earlier claim true. */
const refutes: Reply = request => {
  const asked = request.tools?.some(tool => 'name' in tool && tool.name === 'report_verdict')
  if (request.messages.some(message => message.role === 'assistant')) return say('Looked at price.ts.')
  if (!asked) return call('read', { path: 'price.ts' })
  const cited = [{ path: 'price.ts', line: 2, text: '  return Math.round(Number(text) * 100)' }]
  return call('report_verdict', { verdict: 'INVALID', because: 'It rounds to the nearest cent.', cited })
}

describe('watchbill review of a pull request', () => {
  it('prints and posts nothing by default', async () => {
    const ran = await review({ GITHUB_TOKEN: github.userToken('ada') })
    expect(ran.err).toContain('Fetching acme/shop#1')
    expect(ran.exit).toBe(1)
    expect(ran.out).toContain('Rounding down loses a cent')
    expect(repository.pull(1).reviews).toEqual([])
  })
  it('posts one review with --post, and none again when it is run again', async () => {
    await review({ GITHUB_TOKEN: github.userToken('ada') }, '--post')
    await review({ GITHUB_TOKEN: github.userToken('ada') }, '--post')
    expect(repository.pull(1).reviews).toHaveLength(1)
    expect(repository.pull(1).reviewComments).toHaveLength(1)
    expect(github.refusals).toEqual([])
  })
  it('says nothing twice where a later review words and quotes it otherwise, and marks it once it is mended', async () => {
    const { number, again } = await openPull('other-words')
    await again('--post')
    reply = finding('high', {
      quote: after.trimEnd(),
      title: 'A cent is lost by rounding down',
      claim: 'For "0.29" the result of cents is 28, one less than it has to be.',
    })
    expect((await again('--post')).exit).toBe(1)
    const { reviews, reviewComments } = repository.pull(number)
    expect([reviews.length, reviewComments.length]).toEqual([1, 1])

    await repository.commit({ branch: 'other-words', files: { 'price.ts': `${before}export const rate = 1\n` } })
    reply = refutes
    const ran = await again('--post')
    expect([ran.exit, ran.out]).toEqual([0, expect.stringContaining('Nothing')])
    expect(repository.pull(number).reviewComments).toMatchObject([{ body: expect.stringMatching(/^\*\*Fixed in `/) }])
    expect(github.refusals).toEqual([])
  })
  it('lists nothing twice that the text of an earlier review lists', async () => {
    const { number, again } = await openPull('listed')
    reply = finding('low')
    await again('--post')
    await repository.commit({ branch: 'listed', files: { 'price.ts': `${after}export const rate = 1\n` } })
    reply = finding('low', { quote: after.trimEnd(), claim: 'For "0.29" the result of cents is 28.' })
    await again('--post')
    expect(repository.pull(number).reviews).toHaveLength(1)
    expect(repository.pull(number).reviews[0]!.body).toContain('Rounding down loses a cent')
  })
  it('reads as the app when there is no token', async () => {
    const { APP_ID, PRIVATE_KEY, WEBHOOK_SECRET } = github.environment()
    expect((await review({ APP_ID: APP_ID!, PRIVATE_KEY: PRIVATE_KEY!, WEBHOOK_SECRET: WEBHOOK_SECRET! })).exit).toBe(1)
  })
  it('says what is missing without token and app', async () => {
    const ran = await review({})
    expect(ran).toMatchObject({ exit: 2, out: '' })
    expect(ran.err).toContain('GITHUB_TOKEN')
  })
  it('refuses a URL on another GitHub, one that is no pull request, and --post of a range', async () => {
    const other = await watchbill(['review', 'https://github.com/acme/shop/pull/1'], { environment: where() })
    expect(other.err).toContain('GHE_HOST')
    const none = await watchbill(['review', `${github.url}/acme/shop/issues/1`], { environment: where() })
    expect(none.err).toContain('not the URL of a pull request')
    const range = await watchbill(['review', 'main...HEAD', '--post'], { environment: where() })
    expect(range.err).toContain('give its URL')
    expect([other.exit, none.exit, range.exit]).toEqual([2, 2, 2])
    expect(() => readPullUrl('acme/shop#2', 'https://github.com')).toThrow('https://github.com/acme/shop/pull/2.')
  })
})
