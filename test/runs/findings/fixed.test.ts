// After posting: what the pull calls fixed is remembered as fixed, and counts no more among what stands open.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Event } from '../../../src/domain/event.ts'
import type { Inspection } from '../../../src/domain/plan.ts'
import type { ReviewRun } from '../../../src/domain/run.ts'
import type { Store } from '../../../src/domain/store.ts'
import { postReview } from '../../../src/runs/findings/post.ts'
import type { ReviewPorts } from '../../../src/runs/ports.ts'
import { stopClosed } from '../../../src/runs/requests/closed.ts'
import { type TestDatabase, usual } from '../../databases.ts'
import { newFinding, newRun, now, pull, repository } from '../../store/samples.ts'

let database: TestDatabase
let store: Store
beforeAll(async () => {
  database = await usual.open()
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
  const inspection = { judged: [], rechecked: [] } as unknown as Inspection
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

test('what is open on a pull that is closed without being merged is stale, at its last commit; a merge leaves it as it is', async () => {
  const { id } = await store.runs.request(newRun({ number: 801 }))
  const run = (await store.runs.claim(id, now())) as ReviewRun
  await store.findings.save(run, 1, [newFinding('f1'), newFinding('f2')], now())
  await store.findings.mark(`${id}-f2`, 'dismissed', 'Ada said no.')
  await store.runs.end(id, 1, 'done', 'Done.', now())
  const closed = (merged: boolean) => {
    const about = { id: 'e', kind: 'pull_request', action: 'closed', repository, number: 801 }
    return { ...about, pull: { ...pull, number: 801, state: 'closed', merged } } as unknown as Event
  }
  const states = async () => (await store.findings.ofPull(11, 801)).map(one => [one.id, one.state]).sort()
  await stopClosed({ store, now: () => new Date() }, closed(true))
  expect(await states()).toEqual([
    ['f1', 'open'],
    ['f2', 'dismissed'],
  ])
  await stopClosed({ store, now: () => new Date() }, closed(false))
  expect(await states()).toEqual([
    ['f1', 'stale'],
    ['f2', 'dismissed'],
  ])
  expect((await store.findings.life(11, 801, newFinding('f1').fingerprint)).at(-1)).toMatchObject({
    because: 'The pull request was closed without being merged.',
    head: pull.head.sha,
  })
})
