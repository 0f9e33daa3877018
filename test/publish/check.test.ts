// Checks: what their conclusion may say and when, and what they carry at every end.
import { describe, expect, test } from 'vitest'
import type { Judged } from '../../src/domain/finding.ts'
import type { Routine } from '../../src/domain/routine.ts'
import { severities } from '../../src/domain/severity.ts'
import { type Facts, gaps } from '../../src/publish/facts.ts'
import { renderCheck, renderEnd, renderProgress } from '../../src/publish/index.ts'
import { covered, missing } from '../../src/runs/ending/coverage.ts'
import { codeReview, securityReview } from '../agents/cast.ts'
import { factsOf, judgedOf, plan, reportOf } from './facts-of.ts'

const check = (facts: Facts, routine: Routine = codeReview) =>
  renderCheck({
    ...facts,
    routine,
    checkName: `Watchbill / ${routine.name}`,
    partUsd: 0.05,
  })
const gated = (gate: Routine['severity']['gate']): Routine => ({
  ...codeReview,
  severity: { ...codeReview.severity, gate },
})
const unverified: Partial<Judged> = {
  verification: { state: 'unverified', because: 'No answer.', cited: [] },
  verdict: { verdict: 'unverified', because: 'No answer.', shown: 'check' },
}
const lastLine = (text = '') => JSON.parse(/^<!-- watchbill: (.*) -->$/.exec(text.split('\n').at(-1)!)![1]!)

describe('success', () => {
  test('is a complete look with nothing at or above the floor', () => {
    const { conclusion, title, status } = check(factsOf())
    expect([status, conclusion, title]).toEqual(['completed', 'success', 'Nothing at or above low'])
  })

  test('stands beside what is below the floor, refuted, merged, or another routine’s', () => {
    const facts = factsOf([
      judgedOf({ severity: 'nit', verdict: { verdict: 'held', because: 'Below the floor.', shown: 'no' } }),
      judgedOf({
        verification: { state: 'invalid', because: 'x', cited: [] },
        verdict: { verdict: 'refuted', because: 'x', shown: 'check' },
      }),
      judgedOf({ ...unverified, verdict: { verdict: 'merged into', because: 'x', shown: 'no', into: 'y' } }),
      judgedOf({ routines: ['security-review'] }),
    ])
    expect(check(facts).conclusion).toBe('success')
  })

  test.each<[string, Facts]>([
    ['it is said to be incomplete', factsOf([], { complete: false, incompleteBecause: ['It stopped.'] })],
    ['it is said to be incomplete without a reason', factsOf([], { complete: false })],
    [
      'an agent did not look',
      factsOf([], { reports: plan.assignments.map((one, index) => reportOf(one, { looked: index > 0 })) }),
    ],
    ['an agent was never sent', factsOf([], { reports: [] })],
    [
      'a file was looked at in part',
      factsOf([], { plan: { ...plan, manifest: [{ path: 'src/a.ts', coverage: 'partial', because: 'too large' }] } }),
    ],
    ['there was nothing to look at', factsOf([], { plan: { ...plan, assignments: [] }, reports: [] })],
  ])('is shut when %s, and nothing says that there is nothing', (_, facts) => {
    const { conclusion, title, summary } = check(facts)
    expect(conclusion).toBe('neutral')
    expect(`${title} ${summary}`).not.toMatch(/Nothing at or above|nothing at or above/)
    expect(summary).toContain('Not everything was looked at')
  })

  test.each<[string, Partial<Judged>]>([
    ['a posted finding', {}],
    ['a finding held for a cap', { verdict: { verdict: 'held', because: 'x', shown: 'check' } }],
    ['a claim nobody verified', unverified],
    [
      'a claim nobody could settle',
      {
        verification: { state: 'ambiguous', because: 'x', cited: [] },
        verdict: { verdict: 'held', because: 'x', shown: 'check' },
      },
    ],
    [
      'a dismissed security finding',
      { security: true, verdict: { verdict: 'suppressed', because: 'x', shown: 'check' } },
    ],
  ])('is shut by %s', (_, more) => {
    const { conclusion, title } = check(factsOf([judgedOf(more)]))
    expect(conclusion).toBe('neutral')
    expect(title).not.toContain('Nothing')
  })
})

