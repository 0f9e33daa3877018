// After posting: what the pull calls fixed is remembered as fixed, and counts no more among what stands open.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Inspection } from '../../src/domain/plan.ts'
import type { ReviewRun } from '../../src/domain/run.ts'
import type { Store } from '../../src/domain/store.ts'
import type { ReviewPorts } from '../../src/runs/ports.ts'
import { postReview } from '../../src/runs/post.ts'
import { databases, type TestDatabase } from '../databases.ts'
import { newFinding, newRun, now } from '../store/samples.ts'

let database: TestDatabase
let store: Store
beforeAll(async () => {
  database = await databases[0]!.open()
  store = database.store
})
afterAll(() => database.close())

async function claimed(): Promise<ReviewRun> {
  const { id } = await store.runs.request(newRun({ number: 800 }))
  return (await store.runs.claim(id, now())) as ReviewRun
}

test('a finding that is mended is marked in the store, with a comment or without, unless a person decided', async () => {
  const before = await claimed()
  const found = ['gone', 'folded', 'waved', 'other'].map(id => newFinding(id, { fingerprint: id }))
  await store.findings.save(before, 1, found, now())
  await store.findings.placed(`${before.id}-gone`, 'inline', 5)
  await store.findings.mark(`${before.id}-waved`, 'dismissed', 'Ada said no.')
  await store.runs.end(before.id, 1, 'done', 'Done.', now())

  const run = await claimed()
  const host = { publish: async () => ({ placed: [], edited: [5] }) }
  const ports = { store, host, now: () => new Date(), log: () => {} } as unknown as ReviewPorts
  const wanted = {
    key: run.id,
    head: 'abc1234',
    body: '',
    comments: [],
    edits: [{ commentId: 5, body: 'x' }],
    resolve: [],
    fixed: [
      { key: 'gone', because: 'Its comment is marked as fixed at abc1234.' },
      { key: 'folded', because: 'Its lines are gone at abc1234.' },
      { key: 'waved', because: 'Its lines are gone at abc1234.' },
    ],
  }
  const inspection = { judged: [] } as unknown as Inspection
  // As after a crash before the run's end, too.
  for (const _ of [1, 2]) await postReview(ports, run, inspection, wanted, new AbortController().signal)
  const states = (await store.findings.ofPull(11, 800)).map(one => [one.id, one.state, one.stateBecause])
  expect(states.sort()).toEqual([
    ['folded', 'fixed', 'Its lines are gone at abc1234.'],
    ['gone', 'fixed', 'Its comment is marked as fixed at abc1234.'],
    ['other', 'open', 'It was found.'],
    ['waved', 'dismissed', 'Ada said no.'],
  ])

  await store.findings.save(run, 1, [newFinding('gone', { fingerprint: 'gone' })], now())
  expect((await store.findings.ofPull(11, 800)).find(one => one.id === 'gone')).toMatchObject({
    state: 'open',
    stateBecause: 'It came back in bbbbbbb.',
  })
})
