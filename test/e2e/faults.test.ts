// Whatever GitHub does in the middle of a review, the review comes to stand whole and once: every call × every fault.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { GitHubSimulator, SimulatedRepository } from '../simulators/github/index.ts'
import { type House, openHouse } from './house.ts'
import { conclusions, finds, isReviewed, openScene } from './scene.ts'

// Patient, since the machine may be busy; undisturbed, each takes a second or two.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 })

const kinds = ['500', '503', 'cut', 'cut-after', 'secondary', 'secondary-429', 'abuse-422', 'expired-token'] as const
type Kind = (typeof kinds)[number]
const long = process.env.WATCHBILL_TEST_LONG === '1'
const seed = Number(process.env.WATCHBILL_TEST_SEED ?? Math.floor(Date.now() / 86_400_000))

/** Every call that an undisturbed review makes of GitHub, from the delivery to the completed checks; the first test holds this list to the truth. */
const calls = [
  'apps/create-installation-access-token',
  'apps/list-repos-accessible-to-installation',
  'checks/create',
  'checks/update',
  'git-upload-pack',
  'git-upload-pack/data',
  'git/get-blob',
  'git/get-tree',
  'pulls/create-review',
  'pulls/get',
  'pulls/list-files',
  'pulls/list-review-comments',
  'pulls/list-reviews',
  'repos/get',
  'repos/get-branch',
]
/** Asked once a process: who we are. */
const identity = ['users/get-by-username']

let house: House
beforeAll(async () => {
  house = await openHouse({ reply: finds })
})
afterAll(() => house[Symbol.asyncDispose]())

/** A review of an owner of its own, so that nothing is known of it: no token, no configuration, no mirror. */
async function review(owner: string): Promise<{ repository: SimulatedRepository; number: number; head: string }> {
  const scene = await openScene(house.github, { owner, files: { 'REVIEW.md': 'Amounts are whole cents.\n' } })
  await house.until(() => isReviewed(scene.repository, scene.head), 90_000)
  return scene
}

function expectOnce({ repository, number }: Awaited<ReturnType<typeof review>>): void {
  const pull = repository.pull(number)
  expect(pull.reviews.map(one => one.state)).toEqual(['COMMENTED'])
  expect(pull.reviewComments).toHaveLength(1)
  expect(pull.issueComments).toEqual([])
  expect(conclusions(repository.checkRuns())).toEqual({ 'code-review': 'neutral', 'security-review': 'neutral' })
  expect(repository.checkRuns()).toHaveLength(2)
  expect(house.github.refusals).toEqual([])
}

const match = (call: string): Parameters<GitHubSimulator['faults']['add']>[0]['match'] => ({ operation: call })

describe('a review that is not disturbed', () => {
  it('makes these calls of GitHub and no others', async () => {
    const before = house.github.requests.length
    expectOnce(await review('calm'))
    const made = new Set(house.github.requests.slice(before).map(request => request.operation ?? request.path))
    // Beside it, at the start or as the App comes to an owner: who the App is, where it may be, which schedules there are, what never came.
    for (const call of ['get-authenticated', 'get-installation', 'list-installations', 'list-webhook-deliveries'])
      made.delete(`apps/${call}`)
    expect([...made].sort()).toEqual([...calls, ...identity].sort())
  })
})

describe(`one call fails (seed ${seed})`, () => {
  const matrix = [...calls, ...identity].flatMap(call =>
    kinds.filter(kind => makesSense(call, kind)).map(kind => [call, kind] as const),
  )
  const chosen = long ? matrix : pick(matrix, 4)
  it.each(chosen)('%s meets %s', { timeout: 120_000 }, async (call, kind) => {
    await expectGood(call, kind, 0)
  })
})

describe.runIf(long)('the second such call fails', () => {
  it.each(
    ['checks/create', 'checks/update', 'pulls/create-review'].flatMap(call => kinds.map(kind => [call, kind] as const)),
  )('%s meets %s', { timeout: 120_000 }, async (call, kind) => {
    await expectGood(call, kind, 1)
  })
})

describe('a delivery that was given up', () => {
  it('is queued again when GitHub sends it again, says so, and is reviewed once', async () => {
    const forbidden = {
      match: match('apps/list-repos-accessible-to-installation'),
      kind: '403',
      times: Infinity,
    } as const
    const fault = house.github.faults.add(forbidden)
    const scene = await openScene(house.github, { owner: 'given-up' })
    const delivery = house.github.deliveries.findLast(one => one.event === 'pull_request')!
    const failed = await house.until(async () => {
      const kept = await house.server.store.deliveries.get(delivery.id)
      return kept?.status === 'failed' && kept
    })
    expect(failed.because).toMatch(/forbids this to the App/)
    expect(scene.repository.checkRuns()).toEqual([])
    fault.remove()

    const answer = await house.github.redeliver(delivery)
    expect(answer).toMatchObject({ status: 202, body: expect.stringContaining('queued again') })
    await house.until(() => isReviewed(scene.repository, scene.head))
    expect(await house.github.redeliver(delivery)).toMatchObject({ status: 200 })
    expectOnce(scene)
  })
})

describe('GitHub says how long to wait', () => {
  it('and nothing is asked of it before that', async () => {
    await using patient = await openHouse({ reply: finds, waitScale: 1 })
    const fault = patient.github.faults.add({ match: match('pulls/create-review'), kind: 'secondary', retryAfter: 2 })
    const { repository, head } = await openScene(patient.github)
    await patient.until(() => isReviewed(repository, head), 30_000)
    expect(fault.happened).toBe(1)
    const { requests } = patient.github
    const refused = requests.findIndex(request => request.operation === 'pulls/create-review')
    // What the App asks for itself has a limit of its own.
    const next = requests.slice(refused + 1).find(({ operation }) => !operation?.startsWith('apps/'))!
    const after = next.at.getTime() - requests[refused]!.at.getTime()
    expect(after, next.operation).toBeGreaterThanOrEqual(2_000)
    expect(repository.pull(1).reviews).toHaveLength(1)
  })
})

async function expectGood(call: string, kind: Kind, after: number): Promise<void> {
  const before = house.github.faults.add({ match: match(call), kind, after, retryAfter: 1 })
  try {
    if (identity.includes(call)) await house.restart()
    expectOnce(await review(`${call.replaceAll('/', '-')}-${kind}-${after}`))
    if (after === 0) expect(before.happened).toBe(1)
  } finally {
    before.remove()
  }
}

/** An answer that no GitHub gives: git knows no secondary limits, and reading is not refused as abuse. */
function makesSense(call: string, kind: Kind): boolean {
  if (call.startsWith('git-')) return kind === '500' || kind === '503' || kind === 'cut'
  if (kind === 'abuse-422') return call === 'pulls/create-review'
  if (kind === 'expired-token') return call !== 'apps/create-installation-access-token'
  return true
}

/** A few of the matrix, other ones each day; no two of the same call. */
function pick<T>(matrix: T[], count: number): T[] {
  const stride = Math.floor(matrix.length / count)
  return Array.from({ length: count }, (_, index) => matrix[(seed + index * stride) % matrix.length]!)
}