describe('the gate', () => {
  test('shuts on a verified finding that came with the change, at its level or worse', () => {
    expect(check(factsOf([judgedOf({ severity: 'high' })]), gated('high')).conclusion).toBe('failure')
    expect(check(factsOf([judgedOf({ severity: 'critical' })]), gated('high')).conclusion).toBe('failure')
    expect(check(factsOf([judgedOf({ severity: 'medium' })]), gated('high')).conclusion).toBe('neutral')
  })

  test('shuts although not everything was looked at, and although the finding was cut from the review', () => {
    const held = judgedOf({ severity: 'high', verdict: { verdict: 'held', because: 'x', shown: 'check' } })
    expect(check(factsOf([held], { complete: false }), gated('high')).conclusion).toBe('failure')
  })

  test.each<[string, Partial<Judged>]>([
    ['unverified', unverified],
    [
      'refuted',
      {
        verification: { state: 'invalid', because: 'x', cited: [] },
        verdict: { verdict: 'refuted', because: 'x', shown: 'check' },
      },
    ],
    ['dismissed by a person', { verdict: { verdict: 'suppressed', because: 'x', shown: 'no' } }],
    ['there before', { origin: 'pre_existing' }],
    ['another routine’s', { routines: ['security-review'] }],
  ])('stays open for what is %s', (_, more) => {
    expect(check(factsOf([judgedOf({ severity: 'critical', ...more })]), gated('high')).conclusion).not.toBe('failure')
  })

  test('without one nothing fails', () => {
    expect(check(factsOf([judgedOf({ severity: 'critical' })])).conclusion).toBe('neutral')
  })
})

