// What commands print of runs: people's words, right numbers, and no whole files.
import { expect, it } from 'vitest'
import type { ToldRun } from '../../src/commands/explain.ts'
import { listed } from '../../src/commands/list-runs.ts'
import { showLedger, showRuns } from '../../src/commands/show.ts'
import { showExplanation } from '../../src/commands/show-explanation.ts'
import type { Run } from '../../src/domain/run.ts'
import { codeReview } from '../agents/cast.ts'
import { newRun } from '../store/samples.ts'

const run = {
  ...newRun({
    id: 'run-1',
    routines: [{ routine: { ...codeReview, instructions: 'Be thorough.' }, occurrenceId: 'o1' }],
  }),
  status: 'ended',
  end: 'done',
  attempt: 1,
  usd: 0.5,
} as Run

const told = (more: Partial<ToldRun>) => {
  const one: ToldRun = {
    run,
    stages: [],
    agents: [],
    findings: [],
    effects: [],
    spent: { usd: 0.5, calls: 1 },
    ...more,
  }
  return showExplanation({ kind: 'run', id: run.id, events: [], runs: [one] })
}

it('an explanation tells stages in words, and those it does not know by their name', () => {
  const stages = ['read', 'fleet', 'judge', 'wanted', 'mended', 'something-new'].map(name => ({ name, at: '10:00' }))
  const text = told({ stages })
  expect(text).toContain('10:00  what is to stand on GitHub was worked out')
  expect(text).toContain('10:00  the agents have looked')
  expect(text).toContain('10:00  something-new')
  expect(text).not.toMatch(/\b(wanted|mended {2}|fleet)\b/)
})

it('one is one, and two are several', () => {
  const agent = { name: 'correctness', usd: 0.1, end: 'done', turns: 1, findings: 1 }
  expect(told({ agents: [agent] })).toContain('1 turn, 1 finding: done')
  expect(told({ agents: [{ ...agent, turns: 2, findings: 0 }] })).toContain('2 turns, 0 findings: done')
  expect(told({})).toContain('1 model call, $0.50')
  const total = { usd: 0.5, calls: 1, usage: { input: 0, cacheWrite: 0, cacheRead: 0, output: 0 } }
  expect(showLedger({ entries: [], total })).toContain('1 call, $0.50 in all.')
})

it('a list of runs names routines and holds none of their texts', () => {
  const one = listed(run)
  expect(JSON.stringify(one)).not.toContain('Be thorough')
  expect(one.routines).toEqual([
    expect.objectContaining({ occurrenceId: 'o1', routine: expect.objectContaining({ name: 'code-review' }) }),
  ])
  expect(showRuns([one])).toContain('code-review')
})
