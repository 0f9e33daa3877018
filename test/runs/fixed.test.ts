// After posting: what the pull calls fixed is remembered as fixed, and counts no more among what stands open.
import { expect, test } from 'vitest'
import type { Inspection } from '../../src/domain/plan.ts'
import type { ReviewRun } from '../../src/domain/run.ts'
import type { ReviewPorts } from '../../src/runs/ports.ts'
import { postReview } from '../../src/runs/post.ts'

test('a finding whose comment is marked as fixed is marked in the store too, unless a person decided', async () => {
  const marked: string[] = []
  const ports = {
    now: () => new Date(0),
    log: () => undefined,
    host: { publish: async () => ({ placed: [], edited: [5] }) },
    store: {
      effects: { intend: async () => undefined, done: async () => undefined },
      findings: {
        ofRun: async () => [],
        ofPull: async () => [
          { rowId: 'run-0-a', fingerprint: 'gone', state: 'open' },
          { rowId: 'run-0-b', fingerprint: 'waved', state: 'dismissed' },
          { rowId: 'run-0-c', fingerprint: 'other', state: 'open' },
        ],
        mark: async (id: string, state: string, because: string) => void marked.push(`${id} ${state}: ${because}`),
      },
    },
  } as unknown as ReviewPorts
  const run = { id: 'run-1', repository: { id: 1 }, number: 2 } as ReviewRun
  const because = 'Its comment is marked as fixed at abc1234.'
  const wanted = {
    key: 'run-1',
    head: 'abc1234',
    body: '',
    comments: [],
    edits: [{ commentId: 5, body: 'x' }],
    resolve: [],
    fixed: ['gone', 'waved'].map(key => ({ key, because })),
  }
  await postReview(ports, run, { judged: [] } as unknown as Inspection, wanted, new AbortController().signal)
  expect(marked).toEqual([`run-0-a fixed: ${because}`])
})