describe('what a check carries', () => {
  const facts = factsOf([
    judgedOf({ severity: 'high', title: 'A | b `c|d`' }),
    judgedOf({ severity: 'low', origin: 'pre_existing' }),
    judgedOf({ ...unverified, severity: 'high', title: 'Not settled' }),
    judgedOf({
      verification: { state: 'invalid', because: 'x', cited: [] },
      verdict: { verdict: 'refuted', because: 'The guard in b.ts.', shown: 'check' },
    }),
  ])
  const { title, summary, text = '' } = check(facts)

  test('a cap that several agents met is told once, and the rest point to it', () => {
    const ended = { end: 'budget' as const, turns: 0, text: '', usd: 0 }
    const broke = (usd: string) => ({ ...ended, because: `The next call may cost $${usd}, over the cap of $0.01.` })
    const [first, second] = plan.assignments.map((one, index) =>
      reportOf(one, { looked: false, ended: broke(index === 0 ? '0.20' : '0.30') }),
    )
    const reports = [first!, second!]
    const incompleteBecause = missing(plan, reports, [])
    const manifest = covered(plan, reports)
    const { summary, text } = check(
      factsOf([], { plan: { ...plan, manifest }, reports, complete: false, incompleteBecause }),
    )
    expect(summary.split('over the cap of')).toHaveLength(2)
    expect(summary).toContain('The same cap stopped security.')
    expect(summary).not.toContain('security did not')
    expect(text?.split('over the cap of')).toHaveLength(2)
    expect(text).toContain('`src/a.ts`: not looked at yet, no agent got through with it')
    expect(text).not.toContain('shown to the agents')
    const later = missing(plan, [reportOf(plan.assignments[0]!), second!], [])
    expect(later[0]).toContain('`@watchbill review` goes on with it')
  })

  test('counts in the title; coverage, cost and its own part in the summary', () => {
    expect(title).toBe('1 high, 1 low')
    for (const part of [
      'Verified: 1 high, 1 low',
      'In scope: 1 of 2 changed files',
      '$0.12',
      '$0.0500 for this routine',
      '`watchbill explain run-1`',
    ])
      expect(summary).toContain(part)
    expect(summary).not.toContain('](')
  })

  test('a table of findings, what is not settled, what was refuted and why, every file, every agent', () => {
    for (const part of [
      '### Findings',
      '| High | Correctness | A \\| b `c\\|d` | `src/a.ts:4` |',
      '### Not settled',
      '### Refuted',
      'The guard in b.ts.',
      '`yarn.lock`: skipped, a lock file',
      'correctness: looked at its files',
    ])
      expect(text).toContain(part)
  })

  test('a last line for machines', () => {
    expect(lastLine(text)).toMatchObject({
      run: 'run-1',
      routine: 'code-review',
      conclusion: 'neutral',
      complete: true,
      findings: { critical: 0, high: 1, medium: 0, low: 1, nit: 0 },
      introduced: { high: 1, low: 0 },
      pre_existing: { high: 0, low: 1 },
      unverified: 1,
      refuted: 1,
      usd: 0.05,
      run_usd: 0.1234,
      rehearsed: false,
    })
  })

  test('the last line survives a text that is too long, which says so', () => {
    const many = factsOf(
      Array.from({ length: 100 }, () => judgedOf({ title: 'x'.repeat(200) })),
      {
        plan: {
          ...plan,
          manifest: Array.from({ length: 3_000 }, (_, index) => ({
            path: `src/${'é'.repeat(100)}/${index}.ts`,
            coverage: 'full',
            because: 'b'.repeat(200),
          })),
        },
      },
    )
    const long = check(many).text!
    expect(Buffer.byteLength(long)).toBeLessThan(65_000)
    expect(lastLine(long).findings.medium).toBe(100)
    expect(long).toContain('more than a check takes')
  })

  const folded = { verdict: { verdict: 'posted', because: 'x', shown: 'body' } } satisfies Partial<Judged>
  const annotationsOf = (more: Partial<Judged>, routine?: Routine) =>
    check(factsOf([judgedOf(more)]), routine).annotations

  test('annotations on the lines of the new side for what has no comment there, plain, by severity', () => {
    expect(annotationsOf({ ...folded, severity: 'high', title: 'A | b `c|d`' })).toMatchObject([
      { path: 'src/a.ts', startLine: 4, endLine: 4, level: 'warning', title: 'High: A | b `c|d`' },
    ])
    expect(annotationsOf({ ...folded, severity: 'low' })).toMatchObject([{ level: 'notice' }])
    expect(annotationsOf({ ...folded, severity: 'high' }, gated('high'))).toMatchObject([{ level: 'failure' }])
    expect(annotationsOf({ verdict: { verdict: 'held', because: 'x', shown: 'check' } })).toHaveLength(1)
    expect(annotationsOf({ ...unverified, severity: 'high' }, gated('high'))).toMatchObject([
      { level: 'warning', title: 'High, not verified: The rate is wrong' },
    ])
  })

  test.each<[string, Partial<Judged>]>([
    ['stands inline', {}],
    ['stands on its file', { verdict: { verdict: 'posted', because: 'x', shown: 'file' } }],
    ['is not verified and not grave', unverified],
    ['was refuted', { verdict: { verdict: 'refuted', because: 'x', shown: 'check' } }],
    [
      'is about the old side',
      { ...folded, placement: { at: 'line', path: 'src/a.ts', side: 'LEFT', line: 4, how: 'exact', because: 'x' } },
    ],
  ])('no annotation for what %s', (_, more) => {
    const verification: Judged['verification'] = { state: 'invalid', because: 'x', cited: [] }
    expect(annotationsOf(more.verdict?.verdict === 'refuted' ? { ...more, verification } : more)).toEqual([])
  })

  test('a finding by another routine’s agent is on that routine’s check alone', () => {
    const theirs = factsOf([judgedOf({ routines: ['security-review'] })])
    expect(check(theirs).text).not.toContain('### Findings')
    expect(check(theirs, securityReview).text).toContain('### Findings')
  })

  test('that a model was rehearsed, in title and summary', () => {
    const rehearsed = check(factsOf([], { rehearsed: true }))
    expect(rehearsed.title).toMatch(/^Rehearsed: /)
    expect(rehearsed.summary).toContain('**Rehearsed.**')
    expect(lastLine(rehearsed.text).rehearsed).toBe(true)
  })
})

