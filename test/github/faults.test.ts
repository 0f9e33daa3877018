// Whatever goes wrong at whichever call: the review is whole, nothing stands twice, and GitHub's waits are kept.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { FaultKind } from '../simulators/github/index.ts'
import { never, openStage, type Stage, timesStanding, wantedComment, wantedReview } from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
  await callsOf() // takes out the token and learns who we are, once
})
afterAll(() => stage[Symbol.asyncDispose]())

const long = process.env.WATCHBILL_TEST_LONG === '1'
const wanted = (head: string) =>
  wantedReview(head, [
    wantedComment('good', { line: 3 }),
    wantedComment('bad', { path: 'src/old.ts', line: 90 }),
    wantedComment('nowhere', { path: 'none.ts', line: 1 }),
    wantedComment('fine', { line: 30, startLine: 28 }),
  ])
const places = ['inline', 'file', 'body', 'inline']

let pulls = 0
async function freshPull(): Promise<{ number: number; head: string }> {
  const branch = `feature-${++pulls}`
  const head = await stage.repo.commit({ branch, from: 'feature', files: { 'src/more.ts': `${pulls}\n` } })
  const { number } = await stage.repo.openPull({ head: branch })
  return { number, head }
}

/** Every request of an untroubled publication, in order. */
async function callsOf(): Promise<string[]> {
  const { number, head } = await freshPull()
  const from = stage.github.requests.length
  await stage.host.publish(stage.repository, number, wanted(head), never)
  return stage.github.requests.slice(from).map(({ operation }) => operation ?? '?')
}

async function publishWith(kind: FaultKind, after: number): Promise<void> {
  const { number, head } = await freshPull()
  stage.log.length = 0
  const fault = stage.github.faults.add({ kind, match: {}, after, retryAfter: 7 })
  const receipt = await stage.host.publish(stage.repository, number, wanted(head), never)
  fault.remove()
  const what = `${kind} at call ${after}`
  expect(fault.happened, what).toBe(1)
  expect(
    receipt.placed.map(({ where }) => where),
    what,
  ).toEqual(places)
  expect(receipt.reviewId, what).toBeDefined()
  for (const { key } of wanted(head).comments) expect(timesStanding(stage, key, number), `${key}, ${what}`).toBe(1)
  const reviews = stage.reviews(number)
  expect(
    reviews.filter(({ body }) => body.includes('review=run-1 -->')),
    what,
  ).toHaveLength(1)
  expect(
    reviews.every(({ state }) => state === 'COMMENTED'),
    what,
  ).toBe(true)
  const waits = stage.log.map(({ line }) => Number(line.wait ?? 0))
  if (kind.startsWith('secondary')) expect(Math.max(...waits), what).toBe(7000)
  if (kind === 'abuse-422') expect(Math.max(...waits), what).toBe(60_000)
  if (kind === 'primary') expect(Math.max(...waits), what).toBeGreaterThan(6000)
}

test('a review survives an answer that is lost after the deed, at whichever call', async () => {
  const calls = await callsOf()
  expect(calls).toContain('pulls/create-review-comment')
  expect(calls).toContain('pulls/delete-pending-review')
  for (const after of calls.keys()) await publishWith('cut-after', after)
})

const kinds: FaultKind[] = [
  'secondary',
  'abuse-422',
  'expired-token',
  '500',
  '502',
  '503',
  'cut',
  'secondary-429',
  'primary',
]

test.each(kinds)('a review survives one %s', async kind => {
  const calls = await callsOf()
  const write = (operation: string) => /create-review|delete-pending/.test(operation)
  const isFirst = (after: number) => calls.indexOf(calls[after]!) === after
  for (const [after, operation] of calls.entries())
    if (long || (isFirst(after) && (write(operation) || after === 0))) await publishWith(kind, after)
})

test('an outage that lasts is a Problem that says so, and the next attempt finishes the review', async () => {
  const { number, head } = await freshPull()
  const fault = stage.github.faults.add({
    kind: '502',
    match: { operation: 'pulls/create-review' },
    times: Number.POSITIVE_INFINITY,
  })
  const publish = () => stage.host.publish(stage.repository, number, wanted(head), never)
  await expect(publish()).rejects.toMatchObject({ code: 'unavailable' })
  fault.remove()
  expect((await publish()).placed.map(({ where }) => where)).toEqual(places)
})

test('a limit that lasts is a Problem of its own kind, to be tried again', async () => {
  const { number, head } = await freshPull()
  const fault = stage.github.faults.add({ kind: 'secondary', match: {}, times: Number.POSITIVE_INFINITY })
  const publish = stage.host.publish(stage.repository, number, wanted(head), never)
  await expect(publish).rejects.toMatchObject({ code: 'rate_limited' })
  fault.remove()
})

test('writes go one at a time, also when many are asked for at once', async () => {
  const { number } = await freshPull()
  const slow = { kind: 'slow', ms: 15, match: { method: 'POST' }, times: Number.POSITIVE_INFINITY } as const
  const fault = stage.github.faults.add(slow)
  const ended = new Map<object, number>()
  const note = (request: object) => ended.set(request, Date.now())
  stage.github.on('request', note)
  const before = stage.github.requests.length
  const keys = ['k1', 'k2', 'k3', 'k4', 'k5']
  await Promise.all(keys.map(key => stage.host.comment(stage.repository, number, key, 'Hello.')))
  stage.github.off('request', note)
  fault.remove()
  const posts = stage.github.requests.slice(before).filter(({ operation }) => operation === 'issues/create-comment')
  expect(posts).toHaveLength(5)
  const overlaps = posts.slice(1).filter((post, index) => post.at.getTime() < (ended.get(posts[index]!) ?? 0))
  expect(overlaps).toEqual([])
})

test('no token and no text of a person is ever logged', async () => {
  const text = JSON.stringify(stage.log)
  expect(text).not.toMatch(/ghs_|eyJ|Bearer|breaks\./)
})
