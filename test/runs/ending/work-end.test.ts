// How a task ends: decided from what its agents handed in, never from how quietly they stopped.
import { describe, expect, it } from 'vitest'
import type { AgentReport, Plan } from '../../../src/domain/plan.ts'
import type { TaskResult } from '../../../src/domain/task.ts'
import { endOfWork } from '../../../src/runs/ending/end-work.ts'

const plan = { because: 'a task over the whole repository', assignments: [{ id: 'a' }, { id: 'b' }] } as Plan
const since = { fresh: [], still: [], gone: [] }
const result = (did: TaskResult['did'], proposals = 0): TaskResult => ({
  ...{ did, summary: 'x', looked_at: ['x'], evidence: [] },
  would_do: Array.from({ length: proposals }, () => ({ action: 'x', what: 'x', why: 'x' })),
})
const report = (assignment: string, more: Partial<AgentReport> = {}): AgentReport => ({
  ...{ assignment, agent: assignment, routines: [], findings: [], looked: true, filesTouched: [], opened: [] },
  ended: { end: 'done', because: 'It ended.', turns: 2, text: '', usd: 0 },
  ...more,
})
const both = (one: TaskResult | undefined, other: TaskResult | undefined) =>
  [one, other].map((result, index) => report('ab'[index]!, result ? { result } : {}))
const end = (reports: AgentReport[], gaps: string[] = [], more: Partial<Plan> = {}) =>
  endOfWork({ plan: { ...plan, ...more }, reports, judged: [] }, gaps, since)

describe('the end of a task', () => {
  it('is done when every part of it was handed in', () => {
    expect(end(both(result('something', 2), result('nothing to do')))).toEqual({
      end: 'done',
      because: 'The task was done: 0 findings (0 new), 2 changes proposed.',
    })
  })

  it('is nothing to do when every agent looked and says so', () => {
    expect(end(both(result('nothing to do'), result('nothing to do'))).end).toBe('nothing to do')
    expect(end([], [], { assignments: [] })).toEqual({
      end: 'nothing to do',
      because: 'There was nothing to look at: a task over the whole repository.',
    })
  })

  it('is done, not nothing to do, where an agent proposes something in spite of what it says', () => {
    expect(end(both(result('nothing to do', 1), result('nothing to do'))).end).toBe('done')
  })

  it('is partial when something is missing, with what', () => {
    const found = end(both(result('something'), undefined), ['b ended without handing in a result.'])
    expect(found.end).toBe('partial')
    expect(found.because).toContain('b ended without handing in a result.')
  })

  it('is failed when nobody handed anything in', () => {
    expect(end(both(undefined, undefined), ['a ended without handing in a result.']).end).toBe('failed')
  })

  it('is over budget when money ended an agent, whatever the others did', () => {
    const broke = report('b', { ended: { end: 'budget', because: 'No more.', turns: 1, text: '', usd: 0 } })
    expect(end([report('a', { result: result('something') }), broke], ['b did not finish: No more.'])).toMatchObject({
      end: 'over budget',
      because: expect.stringContaining('b did not finish: No more.'),
    })
  })
})