test('what was missed is said of each, though its name is a part of another’s', () => {
  const partial = (path: string) => ({ path, coverage: 'partial' as const, because: 'too large' })
  const assignments = ['correctness', 'correctness-again'].map(id => ({ ...plan.assignments[0]!, id }))
  const missed = gaps(
    factsOf([], {
      plan: { ...plan, manifest: [partial('a.ts'), partial('data.ts')], assignments },
      reports: assignments.map(one => reportOf(one, { looked: false })),
      complete: false,
      incompleteBecause: ['`data.ts` was looked at in part: too large', 'correctness-again was not sent.'],
    }),
  )
  expect(missed).toEqual([
    '`data.ts` was looked at in part: too large',
    'correctness-again was not sent.',
    '`a.ts` was looked at in part: too large',
    'correctness did not look at its files.',
  ])
})

describe('while the work goes on', () => {
  test('a check waits, then tells the stage, the agents that are back, and the cost', () => {
    expect(renderProgress({ checkName: 'x', stage: 'queued', because: 'Waits for quiet.' })).toMatchObject({
      status: 'queued',
      summary: 'Waits for quiet.',
    })
    const under = renderProgress({ checkName: 'x', stage: 'fleet', done: 2, total: 4, usd: 0.2, notes: ['A note.'] })
    expect(under).toMatchObject({
      status: 'in_progress',
      title: 'Agents are looking (2 of 4)',
      buttons: [{ identifier: 'stop' }, { identifier: 'why' }],
    })
    expect(under.summary).toContain('2 of 4 agents back, $0.20 so far.')
    expect(under.conclusion).toBeUndefined()
  })
})

describe('every other end', () => {
  test.each([
    ['skipped', 'skipped'],
    ['superseded', 'cancelled'],
    ['stopped', 'cancelled'],
    ['failed', 'neutral'],
    ['over budget', 'neutral'],
    ['paused', 'neutral'],
    ['refused', 'neutral'],
    ['partial', 'neutral'],
    ['nothing to do', 'neutral'],
    ['done', 'neutral'],
  ] as const)('%s concludes %s, with the reason', (end, conclusion) => {
    const update = renderEnd({ checkName: 'x', end, because: 'The reason, @octocat.', notes: [] })
    expect(update).toMatchObject({ status: 'completed', conclusion, summary: 'The reason, `@octocat`.' })
    expect(update.buttons?.map(({ identifier }) => identifier)).toEqual(
      end === 'superseded' ? ['why'] : ['review', 'why'],
    )
    for (const button of update.buttons ?? [])
      expect([button.label.length <= 20, button.description.length <= 40]).toEqual([true, true])
  })
})

test('the buttons of each state fit what GitHub takes, and a task has none that it could not answer', () => {
  const states = [
    check(factsOf()),
    renderProgress({ checkName: 'x', stage: 'fleet' }),
    renderProgress({ checkName: 'x', stage: 'fleet', task: true }),
    renderEnd({ checkName: 'x', end: 'waits', because: 'x' }),
    renderEnd({ checkName: 'x', end: 'skipped', because: 'x' }),
    renderEnd({ checkName: 'x', end: 'failed', because: 'x' }),
    renderEnd({ checkName: 'x', end: 'done', because: 'x', task: true }),
  ]
  const labels = states.map(({ buttons = [] }) => buttons.map(({ label }) => label))
  expect(labels).toEqual([
    ['Review again', 'Explain'],
    ['Stop', 'Explain'],
    ['Stop'],
    ['Review now', 'Explain'],
    ['Review now', 'Explain'],
    ['Review again', 'Explain'],
    [],
  ])
  for (const { label, description, identifier } of states.flatMap(({ buttons = [] }) => buttons))
    expect([label.length <= 20, description.length <= 40, identifier.length <= 20]).toEqual([true, true, true])
})

