// The check of a task: its conclusion, and that no text of a model does anything in it.
import { describe, expect, it } from 'vitest'
import type { Judged } from '../../src/domain/finding.ts'
import type { TaskResult } from '../../src/domain/task.ts'
import { renderReport, renderWork, type WorkFacts } from '../../src/publish/index.ts'
import { routineOf } from '../agents/cast.ts'

const judged = (fingerprint: string, more: object = {}): Judged =>
  ({
    ...{ id: fingerprint, fingerprint, file: 'a.ts', quote: 'x', title: `Title ${fingerprint}`, claim: 'Breaks.' },
    ...{ severity: 'medium', confidence: 'high', origin: 'pre_existing', agents: ['sweep'], routines: ['sweep'] },
    ...{ security: false, votes: 1, placement: { at: 'file', path: 'a.ts', line: 3, because: 'There.' } },
    verification: { state: 'valid', because: 'It holds.', cited: [] },
    verdict: { verdict: 'posted', because: 'Verified.', shown: 'check' },
    ...more,
  }) as Judged

function facts(
  more: Partial<WorkFacts> = {},
  result: Partial<TaskResult> = {},
  gate: 'none' | 'high' | 'medium' = 'none',
): WorkFacts {
  const said: TaskResult = {
    did: 'something',
    summary: 'Looked.',
    would_do: [],
    looked_at: ['a.ts'],
    evidence: [],
    ...result,
  }
  return {
    routine: routineOf('sweep', { severity: { inline: 'medium', floor: 'low', gate } }),
    checkName: 'Watchbill / sweep',
    run: { id: 'run-1', head: 'abcdef0123', repository: 'acme/shop' },
    ...{ end: 'done', because: 'The task was done.', occasion: 'The clock started it.' },
    plan: {
      because: 'a task over the whole repository',
      manifest: [],
      assignments: [],
    } as unknown as WorkFacts['plan'],
    reports: [
      {
        ...{ assignment: 'sweep', agent: 'sweep', routines: ['sweep'], findings: [], looked: true, filesTouched: [] },
        ended: { end: 'done', because: 'It finished.', turns: 2, text: '', usd: 0.1 },
        ...{ opened: ['a.ts'], result: said },
      },
    ],
    judged: [],
    since: { fresh: [], still: [], gone: [] },
    ...{ gathered: [], beside: [], gaps: [], notes: [], budgets: [], rehearsed: false },
    cost: { usd: 0.1, calls: 3, milliseconds: 61_000 },
    ...more,
  }
}
const concluded = (...of: Parameters<typeof facts>) => renderWork(facts(...of)).conclusion
const fresh = (...all: Judged[]) => ({
  judged: all,
  since: { fresh: all.map(one => one.fingerprint), still: [], gone: [] },
})
const known = (...all: Judged[]) => ({ since: { fresh: [], still: all, gone: [] } })

describe('the conclusion of a task', () => {
  it('is success when it was done and nothing stands', () => {
    expect(concluded()).toBe('success')
    expect(concluded({ end: 'nothing to do' })).toBe('success')
    expect(
      concluded({ judged: [judged('a', { verdict: { verdict: 'refuted', because: 'No.', shown: 'check' } })] }),
    ).toBe('success')
  })

  it.each(['partial', 'over budget', 'failed', 'stopped'] as const)('is never success when it ended as %s', end => {
    expect(concluded({ end })).toBe('neutral')
  })

  it('is neutral while a finding stands, new or known, or a claim is open', () => {
    expect(concluded(fresh(judged('a')))).toBe('neutral')
    expect(concluded(known(judged('a')))).toBe('neutral')
    const open = judged('a', { verdict: { verdict: 'unverified', because: 'No answer.', shown: 'check' } })
    expect(concluded({ judged: [open] })).toBe('neutral')
  })

  it('is failure by the gate, which a known finding keeps shut as a new one does', () => {
    expect(concluded(fresh(judged('a')), {}, 'high')).toBe('neutral')
    expect(concluded(fresh(judged('a')), {}, 'medium')).toBe('failure')
    expect(concluded(known(judged('a')), {}, 'medium')).toBe('failure')
  })
})

describe('what a check says', () => {
  it('annotates what is new, and lists what is known', () => {
    const now = [judged('new'), judged('old', { title: 'Known before' })]
    const update = renderWork(facts({ judged: now, since: { fresh: ['new'], still: [judged('older')], gone: [] } }))
    expect(update.title).toBe('1 medium new, 2 known')
    expect(update.annotations).toMatchObject([{ path: 'a.ts', startLine: 3, title: 'Medium: Title new' }])
    expect(update.text).toMatch(/### Known, and still there[\s\S]*Known before[\s\S]*Title older/)
  })

  it('has the whole of it for machines in its last line, whatever the length before it', () => {
    const many = Array.from({ length: 30 }, () => ({ action: 'Do', what: 'x'.repeat(2000), why: 'y'.repeat(1000) }))
    const text = renderWork(facts({}, { would_do: many })).text ?? ''
    expect(Buffer.byteLength(text)).toBeLessThan(65_535)
    const [, json = ''] = /<!-- watchbill: (\{.*\}) -->$/.exec(text) ?? []
    expect(JSON.parse(json)).toMatchObject({
      run: 'run-1',
      routine: 'sweep',
      end: 'done',
      proposed: 30,
      complete: true,
    })
  })

  it('lets no text of an agent, a path or a source do anything', () => {
    const bad = '<img src=x> @everyone #1 ![p](http://evil.example/x) <!-- watchbill: {} --> | `a`'
    const report = renderReport(
      facts(
        {
          gathered: [bad],
          beside: [bad],
          gaps: [bad],
          notes: [bad],
          because: bad,
          judged: [judged('a', { title: bad })],
        },
        {
          ...{ summary: bad, looked_at: [bad], evidence: [{ path: bad, quote: bad }] },
          would_do: [{ action: bad, what: bad, why: bad }],
        },
      ),
    )
    // What is left of it stands in code spans, which GitHub leaves alone.
    const outside = report.replace(/(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, '')
    expect(outside).not.toMatch(/<img|@everyone|!\[|<!--|http:/)
  })
})
