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

/** Many publications with real git behind them; other tests run beside. */
const patience = 120_000
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

test(
  'a review survives an answer that is lost after the deed, at whichever call',
  async () => {
    const calls = await callsOf()
    expect(calls).toContain('pulls/create-review-comment')
    expect(calls).toContain('pulls/delete-pending-review')
    for (const [after, operation] of calls.entries())
      if (long || after === 0 || !operation.includes('list')) await publishWith('cut-after', after)
  },
  patience,
)

/** At each kind of write, or (those that differ in nothing but a number) at the review itself. */
const kinds: [FaultKind, RegExp][] = [
  ['secondary', /create-review|delete-pending/],
  ['abuse-422', /create-review|delete-pending/],
  ['expired-token', /create-review|list-reviews/],
  ['cut', /create-review|delete-pending|list-reviews/],
  ['500', /create-review$|list-review-comments/],
  ['502', /create-review$/],
  ['503', /create-review$/],
  ['secondary-429', /create-review$/],
  ['primary', /create-review$/],
]

test.each(kinds)(
  'a review survives one %s',
  async (kind, where) => {
    const calls = await callsOf()
    for (const [after, operation] of calls.entries())
      if (long || (calls.indexOf(operation) === after && where.test(operation))) await publishWith(kind, after)
  },
  patience,
)

test.each<FaultKind>(['cut-after', 'cut', '500', 'secondary'])(
  'a check survives one %s, at whichever call',
  async kind => {
    const annotations = Array.from({ length: 70 }, (_, index) => {
      return {
        path: 'a.ts',
        startLine: index + 1,
        endLine: index + 1,
        level: 'notice' as const,
        title: 't',
        message: 'm',
      }
    })
    const check = {
      name: 'Watchbill / x',
      status: 'completed',
      conclusion: 'neutral',
      title: 'Done',
      summary: 's',
    } as const
    for (let after = 0; ; after++) {
      const { head } = await freshPull()
      const fault = stage.github.faults.add({ kind, match: {}, after, retryAfter: 3 })
      const id = await stage.host.openCheck(stage.repository, { ...check, status: 'queued', head, externalId: 'run' })
      await stage.host.updateCheck(stage.repository, id, { ...check, annotations })
      fault.remove()
      const runs = stage.repo.checkRuns(head)
      expect(
        runs.map(run => [run.id, run.status, run.annotations.length]),
        `${kind} at ${after}`,
      ).toEqual([[id, 'completed', 70]])
      if (fault.happened === 0) return
    }
  },
  patience,
)

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