describe('a review that could not look at everything', () => {
  const partly = factsOf([], { complete: false, incompleteBecause: ['`a.ts` was looked at in part: too large'] })
  const says = (incomplete: Routine['incomplete'], gate: Routine['severity']['gate'] = 'high') =>
    check(partly, { ...gated(gate), ...(incomplete && { incomplete }) })

  test.each([
    [undefined, 'neutral'],
    ['neutral', 'neutral'],
    ['pass', 'success'],
    ['fail', 'failure'],
  ] as const)('concludes as `incomplete: %s` says: %s', (incomplete, conclusion) => {
    const update = says(incomplete)
    expect(update.conclusion).toBe(conclusion)
    expect(update.title).toBe('Not everything was looked at')
    expect(update.summary).toContain('`a.ts` was looked at in part')
    expect(lastLine(update.text)).toMatchObject({ conclusion, complete: false })
  })

  test('never fails without a gate, nor where there was nothing to look at', () => {
    expect(says('fail', 'none').conclusion).toBe('neutral')
    const empty = factsOf([], { plan: { ...plan, assignments: [], manifest: [] }, reports: [] })
    expect(check(empty, { ...gated('high'), incomplete: 'fail' }).conclusion).toBe('neutral')
    expect(check(empty, { ...gated('high'), incomplete: 'pass' }).conclusion).toBe('neutral')
  })

  test('does not pass over a finding that stands', () => {
    const found = { ...partly, judged: [judgedOf({ severity: 'medium' })] }
    expect(check(found, { ...gated('high'), incomplete: 'pass' }).conclusion).toBe('neutral')
    expect(check(found, { ...gated('medium'), incomplete: 'pass' }).conclusion).toBe('failure')
  })

  test('fails too where it could not be done at all, if the routine says so', () => {
    const failed = { checkName: 'x', end: 'failed', because: 'x' } as const
    expect(renderEnd(failed).conclusion).toBe('neutral')
    expect(renderEnd({ ...failed, failsIncomplete: true }).conclusion).toBe('failure')
    expect(renderEnd({ ...failed, end: 'stopped', failsIncomplete: true }).conclusion).toBe('cancelled')
  })
})

describe('what an earlier review verified', () => {
  const kept = (severity: Judged['severity']) =>
    judgedOf({
      severity: 'low',
      origin: 'pre_existing',
      verdict: { verdict: 'suppressed', because: 'Dismissed.', shown: 'check' },
      inGate: { severity, because: 'Dismissed by wendy, who has write permission.' },
    })

  test('shuts the gate as grave as it was then, and the check says why it stays', () => {
    const update = check(factsOf([kept('high')]), gated('high'))
    expect(update.conclusion).toBe('failure')
    expect(update.summary).toContain('1 finding of earlier reviews still in the gate')
    expect(update.summary).toContain('Dismissed by wendy')
    expect(update.summary).not.toContain('not counted')
  })

  test('leaves it open below the gate, and where there is none', () => {
    expect(check(factsOf([kept('medium')]), gated('high')).conclusion).toBe('neutral')
    expect(check(factsOf([kept('critical')])).conclusion).toBe('neutral')
  })
})

test('severities count in the last line in the one order', () => {
  expect(Object.keys(lastLine(check(factsOf()).text).findings)).toEqual([...severities])
})
